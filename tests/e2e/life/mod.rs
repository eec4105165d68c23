//! The life of a guest after the first mail.

mod endings;
mod existing;
mod links;
mod observe;
mod own_mail;
mod profile;
mod relations;
mod resend;
mod reset;
mod told;

use serde_json::{Value, json};
use testbed::stories::{ALL, allowed, connected, every_right, patient, world};
use testbed::world::{TenantManifest, World, WorldConfig};

/// A world whose application has `roles`, and whose EntraTenant has `more`.
pub fn config(roles: &[&str], more: Value) -> WorldConfig {
    // Groups and members need a rule; who may invite whom is told in tests/policy.
    let mut more = if more.is_null() { json!({}) } else { more };
    more["access"] = every_right();
    let tenant = TenantManifest { more, ..TenantManifest::default() };
    WorldConfig { entra: Some(allowed(roles)), tenant: Some(tenant), operator_args: patient(), ..Default::default() }
}

/// The usual one.
pub async fn able() -> World {
    let world = world(config(&ALL, Value::Null)).await;
    connected(&world).await;
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

/// Kills the operator of the world, and waits until it is gone.
pub async fn kill_the_operator(world: &World) {
    let operator = world.operator().unwrap();
    operator.kill();
    operator.wait().await;
}
