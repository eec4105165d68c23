//! What the index keeps of a Guest: the facts by which it is found, and the rest packed.

use std::sync::Arc;

use jiff::Timestamp;
use kube::ResourceExt;

use super::identity::{counted_version, uid};
use crate::api::{Guest, GuestRecord, GuestState, HowEnded, RelationKind};
use crate::packed::{Id, Packed};
use crate::plan::is_vacant;
use crate::store::KnownGuest;

/// A Guest of whom nothing is being done.
#[derive(Debug)]
pub(super) struct GuestEntry {
    pub(super) name: Box<str>,
    uid: Id,
    pub(super) version: Option<u64>,
    created: Option<Timestamp>,
    /// What the record says; nothing of a Guest that a person made by hand.
    pub(super) facts: Option<RecordFacts>,
    packed: Packed<Guest>,
}

/// What is asked of the records of others.
#[derive(Debug)]
pub(super) struct RecordFacts {
    /// The directory.
    pub(super) tenant_id: Arc<str>,
    /// The EntraTenant through which it was written last.
    pub(super) tenant: Arc<str>,
    /// The user.
    pub(super) user: Option<Id>,
    /// The claims, by uid.
    pub(super) claims: Box<[Id]>,
    /// The uid of the owner whose place it takes.
    pub(super) keeper: Option<Id>,
    /// When the person was disabled or deleted, or the end of time while that is under way.
    pub(super) ended: Option<Timestamp>,
    /// Whether something is under way or is to be done.
    pub(super) waits: bool,
    /// Whether it names relations of the user with other objects.
    pub(super) related: bool,
    /// The namespace that left the person in the directory, if nobody has them now.
    pub(super) left_behind_by: Option<Box<str>>,
}

impl GuestEntry {
    /// What is kept of `guest`, with the names that it shares with others.
    pub(super) fn of(guest: &Guest, share: impl Fn(&str) -> Arc<str>) -> Self {
        let facts = guest.record().map(|record| RecordFacts {
            tenant_id: share(&record.tenant_id),
            tenant: share(&record.tenant),
            user: record.user.as_ref().map(|user| Id::from(user.id.as_str())),
            claims: record.claim_uids().map(Id::from).collect(),
            keeper: owner(record).filter(|_| !is_vacant(record)).map(Id::from),
            ended: end(record),
            waits: record.is_open()
                || record.reclaim.is_some_and(|reclaim| reclaim.due)
                || guest.wishes().revoke.is_some(),
            // With the user all of their relations are gone.
            related: record.state != GuestState::Gone
                && RelationKind::ALL
                    .into_iter()
                    .any(|kind| record.claims.iter().any(|claim| !kind.recorded(&claim.relations).is_empty())),
            left_behind_by: left_behind_by(record).map(Into::into),
        });
        Self {
            name: guest.name_any().into(),
            uid: uid(guest),
            version: counted_version(guest),
            created: guest.creation_timestamp().map(|time| time.0),
            facts,
            packed: KnownGuest::pack(guest),
        }
    }

    /// Whether it is the same object as `guest`, at the same version or a later one.
    pub(super) fn is_at_least(&self, guest: &Guest) -> bool {
        self.uid == uid(guest) && counted_version(guest) <= self.version
    }

    /// The smaller, the older.
    pub(super) fn age(&self) -> (Option<Timestamp>, &Id) {
        (self.created, &self.uid)
    }

    /// All that is known of it.
    pub(super) fn whole(&self) -> Option<KnownGuest> {
        KnownGuest::unpack(&self.packed, &self.name, &self.uid)
    }
}

fn end(record: &GuestRecord) -> Option<Timestamp> {
    if record.ending.is_some() {
        return Some(Timestamp::MAX);
    }
    record.ended.as_ref().filter(|ended| ended.how != HowEnded::Retained).map(|ended| ended.at)
}

fn left_behind_by(record: &GuestRecord) -> Option<&str> {
    let owner = record.owner.as_ref().filter(|_| record.state == GuestState::Released)?;
    Some(&owner.namespace)
}

/// The uid of the owner.
pub fn owner(record: &GuestRecord) -> Option<&str> {
    record.owner.as_ref()?.uid.as_deref()
}
