//! A world whose EntraTenant has rules, and the labels that they ask for.

use serde_json::{Value, json};
use testbed::stories::{ROLES, allowed, connected, patched, patient};
use testbed::world::{Ref, TenantManifest, World, WorldConfig};

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
    let (entra, tenant) = (Some(allowed(&ROLES)), Some(manifest(access)));
    let world = World::start(WorldConfig { entra, tenant, operator_args: patient(), ..config }).await.unwrap();
    world.plane.namespace("team").await.unwrap();
    connected(&world).await;
    world
}

/// Labels the namespace `team`; a null takes a label away.
pub async fn label(world: &World, labels: Value) {
    patched(world, &Ref::new("v1", "Namespace", "", "team"), json!({"metadata": {"labels": labels}})).await;
}
