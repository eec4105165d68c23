//! Writing status under compare-and-swap: server-side apply with the resource version that the decision was made on.
//! An identical apply changes nothing at the server, and a CRD that lacks a field answers with an error instead of dropping it.

use std::fmt::Debug;
use std::time::Duration;

use kube::api::{ListParams, Patch, PatchParams};
use kube::{Api, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::context::MANAGER;
use super::surplus;

/// How long the API server may take: kube's client has no read timeout of its own.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// The API server's answer to what its schema does not allow.
const INVALID: u16 = 422;

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
    let wanted = serde_json::to_value(status).unwrap_or_default();
    let written = match apply(api, name, version, status).await {
        // Of a condition that ends the applied status may leave what others have written of it, which may not stand alone.
        Err(WriteError::Failed(kube::Error::Api(refused))) if refused.code == INVALID => {
            let current =
                current(api, name).await?.filter(|current| current.meta().resource_version.as_deref() == version);
            let surplus = current.as_ref().and_then(|current| surplus(current, &wanted));
            let (Some(current), Some(surplus)) = (current, surplus) else {
                return Err(WriteError::Failed(kube::Error::Api(refused)));
            };
            let trimmed = trim(api, &current, surplus).await?;
            apply(api, name, trimmed.meta().resource_version.as_deref(), status).await?
        }
        written => written?,
    };
    let Some(surplus) = surplus(&written, &wanted) else { return Ok(written) };
    // Somebody has edited the status by hand. What was applied stands, whatever comes of this; the next pass sees to the rest.
    Ok(trim(api, &written, surplus).await.unwrap_or(written))
}

/// What stands in the status of `object` beside what is wanted there.
fn surplus<K: Serialize>(object: &K, wanted: &Value) -> Option<Value> {
    let stands = serde_json::to_value(object).ok()?;
    surplus::of_status(&stands["status"], wanted)
}

/// Takes `surplus` out of the status of `object`, if it is still at that version.
async fn trim<K>(api: &Api<K>, object: &K, surplus: Value) -> Result<K, WriteError>
where
    K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug,
{
    let meta = object.meta();
    let patch = json!({"metadata": {"uid": meta.uid, "resourceVersion": meta.resource_version}, "status": surplus});
    let params = PatchParams { field_manager: Some(MANAGER.into()), ..PatchParams::default() };
    let name = meta.name.as_deref().unwrap_or_default();
    Ok(timeout(TIMEOUT, api.patch_status(name, &params, &Patch::Merge(&patch))).await??)
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

/// The object `name` as it is now. The operator may list every kind that it writes, and get not all of them.
async fn current<K>(api: &Api<K>, name: &str) -> Result<Option<K>, WriteError>
where
    K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug,
{
    let only = ListParams::default().fields(&format!("metadata.name={name}"));
    let found = timeout(TIMEOUT, api.list(&only)).await?.map_err(WriteError::Unread)?;
    Ok(found.items.into_iter().next())
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
