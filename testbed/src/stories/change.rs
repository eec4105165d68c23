//! Changes to what is in the cluster.

use k8s_openapi::jiff::{SignedDuration, Timestamp};
use kube::Api;
use kube::api::{DynamicObject, Patch, PatchParams};
use serde_json::{Value, json};

use super::{named, until};
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

/// Lets so many hours pass since the last mail to the guest `name`, by what the Guest has on record.
///
/// # Panics
/// Where the guest was not mailed.
pub async fn hours_pass(world: &World, name: &str, hours: i64) {
    let mailed = until(world, name, "be mailed", |guest| guest["status"]["invitation"]["lastSentAt"].is_string()).await;
    let person = mailed["status"]["guestName"].as_str().unwrap();
    let person = Ref::new("guestlist.dev/v1alpha1", "GuestRecord", "", person);
    let sent: Timestamp =
        world.get(&person).await.unwrap()["record"]["invitation"]["lastSentAt"].as_str().unwrap().parse().unwrap();
    let before = sent.checked_sub(SignedDuration::from_hours(hours)).unwrap();
    patched(world, &person, json!({"record": {"invitation": {"lastSentAt": before}}})).await;
}
