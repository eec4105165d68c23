//! What status holds of a guest, without the words for people: the memory that outlives the process.

use jiff::Timestamp;

use super::{Desired, Refused};
use crate::api::{
    AttemptKind, Delivery, Ended, Guest, GuestInvitationStatus, Handled, InvitationStatus, PerRelation, Redemption,
    Refusal, Relation, RelationKind,
};

/// The part of status that decisions rest on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Record {
    /// The user in the directory, once known.
    pub guest: Option<Guest>,
    /// What was sent, and the send that is under way.
    pub invitation: InvitationStatus,
    /// How far the guest has come, by the last look.
    pub redemption: Option<Redemption>,
    /// The relations of each kind, and how they came to be.
    pub relations: PerRelation<Vec<Relation>>,
    /// The properties that were declared, by Graph's name.
    pub profile: Vec<String>,
    /// How the invitation or the access ended.
    pub ended: Option<Ended>,
    /// Graph's refusal of a change to the user.
    pub refusal: Option<Refusal>,
    /// The request annotations that were acted on.
    pub handled: Handled,
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
            relations: PerRelation::of(|kind| kind.recorded(status).to_vec()),
            profile: status.profile.clone(),
            ended: status.ended.clone(),
            refusal: status.refusal.clone(),
            handled: status.last_handled.clone(),
            attested: status.invitation.is_some(),
        })
    }

    /// The value of the annotation that asks for a mail and was not acted on.
    pub(super) fn asked_to_resend(&self, desired: &Desired) -> Option<String> {
        desired.requests.resend.clone().filter(|asked| Some(asked) != self.handled.resend.as_ref())
    }

    /// The value of the annotation that asks for a reset and was not acted on.
    pub(super) fn asked_to_reset(&self, desired: &Desired) -> Option<String> {
        let asked = desired.requests.reset_redemption.clone();
        asked.filter(|asked| Some(asked) != self.handled.reset_redemption.as_ref())
    }

    /// Closes the open attempt as done, or as what may have been done, at `at`.
    pub(super) fn count(&mut self, desired: &Desired, at: Timestamp) {
        let invitation = &mut self.invitation;
        let Some(attempt) = invitation.attempt.take() else { return };
        invitation.refusal = None;
        let mailed = match attempt.kind {
            AttemptKind::Invite | AttemptKind::Resend | AttemptKind::Reminder => true,
            AttemptKind::Reset => desired.delivery == Delivery::Microsoft,
            AttemptKind::Add => false,
        };
        if mailed {
            invitation.owed_since = None;
            invitation.sent = invitation.sent.saturating_add(1);
            invitation.last_sent_at = Some(at);
        } else if desired.delivery == Delivery::Mail {
            // Graph made the way in; the operator's own mail is what is owed now.
            invitation.owed_since = Some(if attempt.kind == AttemptKind::Reset { at } else { attempt.started_at });
        }
        match attempt.kind {
            AttemptKind::Reminder => invitation.reminders = invitation.reminders.saturating_add(1),
            AttemptKind::Reset => {
                invitation.reminders = 0;
                invitation.redeem_as = Some(desired.redeem_as.as_str().to_owned());
                self.redemption = None;
            }
            AttemptKind::Invite | AttemptKind::Add | AttemptKind::Resend => {}
        }
        if attempt.requested.is_some() {
            let handled = match attempt.kind {
                AttemptKind::Reset => &mut self.handled.reset_redemption,
                _ => &mut self.handled.resend,
            };
            *handled = attempt.requested;
        }
    }

    /// The record with these relations of one kind.
    pub(super) fn with_relations(&self, kind: RelationKind, relations: Vec<Relation>) -> Self {
        let mut next = self.clone();
        next.relations[kind] = relations;
        next
    }

    /// A new life for the resource: the user is gone for good, and a person wants the guest again.
    pub(super) fn anew(&self) -> Self {
        Self { attested: true, handled: self.handled.clone(), ..Self::default() }
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

/// Whether a refusal still speaks for this very spec.
pub(super) fn stands(refusal: &Refusal, desired: &Desired, now: Timestamp) -> bool {
    refusal.generation == desired.generation && now < refusal.retry_at
}

/// The refusal to put on record.
pub(super) fn refusal(desired: &Desired, refused: &Refused, now: Timestamp) -> Refusal {
    Refusal::new(refused.explanation.clone(), desired.generation, now, refused.retry_after)
}
