//! Puts our finalizer on a resource, or takes it off, under compare-and-swap.

use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::json;

use crate::api::{FINALIZER, GuestInvitation};
use crate::controller::status::{TIMEOUT, WriteError};
use crate::store::KnownClaim;

/// Binds or releases `guest`; returns the resource as it is now.
///
/// # Errors
/// As [`status::write`](crate::controller::status::write).
pub async fn bind(api: &Api<GuestInvitation>, guest: &KnownClaim, bound: bool) -> Result<GuestInvitation, WriteError> {
    let mut finalizers: Vec<String> = guest.finalizers.iter().filter(|name| *name != FINALIZER).cloned().collect();
    if bound {
        finalizers.push(FINALIZER.into());
    }
    let patch = json!({"metadata": {"finalizers": finalizers, "resourceVersion": guest.version}});
    let params = PatchParams::default();
    Ok(tokio::time::timeout(TIMEOUT, api.patch(&guest.key.name, &params, &Patch::Merge(&patch))).await??)
}
