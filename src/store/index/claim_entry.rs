//! What the index keeps of a claim: the facts by which it is found, and the rest packed.

use std::sync::Arc;

use jiff::Timestamp;
use kube::ResourceExt;

use super::identity::{counted_version, uid};
use crate::api::{Address, GuestInvitation, State};
use crate::packed::{Id, Packed};
use crate::store::{Child, KnownClaim, ObjectKey, Uses};

/// A GuestInvitation of which nothing is being done.
#[derive(Debug)]
pub struct ClaimEntry {
    pub(super) namespace: Arc<str>,
    pub(super) name: Box<str>,
    pub(super) tenant: Arc<str>,
    /// The address that it wants.
    pub address: Address,
    /// Its uid.
    pub uid: Id,
    pub(super) version: Option<u64>,
    pub(super) created: Option<Timestamp>,
    /// Whether it is being deleted.
    pub deleting: bool,
    suspended: bool,
    /// Its state, as its status tells.
    pub state: Option<State>,
    /// What it needs permissions for.
    pub uses: Uses,
    /// What it is to the GuestList that owns it.
    pub child: Option<Arc<Child>>,
    packed: Packed<GuestInvitation>,
}

impl ClaimEntry {
    /// What is kept of `claim`, with the names that it shares with others.
    pub(super) fn of(claim: &GuestInvitation, namespace: Arc<str>, tenant: Arc<str>) -> Self {
        Self {
            namespace,
            name: claim.name_any().into(),
            tenant,
            address: claim.spec.address(),
            uid: uid(claim),
            version: counted_version(claim),
            created: claim.creation_timestamp().map(|time| time.0),
            deleting: claim.metadata.deletion_timestamp.is_some(),
            suspended: claim.spec.suspend,
            state: claim.status.as_ref().and_then(|status| status.state),
            uses: Uses::of(claim),
            child: Child::of(claim),
            packed: KnownClaim::pack(claim),
        }
    }

    /// Where it is.
    pub fn key(&self) -> ObjectKey {
        ObjectKey { namespace: self.namespace.to_string(), name: self.name.to_string() }
    }

    /// The EntraTenant that it names.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// Whether it wants its guest now: it is not being deleted and not suspended.
    pub fn wants(&self) -> bool {
        !self.deleting && !self.suspended
    }

    /// All that is known of it.
    pub(super) fn whole(&self) -> Option<KnownClaim> {
        KnownClaim::unpack(&self.packed, self.key(), &self.uid)
    }
}
