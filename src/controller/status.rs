//! Writing status under compare-and-swap: server-side apply with the resource version that the decision was made on.
//! An identical apply changes nothing at the server, and a CRD that lacks a field answers with an error instead of dropping it.

use std::fmt::Debug;
use std::time::Duration;

use kube::api::{Patch, PatchParams};
use kube::{Api, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::context::MANAGER;
use super::surplus;

/// How long the API server may take: kube's client has no read timeout of its own.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// How a write failed.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Somebody else wrote meanwhile, or the resource is another one by now: decide again.
    #[error("the resource changed meanwhile")]
    Conflict,
    /// The resource is gone.
    #[error("the resource is gone")]
    Gone,
    /// The API server did not do it, or nobody knows.
    #[error("writing status failed: {}", said(.0))]
    Failed(#[source] kube::Error),
    /// The resource cannot be read before it is written.
    #[error("writing status failed: {0}")]
    Unread(#[source] kube::Error),
    /// No answer within [`TIMEOUT`]: nobody knows.
    #[error("writing status failed: no answer within {} s", TIMEOUT.as_secs())]
    Late(#[from] Elapsed),
    /// The decision for a resource never comes to rest.
    #[error("writing status failed: no end after {0} steps, which is a defect in the operator")]
    Endless(usize),
}

/// What the API server says, or why it says nothing.
pub fn said(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => status.message.clone(),
        other => other.to_string(),
    }
}

impl From<kube::Error> for WriteError {
    fn from(error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) if status.is_conflict() => Self::Conflict,
            kube::Error::Api(status) if status.is_not_found() => Self::Gone,
            error => Self::Failed(error),
        }
    }
}

/// Makes `status` the status of the object `name`, if that is still at `version`. Others' conditions stay.
///
/// # Errors
/// [`WriteError::Conflict`] and [`WriteError::Gone`] when the decision was made on what is no longer there; else why it is not
/// written, or why nobody knows.
pub async fn write<K, S>(api: &Api<K>, name: &str, version: Option<&str>, status: &S) -> Result<K, WriteError>
where
    K: Resource<DynamicType = ()> + Clone + Serialize + DeserializeOwned + Debug,
    S: Serialize,
{
    let written = apply(api, name, version, status).await?;
    let (stands, wanted) = (serde_json::to_value(&written), serde_json::to_value(status));
    let surplus =
        stands.ok().zip(wanted.ok()).and_then(|(stands, wanted)| surplus::of_status(&stands["status"], &wanted));
    let Some(surplus) = surplus else { return Ok(written) };
    // Somebody has edited the status by hand. What was applied stands, whatever comes of this; the next pass sees to the rest.
    let meta = written.meta();
    let patch = json!({"metadata": {"uid": meta.uid, "resourceVersion": meta.resource_version}, "status": surplus});
    let params = PatchParams { field_manager: Some(MANAGER.into()), ..PatchParams::default() };
    match timeout(TIMEOUT, api.patch_status(name, &params, &Patch::Merge(&patch))).await {
        Ok(Ok(trimmed)) => Ok(trimmed),
        _ => Ok(written),
    }
}

async fn apply<K, S>(api: &Api<K>, name: &str, version: Option<&str>, status: &S) -> Result<K, WriteError>
where
    K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug,
    S: Serialize,
{
    let patch = json!({
        "apiVersion": K::api_version(&()),
        "kind": K::kind(&()),
        "metadata": {"name": name, "resourceVersion": version},
        "status": status,
    });
    let params = PatchParams::apply(MANAGER).force();
    Ok(timeout(TIMEOUT, api.patch_status(name, &params, &Patch::Apply(&patch))).await??)
}

/// Reads the resource as it is now; nothing when it is gone.
///
/// # Errors
/// When the API server does not let it be read, or does not answer within [`TIMEOUT`].
pub async fn read<K>(api: &Api<K>, name: &str) -> Result<Option<K>, WriteError>
where
    K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug,
{
    timeout(TIMEOUT, api.get_opt(name)).await?.map_err(WriteError::Unread)
}
