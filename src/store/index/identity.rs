//! By what two sights of one object are told apart: its uid, and its version.

use kube::Resource;

use crate::packed::Id;

/// The uid of `object`.
pub(super) fn uid(object: &impl Resource) -> Id {
    Id::from(object.meta().uid.as_deref().unwrap_or_default())
}

/// The version of `object` as a number, for as long as the API server counts versions.
pub(super) fn counted_version(object: &impl Resource) -> Option<u64> {
    object.meta().resource_version.as_deref()?.parse().ok()
}
