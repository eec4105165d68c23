//! Changes to what is in the cluster.

use kube::Api;
use kube::api::{DynamicObject, Patch, PatchParams};
use serde_json::Value;

use super::named;
use crate::world::{Ref, World};

/// The guests of the namespace `team`.
///
/// # Panics
/// Where the API server does not serve them.
pub async fn guests(world: &World) -> Api<DynamicObject> {
    world.plane.api_of("guestlist.dev/v1alpha1", "GuestInvitation", "team").await.unwrap()
}

/// Lays a JSON merge patch over the guest `name`; far cheaper than kubectl.
///
/// # Panics
/// Where the API server refuses it.
pub async fn changed(world: &World, name: &str, patch: Value) {
    patched(world, &named(name), patch).await;
}

/// Lays a JSON merge patch over an object.
///
/// # Panics
/// Where the API server refuses it.
pub async fn patched(world: &World, object: &Ref, patch: Value) {
    let api = world.plane.api_of(&object.api_version, &object.kind, &object.namespace).await.unwrap();
    api.patch(&object.name, &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
}
