//! Writing status under compare-and-swap: server-side apply with the resource version that the decision was made on.
//! An identical apply changes nothing at the server, and a CRD that lacks a field answers with an error instead of dropping it.

use std::fmt::Debug;
use std::time::Duration;

use kube::api::{Patch, PatchParams};
use kube::{Api, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

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
    #[error("writing status failed: {0}")]
    Failed(String),
}

impl WriteError {
    /// No answer within [`TIMEOUT`].
    pub fn late() -> Self {
        Self::Failed(format!("no answer within {} s", TIMEOUT.as_secs()))
    }
}

impl From<kube::Error> for WriteError {
    fn from(error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) if status.is_conflict() => Self::Conflict,
            kube::Error::Api(status) if status.is_not_found() => Self::Gone,
            kube::Error::Api(status) => Self::Failed(status.message),
            error => Self::Failed(error.to_string()),
        }
    }
}

/// Makes `status` the status of `object`, if it is still at the version that `object` carries. Others' conditions stay.
pub async fn write<K, S>(api: &Api<K>, object: &K, status: &S) -> Result<K, WriteError>
where
    K: Resource<DynamicType = ()> + Clone + Serialize + DeserializeOwned + Debug,
    S: Serialize,
{
    let written = apply(api, object, status).await?;
    let (stands, wanted) = (serde_json::to_value(&written), serde_json::to_value(status));
    let surplus =
        stands.ok().zip(wanted.ok()).and_then(|(stands, wanted)| surplus::of_status(&stands["status"], &wanted));
    let Some(surplus) = surplus else { return Ok(written) };
    // Somebody has edited the status by hand. What was applied stands, whatever comes of this; the next pass sees to the rest.
    let meta = written.meta();
    let patch = json!({"metadata": {"uid": meta.uid, "resourceVersion": meta.resource_version}, "status": surplus});
    let params = PatchParams { field_manager: Some(MANAGER.into()), ..PatchParams::default() };
    let name = meta.name.as_deref().unwrap_or_default();
    match tokio::time::timeout(TIMEOUT, api.patch_status(name, &params, &Patch::Merge(&patch))).await {
        Ok(Ok(trimmed)) => Ok(trimmed),
        _ => Ok(written),
    }
}

async fn apply<K, S>(api: &Api<K>, object: &K, status: &S) -> Result<K, WriteError>
where
    K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug,
    S: Serialize,
{
    let meta = object.meta();
    let name = meta.name.as_deref().unwrap_or_default();
    let patch = json!({
        "apiVersion": K::api_version(&()),
        "kind": K::kind(&()),
        "metadata": {"name": name, "resourceVersion": meta.resource_version},
        "status": status,
    });
    let params = PatchParams::apply(MANAGER).force();
    let written = tokio::time::timeout(TIMEOUT, api.patch_status(name, &params, &Patch::Apply(&patch))).await;
    match written {
        Ok(Ok(object)) => Ok(object),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(WriteError::late()),
    }
}

/// Reads the resource as it is now.
pub async fn read<K>(api: &Api<K>, name: &str) -> Result<Option<K>, WriteError>
where
    K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug,
{
    match tokio::time::timeout(TIMEOUT, api.get_opt(name)).await {
        Ok(Ok(object)) => Ok(object),
        Ok(Err(error)) => Err(WriteError::Failed(error.to_string())),
        Err(_) => Err(WriteError::late()),
    }
}
