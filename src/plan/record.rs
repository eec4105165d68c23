//! What a Guest holds of a person, as one claim sees it: the memory that outlives the process.

use jiff::Timestamp;

use super::{Desired, KeptLink, Others, Refused};
use crate::api::conditions::whole_seconds;
use crate::api::{
    AttemptKind, Delivery, Ended, Ending, Ends, GuestUser, Handled, HowEnded, InvitationStatus, PerRelation,
    ProfileChange, Reason, Reclaim, Redemption, Refusal, Relation, RelationKind,
};

/// The part of a Guest that the decision for one claim rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Record {
    /// What the claim has of the person.
    pub bond: Bond,
    /// The user in the directory, once known. Of origin Invited only for claims of the namespace that made the user.
    pub guest: Option<GuestUser>,
    /// What was sent, and the send that is under way.
    pub invitation: InvitationStatus,
    /// When mails left for the person within a day.
    pub mailed_at: Vec<Timestamp>,
    /// The digest of the redeem link that the operator keeps and may mail.
    pub link_digest: Option<String>,
    /// How far the guest has come, by the last look.
    pub redemption: Option<Redemption>,
    /// The relations of each kind that the claim declared, and how they came to be.
    pub relations: PerRelation<Vec<Relation>>,
    /// The properties that were declared, by Graph's name.
    pub profile: Vec<String>,
    /// The last change of these properties.
    pub profile_change: Option<ProfileChange>,
    /// The ends that the claim was entitled to when it was looked at last.
    pub ends: Ends,
    /// The end that is about to be carried out.
    pub ending: Option<Ending>,
    /// How the invitation or the access ended.
    pub ended: Option<Ended>,
    /// Whether we disabled the account.
    pub disabled: bool,
    /// When we last began to bring the user back.
    pub brought_back_at: Option<Timestamp>,
    /// Graph's refusal of a change to the user.
    pub refusal: Option<Refusal>,
    /// The claim's request annotations that were acted on.
    pub handled: Handled,
    /// When the newest mail left that the claim asked for as a sharer.
    pub asked_mail_at: Option<Timestamp>,
    /// The end that the owner has left to those who share the person.
    pub reclaim: Option<Reclaim>,
    /// What other claims have of the person.
    pub others: Others,
}

/// What a claim has of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Bond {
    /// Nothing.
    #[default]
    None,
    /// It follows how they redeem, and keeps its own groups.
    Follows,
    /// Another namespace has them, or had them: it follows, keeps its own groups, and may ask for a mail.
    Shares,
    /// The person is its guest.
    Owns,
}

impl Record {
    /// The value of the annotation that asks for a mail and was not acted on.
    pub(super) fn asked_to_resend(&self, desired: &Desired) -> Option<String> {
        desired.requests.resend.clone().filter(|asked| Some(asked) != self.handled.resend.as_ref())
    }

    /// The value of the annotation that asks for a reset and was not acted on.
    pub(super) fn asked_to_reset(&self, desired: &Desired) -> Option<String> {
        let asked = desired.requests.reset_redemption.clone();
        asked.filter(|asked| Some(asked) != self.handled.reset_redemption.as_ref())
    }

    /// This record after an end that was carried out. Only an account that was enabled when the intent was written was disabled by us.
    pub(super) fn over(&self, reason: Reason, how: HowEnded, now: Timestamp) -> Self {
        let ended = Some(Ended { reason, at: whole_seconds(now), how });
        let disabled = self.disabled || self.is_ending(HowEnded::Disabled);
        Self { ended, ending: None, disabled, refusal: None, ..self.clone() }
    }

    /// Whether an end of this kind is about to be carried out.
    pub(super) fn is_ending(&self, how: HowEnded) -> bool {
        self.ending.is_some_and(|ending| ending.how == how)
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
                invitation.reset_at = Some(at);
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

    /// Puts down what was kept of the newest link. If that was not kept there is none to mail: whether an older one still works is
    /// documented nowhere.
    pub(super) fn note_link(&mut self, kept: &KeptLink) {
        self.link_digest.clone_from(&kept.digest);
        if kept.copy.is_some() {
            self.invitation.redeem_url_secret.clone_from(&kept.copy);
        }
    }

    /// The record with these relations of one kind.
    pub(super) fn with_relations(&self, kind: RelationKind, relations: Vec<Relation>) -> Self {
        let mut next = self.clone();
        next.relations[kind] = relations;
        next
    }

    /// A new life for the person: the user is gone for good, and somebody wants the guest again.
    pub(super) fn anew(&self) -> Self {
        Self { bond: self.bond, ends: self.ends.clone(), handled: self.handled.clone(), ..self.emptied() }
    }

    /// Nobody, but for the mails that the person got.
    pub(super) fn emptied(&self) -> Self {
        Self { mailed_at: self.mailed_at.clone(), ..Self::default() }
    }

    /// Whether nobody is there and nothing was ever sent.
    pub fn is_blank(&self) -> bool {
        self.guest.is_none() && self.invitation == InvitationStatus::default()
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
