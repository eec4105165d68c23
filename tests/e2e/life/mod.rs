//! The life of a guest after the first mail.

mod endings;
mod existing;
mod observe;
mod own_mail;
mod profile;
mod relations;
mod resend;
mod reset;

use entra_simulator::Config;
use serde_json::{Value, json};
use testbed::world::{Ref, TenantManifest, World, WorldConfig};

use crate::common::{SOON, named, patient, world};

/// Every permission that a declared field can need.
pub const ALL: [&str; 6] = [
    "User.Invite.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "User.DeleteRestore.All",
    "GroupMember.ReadWrite.All",
    "Organization.Read.All",
];

/// Rules that let everybody invite anybody as anything.
pub fn any() -> Value {
    json!([{"groups": ["*"], "userTypes": ["Guest", "Member"]}])
}

/// A world whose application has `roles`, and whose EntraTenant has `more`.
pub fn config(roles: &[&str], more: Value) -> WorldConfig {
    let mut entra = Config::default();
    entra.tenants[0].apps[0].roles = roles.iter().map(ToString::to_string).collect();
    // Groups and members need a rule; who may invite whom is told in tests/policy.
    let mut more = if more.is_null() { json!({}) } else { more };
    more["access"] = any();
    let tenant = TenantManifest { more, ..TenantManifest::default() };
    WorldConfig { entra: Some(entra), tenant: Some(tenant), operator_args: patient(), ..Default::default() }
}

/// The usual one.
pub async fn able() -> World {
    let world = world(config(&ALL, Value::Null)).await;
    crate::common::connected(&world).await;
    world
}

/// Annotates the guest `name`.
pub async fn annotate(world: &World, name: &str, key: &str, value: &str) {
    let what = format!("guestlist.dev/{key}={value}");
    world.kubectl(&["annotate", "ginv", "-n", "team", "--overwrite", name, &what]).await.unwrap();
}

/// Patches the spec of the guest `name`.
pub async fn patch(world: &World, name: &str, spec: Value) {
    let patch = json!({ "spec": spec }).to_string();
    world.kubectl(&["patch", "ginv", "-n", "team", name, "--type=merge", "-p", &patch]).await.unwrap();
}

/// Waits until the guest `name` is as `holds` says.
pub async fn until(world: &World, name: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let guest = world.wait_for(&named(name), what, holds, SOON).await.unwrap();
    crate::common::kstatus(&guest);
    guest
}

/// Waits until there is no such guest.
pub async fn until_gone(world: &World, name: &str) {
    let object: Ref = named(name);
    let deadline = std::time::Instant::now() + SOON;
    while world.get(&object).await.is_ok_and(|object| !object.is_null()) {
        assert!(std::time::Instant::now() < deadline, "{name} is still there: {:?}", world.get(&object).await);
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

/// Long enough for a sweep and for what would follow from it.
pub async fn a_while() {
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
}

/// How often `operation` was asked for.
pub fn count(world: &World, operation: &str) -> usize {
    crate::common::simulator(world).requests(operation).len()
}
