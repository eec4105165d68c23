//! What is true of the claims, whoever knows it: who is entitled, and who may end.

use super::objects::Object;
use super::records::Records;
use super::{CLAIMS, World};
use crate::api::DeletionPolicy;

impl World {
    /// What becomes of the user when the claim ends.
    pub fn policy(&self, claim: &Object) -> DeletionPolicy {
        if claim.spec.retains { DeletionPolicy::Retain } else { self.setting.asks.policy() }
    }

    /// Whether the rules and who may approve allow the claim.
    pub fn is_permitted(&self, c: usize) -> bool {
        self.rules[c] && self.claims[c].is_some_and(|claim| claim.approved)
    }

    /// Whether something new may be done for the claim `uid`.
    pub fn is_entitled(&self, c: usize, uid: Option<u8>) -> bool {
        let stands = |claim: &Object| Some(claim.uid) == uid && claim.wants() && !claim.spec.ended;
        self.is_permitted(c) && self.claims[c].as_ref().is_some_and(stands)
    }

    /// Whether another claim of the namespace wants the person, and may have them.
    pub fn has_successor(&self, c: usize) -> bool {
        let other = 1 - c;
        self.setting.rival.is_of_the_namespace()
            && self.is_permitted(other)
            && self.claims[other].is_some_and(|claim| claim.wants())
    }

    /// After anything that changes who is allowed what: who asks for an end while they are allowed to counts as having asked.
    pub fn note_authority(&mut self) {
        for c in 0..CLAIMS {
            let Some(claim) = self.claims[c] else { continue };
            let ends = self.policy(&claim) != DeletionPolicy::Retain;
            self.authority[c] |= ends && !claim.spec.suspended && self.is_permitted(c);
        }
    }

    /// After the same: who is held while they are being deleted, and had asked for no end before, may leave their person as they are.
    pub fn note_excuse(&mut self, records: &Records) {
        let asked = |claim: &Object| {
            let owner = self.guest.and_then(|guest| records.get(guest.record).record.owner.as_ref());
            owner.is_some_and(|owner| {
                owner.uid == Some(claim.uid.to_string()) && owner.ends.policy != DeletionPolicy::Retain
            })
        };
        let excused = |c: usize| {
            let leaving = self.claims[c].filter(|claim| claim.deleting.is_some());
            leaving.is_some_and(|claim| claim.spec.suspended || !self.is_permitted(c) && !asked(&claim))
        };
        self.excused |= (0..CLAIMS).any(excused);
    }
}
