//! A resource that cannot be read: say so on the resource itself, and let the others go on.

use jiff::Timestamp;
use kube::api::{DynamicObject, Patch, PatchParams};
use kube::core::error_boundary::InvalidObject;
use kube::discovery::ApiResource;
use kube::{Api, Resource};
use serde_json::json;

use crate::api::GuestInvitation;
use crate::api::conditions::whole_seconds;
use crate::controller::context::Context;
use crate::controller::index::Place;
use crate::controller::status::WriteError;

/// Writes Ready=False and Stalled=True with the cause. Its own field manager leaves the rest of status alone, and the
/// patch is repeated only when the resource changes.
pub async fn explain(invalid: &InvalidObject, place: &Place, context: &Context) -> Result<(), WriteError> {
    tracing::error!(
        namespace = place.namespace,
        guest = place.name,
        error = invalid.error,
        "a GuestInvitation cannot be read; the others go on"
    );
    let kind = ApiResource::erase::<GuestInvitation>(&());
    let api: Api<DynamicObject> = Api::namespaced_with(context.client.clone(), &place.namespace, &kind);
    let message = format!(
        "This resource cannot be read: {}. Put the field right, or apply it again with the CRD of the operator's version.",
        invalid.error
    );
    let current = api
        .get_opt(&place.name)
        .await
        .map_err(|error| WriteError::Failed(error.to_string()))?
        .ok_or(WriteError::Gone)?;
    let said = current.data.pointer("/status/conditions").and_then(|conditions| conditions.as_array());
    if said.is_some_and(|said| {
        said.iter().any(|condition| condition["type"] == "Stalled" && condition["message"] == message)
    }) {
        return Ok(());
    }
    let now = whole_seconds(Timestamp::now());
    let condition = |kind: &str, status: &str| {
        let before = said.and_then(|said| said.iter().find(|old| old["type"] == kind && old["status"] == status));
        let since = before.map_or_else(|| json!(now), |old| old["lastTransitionTime"].clone());
        json!({"type": kind, "status": status, "reason": "Unreadable", "message": message, "lastTransitionTime": since, "observedGeneration": current.metadata.generation})
    };
    let patch = json!({
        "apiVersion": GuestInvitation::api_version(&()),
        "kind": GuestInvitation::kind(&()),
        "metadata": {"name": place.name},
        "status": {"conditions": [condition("Ready", "False"), condition("Stalled", "True")]},
    });
    let params = PatchParams::apply("guestlist-unreadable").force();
    let written = api.patch_status(&place.name, &params, &Patch::Apply(&patch)).await;
    written.map(|_| ()).map_err(|error| WriteError::Failed(error.to_string()))
}
