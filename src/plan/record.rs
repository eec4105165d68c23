//! What status holds of a guest, without the words for people: the memory that outlives the process.

use jiff::Timestamp;

use super::{Seen, Step, Wanted, Why};
use crate::api::{Guest, GuestInvitationStatus, InvitationStatus, Redemption};

/// The part of status that decisions rest on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Record {
    /// The user in the directory, once known.
    pub guest: Option<Guest>,
    /// What was sent, and the send that is under way.
    pub invitation: InvitationStatus,
    /// How far the guest has come, by the last look.
    pub redemption: Option<Redemption>,
    /// Whether an operator that saw this resource come into the world has said that nothing was sent before.
    /// Without it an empty record of a resource that was there before this process looked proves nothing.
    pub attested: bool,
}

impl Record {
    /// The record in `status`; an absent status is an empty record.
    pub fn of(status: Option<&GuestInvitationStatus>) -> Self {
        status.map_or_else(Self::default, |status| Self {
            guest: status.guest.clone(),
            invitation: status.invitation.clone().unwrap_or_default(),
            redemption: status.redemption.clone(),
            attested: status.invitation.is_some(),
        })
    }

    /// The record with this process's word that nothing was sent before, if it can give it.
    pub fn attest(mut self, seen: &Seen) -> Self {
        self.attested |= !self.is_blank() || (!seen.unwitnessed && seen.inherited.is_none());
        self
    }

    /// Rest, while Graph's refusal of this very spec stands.
    pub(super) fn refused(&self, wanted: &Wanted, now: Timestamp) -> Option<Step> {
        let refusal = self.invitation.refusal.as_ref()?;
        let stands = refusal.generation == wanted.generation && now < refusal.retry_at;
        stands.then(|| Step::rest_until(Why::Refused(refusal.clone()), refusal.retry_at, now))
    }

    /// Whether nothing was ever written: a new resource, or one whose status was lost.
    pub fn is_blank(&self) -> bool {
        self.guest.is_none() && self.invitation == InvitationStatus::default()
    }

    /// Whether the address is this resource's: it has invited or found the guest, or is about to.
    pub fn holds_address(&self) -> bool {
        self.guest.is_some() || self.invitation.attempt.is_some() || self.invitation.sent > 0
    }
}
