//! Who else wants an address, and which claims there are for a person.

use super::Index;
use crate::api::{Address, GuestRecord};
use crate::packed::Id;
use crate::plan::Claims;
use crate::store::{KnownGuest, ObjectKey};

use super::claim_entry::ClaimEntry;

impl Index {
    /// The smaller, the earlier: who has a guest or is about to, then who was declared first.
    pub(super) fn rank<'a>(&self, guest: &'a ClaimEntry) -> (bool, jiff::Timestamp, &'a Id) {
        (!self.has_guest(&guest.uid), guest.created.unwrap_or(jiff::Timestamp::MAX), &guest.uid)
    }

    /// Whether the claim with this uid has a guest, or is about to write that it has.
    fn has_guest(&self, uid: &Id) -> bool {
        self.beginning.contains(uid) || self.people.owns(uid)
    }

    /// Notes that the claim at `place` is about to have a guest, unless others of its namespace have come before it meanwhile: two
    /// are decided on side by side, and no record of the one shows in time in what the other decides on.
    pub fn begin(&mut self, place: &ObjectKey, before: Option<u32>) -> bool {
        if before.is_some_and(|before| self.before(place) > before) {
            return false;
        }
        let Some(ours) = self.claims.entry(place) else { return false };
        self.beginning.insert(ours.uid.clone());
        true
    }

    /// The record says now what the claim with this uid has, or it has nothing.
    pub fn begun(&mut self, uid: &str) {
        self.beginning.remove(&Id::from(uid));
    }

    /// The other resources that want the address of `place`.
    pub fn rivals(&self, place: &ObjectKey) -> Vec<ObjectKey> {
        self.rivals_of(place).map(ClaimEntry::key).collect()
    }

    pub(super) fn rivals_of<'a>(&'a self, place: &ObjectKey) -> impl Iterator<Item = &'a ClaimEntry> {
        let ours = self.claims.entry(place);
        let all = ours.into_iter().flat_map(|ours| self.claims.of_address(ours.tenant(), &ours.address));
        all.filter(move |rival| ours.is_some_and(|ours| !std::ptr::eq(ours, *rival)))
    }

    /// The resources of the namespace of `place` that want its address, beside it, and are not being deleted or suspended.
    pub fn successors(&self, place: &ObjectKey) -> Vec<ObjectKey> {
        let wants = |rival: &&ClaimEntry| *rival.namespace == *place.namespace && rival.wants();
        self.rivals_of(place).filter(wants).map(ClaimEntry::key).collect()
    }

    /// Whom a change of `guest` concerns.
    pub fn concerned_by(&self, guest: &KnownGuest) -> Vec<ObjectKey> {
        guest.record.as_ref().map(|record| self.concerned(record)).unwrap_or_default()
    }

    /// Whom it concerns that `guest` is no more: a place of the namespace that had the person is free.
    pub(super) fn freed_by(&self, guest: &KnownGuest) -> Vec<ObjectKey> {
        let mut all = self.concerned_by(guest);
        if let Some((owner, record)) = guest.record.as_ref().and_then(|record| Some((record.owner.as_ref()?, record))) {
            let place = ObjectKey { namespace: owner.namespace.clone(), name: owner.name.clone() };
            all.extend(self.refused_beside(&place, &record.tenant));
        }
        all
    }

    /// Whom a change of a Guest with this record concerns: its claims, and all that want its address.
    pub(super) fn concerned(&self, record: &GuestRecord) -> Vec<ObjectKey> {
        let mut all: Vec<ObjectKey> = super::KnownGuests::claims_of(record);
        let address = Address::new(&record.email);
        all.extend(self.claims.wanting(&address).map(ClaimEntry::key));
        all.sort();
        all.dedup();
        all
    }

    /// The claims that `record` names and that nobody has seen: not yet, or not any more.
    pub fn unseen_claims(&self, record: &GuestRecord) -> Vec<(ObjectKey, String)> {
        let owner = record.owner.iter().map(|owner| (&owner.namespace, &owner.name, &owner.uid));
        let claims = record.claims.iter().map(|claim| (&claim.namespace, &claim.name, &claim.uid));
        let mut unseen: Vec<(ObjectKey, String)> = owner
            .chain(claims)
            .filter_map(|(namespace, name, uid)| {
                let key = ObjectKey { namespace: namespace.clone(), name: name.clone() };
                let uid = uid.clone().filter(|uid| !self.has(&key, uid) && !self.is_gone(uid))?;
                Some((key, uid))
            })
            .collect();
        unseen.dedup();
        unseen
    }

    /// Whether the claim with this uid was there once and is gone for good.
    fn is_gone(&self, uid: &str) -> bool {
        self.gone.contains(&Id::from(uid)) || self.buried.holds(uid)
    }

    /// A live read has shown that the claim with this uid is gone.
    pub fn note_gone(&mut self, uid: &str) {
        self.gone.insert(Id::from(uid));
    }
}

impl Claims for Index {
    fn leaves(&self, namespace: &str, name: &str, uid: &str) -> bool {
        let claim = self.claims.entry(&ObjectKey { namespace: namespace.into(), name: name.into() });
        claim.is_some_and(|claim| claim.uid == Id::from(uid) && claim.deleting)
    }

    fn complete(&self) -> bool {
        self.complete && self.people.complete()
    }

    fn lives(&self, namespace: &str, name: &str, uid: &str) -> bool {
        !self.is_gone(uid) || self.has(&ObjectKey { namespace: namespace.into(), name: name.into() }, uid)
    }
}
