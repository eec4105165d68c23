//! What other claims have of a person, as one claim sees it.

use super::claim_key::ClaimKey;
use crate::api::{ClaimRecord, GuestRecord, Origin};

/// What other claims have of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Others {
    /// Whether a claim of another namespace shares the person, or follows them.
    pub share: bool,
    /// Whether the open attempt is made for another claim, which is on record.
    pub sending: bool,
    /// Whether the last of them has ended, and the owner's end is about to be carried out for the Guest itself.
    pub ending: bool,
    /// Whether the owner has ended before the person, whom its namespace invited, got the mail that is owed to them. The first of those
    /// who share them mails it.
    pub left_unmailed: bool,
}

impl Others {
    /// What `guest` says of them to the claim `key`.
    pub(super) fn of(guest: &GuestRecord, key: &ClaimKey) -> Self {
        let mut others = guest.claims.iter().filter(|claim| !key.is(claim) && claim.uid.is_some());
        let asker = guest.invitation.attempt.as_ref().map(|attempt| &attempt.claim).filter(|asker| **asker != key.uid);
        let elsewhere = |claim: &&ClaimRecord| claim.namespace != key.namespace;
        Self {
            share: others.clone().any(|claim| elsewhere(&claim)),
            sending: others.any(|claim| elsewhere(&claim) && asker.is_some() && claim.uid.as_ref() == asker),
            ending: guest.is_left_to_sharers() && guest.reclaim.is_some_and(|reclaim| reclaim.due),
            left_unmailed: guest.is_left_to_sharers() && is_unmailed(guest),
        }
    }
}

/// Whether an invitation of ours made the user, and nobody has mailed them since: not at all, or not since the reset.
fn is_unmailed(guest: &GuestRecord) -> bool {
    let invited = guest.user.as_ref().is_some_and(|user| user.origin == Origin::Invited);
    invited && (guest.invitation.sent == 0 || guest.invitation.owed_since.is_some())
}

/// Whether the person is another namespace's, or was and is left to those who share them: then `key` can only share them.
pub(super) fn is_of_another(guest: &GuestRecord, key: &ClaimKey) -> bool {
    let owner = guest.owner.as_ref().filter(|owner| owner.namespace != key.namespace);
    owner.is_some_and(|owner| owner.uid.is_some() || guest.is_left_to_sharers())
}

/// Whether the claim `key` had something of the person.
pub(super) fn had(before: &GuestRecord, key: &ClaimKey) -> bool {
    before.claim_uids().any(|uid| uid == key.uid)
}
