//! Waiting for what the operator does, in the words of its status. Each panics where it does not come in [`SOON`].

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{condition, is_current, kstatus, named, state};
use crate::world::{Ref, World};

/// Long enough for a busy machine, far from any time that the operator keeps.
pub const SOON: Duration = Duration::from_secs(60);

/// Waits until the guest `name` is as `holds` says, and returns it; its status has to keep the kstatus rules.
pub async fn until(world: &World, name: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let guest = world.wait_for(&named(name), what, holds, SOON).await.unwrap();
    kstatus(&guest);
    guest
}

/// Waits until the guest `name` is in `wanted`.
pub async fn until_state(world: &World, name: &str, wanted: &str) -> Value {
    world.wait_for(&named(name), &format!("be {wanted}"), |guest| state(guest) == wanted, SOON).await.unwrap()
}

/// Waits until the Ready condition of the guest `name` has `reason`; returns its message.
pub async fn until_reason(world: &World, name: &str, reason: &str) -> String {
    let is = |guest: &Value| condition(guest, "Ready").1 == reason;
    condition(&until(world, name, &format!("be {reason}"), is).await, "Ready").2
}

/// As [`until_reason`], for a status that speaks of the guest's newest spec.
pub async fn until_current_reason(world: &World, name: &str, reason: &str) -> String {
    let is = |guest: &Value| condition(guest, "Ready").1 == reason && is_current(guest);
    condition(&until(world, name, &format!("be {reason}"), is).await, "Ready").2
}

/// Waits until the user of the guest `name` has the `properties`, sorted by name. `status.profile` tells a property once its
/// write is on record, which is before the write: only a guest that is Ready has it.
pub async fn until_set(world: &World, name: &str, properties: &[&str]) {
    let is = |guest: &Value| {
        is_current(guest) && condition(guest, "Ready").0 == "True" && guest["status"]["profile"] == json!(properties)
    };
    until(world, name, &format!("have {properties:?}"), is).await;
}

/// Waits until this condition of the default tenant has `reason`; returns its message.
pub async fn until_tenant(world: &World, kind: &str, reason: &str) -> String {
    condition(&until_condition_of(world, "default", kind, reason).await, kind).2
}

/// Waits until the Ready condition of the EntraTenant `name` has `reason`, and returns it.
pub async fn until_reason_of_tenant(world: &World, name: &str, reason: &str) -> Value {
    until_condition_of(world, name, "Ready", reason).await
}

async fn until_condition_of(world: &World, tenant: &str, kind: &str, reason: &str) -> Value {
    let is = |tenant: &Value| condition(tenant, kind).1 == reason;
    let tenant = world.wait_for(&Ref::tenant(tenant), &format!("be {reason}"), is, SOON).await.unwrap();
    kstatus(&tenant);
    tenant
}

/// Waits until the object is gone.
pub async fn until_gone(world: &World, object: &Ref) {
    world.wait_for(object, "be gone", Value::is_null, SOON).await.unwrap();
}

/// Long enough for a sweep, and for anything that would follow from it at once.
pub async fn a_while() {
    tokio::time::sleep(Duration::from_secs(5)).await;
}

/// Waits for what no watch tells, such as a call of Graph: looks again and again, and panics where it does not come in `time`.
pub async fn within(time: Duration, what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + time;
    while !holds() {
        assert!(Instant::now() < deadline, "{what}: not within {time:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
