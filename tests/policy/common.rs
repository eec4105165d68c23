//! What the stories share.

use std::time::Duration;

use entra_simulator::{Config, Simulator};
use kube::Api;
use kube::api::{DynamicObject, Patch, PatchParams};
use serde_json::{Value, json};
use testbed::world::{Ref, TenantManifest, World, WorldConfig};

/// Long enough for a busy machine, far from any time that the operator keeps.
pub const SOON: Duration = Duration::from_secs(60);

/// The directory of the default tenant.
pub const TENANT: &str = "11111111-2222-3333-4444-555555555555";

/// What an application needs for guests in groups who are deleted at the end.
const ROLES: [&str; 5] =
    ["User.Invite.All", "User.Read.All", "User.ReadWrite.All", "User.DeleteRestore.All", "GroupMember.ReadWrite.All"];

/// The default EntraTenant with these rules.
pub fn manifest(access: &Value) -> TenantManifest {
    TenantManifest { more: json!({"access": access}), ..TenantManifest::default() }
}

/// A world whose EntraTenant has these rules, with the operator at work on it.
pub async fn world(access: &Value) -> World {
    with(access, WorldConfig::default()).await
}

/// As `world`, with the rest as in `config`.
pub async fn with(access: &Value, config: WorldConfig) -> World {
    let mut entra = Config::default();
    entra.tenants[0].apps[0].roles = ROLES.map(String::from).to_vec();
    let operator_args = ["--settling-time", "30s"].map(String::from).to_vec();
    let config = WorldConfig { entra: Some(entra), tenant: Some(manifest(access)), operator_args, ..config };
    let world = World::start(config).await.unwrap();
    world.plane.namespace("team").await.unwrap();
    let ready = |tenant: &Value| condition(tenant, "Ready").0 == "True";
    world.wait_for(&Ref::tenant("default"), "be Ready", ready, SOON).await.unwrap();
    world
}

/// The guest `name` of the namespace `team`, with more for its spec.
pub fn guest(name: &str, email: &str, more: Value) -> String {
    let mut spec = json!({"email": email});
    for (field, value) in more.as_object().into_iter().flatten() {
        spec[field] = value.clone();
    }
    crate::ask::guest("team", name, &spec).to_string()
}

/// Lays a merge patch over the guest `name`.
pub async fn change(world: &World, name: &str, patch: Value) {
    guests(world).await.patch(name, &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
}

/// The guests of the namespace `team`.
pub async fn guests(world: &World) -> Api<DynamicObject> {
    world.plane.api_of("guestlist.dev/v1alpha1", "GuestInvitation", "team").await.unwrap()
}

/// Labels the namespace `team`; a null takes a label away.
pub async fn label(world: &World, labels: Value) {
    let api = world.plane.api_of("v1", "Namespace", "").await.unwrap();
    let patch = json!({"metadata": {"labels": labels}});
    api.patch("team", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
}

/// Waits until the guest is as the closure says.
pub async fn until(world: &World, name: &str, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    world.wait_for(&Ref::guest("team", name), what, is, SOON).await.unwrap()
}

/// Waits until the guest's status speaks of its newest spec and its Ready condition has `reason`; returns its message.
pub async fn until_reason(world: &World, name: &str, reason: &str) -> String {
    let is = |guest: &Value| {
        condition(guest, "Ready").1 == reason
            && guest["status"]["observedGeneration"] == guest["metadata"]["generation"]
    };
    condition(&until(world, name, &format!("be {reason}"), is).await, "Ready").2
}

/// Waits until the guest is in `wanted`.
pub async fn until_state(world: &World, name: &str, wanted: &str) -> Value {
    until(world, name, &format!("be {wanted}"), |guest| guest["status"]["state"] == wanted).await
}

/// Status, reason and message of a condition; empty when it does not stand.
pub fn condition(object: &Value, kind: &str) -> (String, String, String) {
    let conditions = object["status"]["conditions"].as_array();
    let found = conditions.into_iter().flatten().find(|condition| condition["type"] == kind);
    let text = |key: &str| found.and_then(|found| found[key].as_str()).unwrap_or_default().to_owned();
    (text("status"), text("reason"), text("message"))
}

/// The simulator.
pub fn simulator(world: &World) -> &Simulator {
    world.entra.as_ref().unwrap().simulator()
}

/// The mails that left for an address.
pub fn mails(world: &World, address: &str) -> usize {
    simulator(world).invitation_mails(address).len()
}

/// How many requests of an operation Graph got.
pub fn calls(world: &World, operation: &str) -> usize {
    simulator(world).requests(operation).len()
}

/// Long enough for anything that would be done at once.
pub async fn a_while() {
    tokio::time::sleep(Duration::from_secs(5)).await;
}
