//! What must not be done, at the moment when it is done.

use super::SharingFinding;
use super::place::{GUEST, NAMES, Place};
use super::seen::of_others;
use crate::api::{Relation, RelationKind};
use crate::plan::Bond;

impl Place {
    fn note(&mut self, wrong: bool, finding: SharingFinding) {
        self.wrong = self.wrong.or(wrong.then_some(finding));
    }

    /// Whether the claim is on the Guest's record as one that has the person.
    pub fn is_on_record(&self, c: usize) -> bool {
        !self.claims[c].gone && self.guest.claim_uids().any(|uid| uid == NAMES[c])
    }

    /// The user is about to be disabled or deleted.
    pub fn judge_end(&mut self, p: usize) {
        if self.revoked {
            return;
        }
        let other = |c: &usize| *c != p && self.is_on_record(*c) && !self.claims[*c].deleting;
        let beside = (0..3).any(|c| other(&c));
        let left_properly = (1..3).any(|c| self.claims[c].deleting && !self.claims[c].vanished);
        let by_nobody = match p {
            0 => !self.claims[0].deleting || self.claims[0].vanished,
            GUEST => !self.claims[0].deleting || self.claims[0].vanished || !left_properly,
            _ => true,
        };
        self.note(beside, SharingFinding::EndedBesideASharer);
        self.note(by_nobody, SharingFinding::EndedByNobody);
    }

    /// The user is about to be taken out of these groups.
    pub fn judge_removal(&mut self, p: usize, relations: &[Relation]) {
        if p == GUEST {
            return;
        }
        let others = of_others(&self.guest, p, |relation| !relation.is_going());
        let theirs =
            |relation: &Relation| relation.id.as_ref().is_some_and(|id| others[RelationKind::Groups].contains(id));
        self.note(relations.iter().any(theirs), SharingFinding::TookFromAnother);
    }

    /// A claim comes to have something of the person.
    pub fn judge_join(&mut self, c: usize, before: Bond, after: Bond) {
        let joins = before == Bond::None && after == Bond::Shares;
        self.note(joins && !self.claims[c].allowed, SharingFinding::JoinedWithoutShare);
    }
}
