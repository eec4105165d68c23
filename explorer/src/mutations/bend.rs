//! Bends what the decision is told.

use std::time::Duration;

use jiff::Timestamp;

use super::Mutation;
use crate::api::{DeletionPolicy, Ending, Existing, HowEnded, Origin, Redemption};
use crate::plan::{Bond, Desired, DirectoryUser, Look, Observed, Record, Standing, Ticket, Timing, UserView};
use crate::policy::Permission;
use crate::world::clock::{TIMING, at};
use crate::world::pass::{ModelPass, Shown};

impl Mutation {
    pub fn timing(self) -> Timing {
        match self {
            Self::NoSettlingTime => Timing { settling: Duration::ZERO, ..TIMING },
            _ => TIMING,
        }
    }

    pub fn bend(
        self,
        desired: &mut Desired,
        record: &mut Record,
        observed: &mut Observed,
        pass: &ModelPass,
        now: Timestamp,
    ) {
        self.bend_attempt(record, observed, pass, now);
        self.bend_rights(desired, record, observed);
        self.bend_directory(desired, record, observed, now);
    }

    /// What is known of the attempt, and who may act on it.
    fn bend_attempt(self, record: &mut Record, observed: &mut Observed, pass: &ModelPass, now: Timestamp) {
        match self {
            Self::ActOnStaleAttempt => observed.ticket.iter_mut().for_each(|ticket| ticket.decided_at = now),
            Self::ActOnOthersAttempt => {
                let attempt = record.invitation.attempt.as_ref();
                observed.ticket = attempt.map(|attempt| Ticket { attempt: attempt.id.clone(), decided_at: now });
            }
            Self::TrustTheListing => {
                record.invitation.attempt.take_if(|attempt| attempt.asked_at.is_some());
            }
            Self::AskUnrecorded => {
                if let Some(attempt) = &mut record.invitation.attempt {
                    attempt.asked_at = pass.unwritten_asked_at.map(at);
                }
            }
            _ => {}
        }
    }

    /// Who may do what.
    fn bend_rights(self, desired: &mut Desired, record: &mut Record, observed: &mut Observed) {
        match self {
            Self::MakeUnbound => desired.finalizer = true,
            Self::ActForAnybody => {
                observed.standing = Standing::Ours;
                if record.guest.is_some() {
                    record.bond = Bond::Owns;
                }
            }
            Self::IgnoreThePermission => observed.permission = Permission::Granted,
            Self::ActOnAHeldAttempt if record.invitation.attempt.is_some() => observed.permission = Permission::Granted,
            Self::BringBackWhoIsHeld if record.ended.is_some() => observed.permission = Permission::Granted,
            Self::BelieveTheSpecOfWhoIsHeld => record.ends.policy = desired.policy,
            Self::EndForWhoIsSuspended if desired.deleting.is_some() => desired.suspended = false,
            Self::MailWhoeverIsFound => {
                if let Some(guest) = record.guest.as_mut().filter(|guest| guest.origin == Origin::Adopted) {
                    (guest.origin, record.bond) = (Origin::Invited, Bond::Owns);
                }
            }
            Self::OwnWhoeverIsFound => desired.existing = Existing::Own,
            Self::LeaveWithAnOpenAttempt if observed.ticket.is_none() => {
                record.invitation.attempt.take_if(|_| desired.deleting.is_some());
            }
            _ => {}
        }
    }

    /// What reads of the directory show, and what is known of the user.
    fn bend_directory(self, desired: &Desired, record: &mut Record, observed: &mut Observed, now: Timestamp) {
        let attempt = record.invitation.attempt.is_some();
        match self {
            Self::NoLook if !attempt => {
                let silent = |look: &mut Look| look.users.clear();
                observed.look.as_mut().map(silent).unwrap_or_default();
            }
            Self::TrustTheMirror if !observed.user_is_live() => {
                let mirrored = Shown { nth: 0, created: 0, accepted: false, enabled: true };
                (observed.user, observed.user_read_at) = (UserView::Found(mirrored.user()), Some(now));
            }
            Self::IgnoreCreatedTime if attempt => {
                let late = |user: &mut DirectoryUser| user.created_at = Some(now);
                observed.look.iter_mut().flat_map(|look| &mut look.users).for_each(late);
            }
            Self::BelieveTheFirstRead if observed.user == UserView::Missing => {
                let shown = Redemption { state: None, changed_at: None, identity_provider: None };
                record.redemption.get_or_insert(shown);
            }
            Self::IgnoreTheDeleted => forget_the_deleted(observed),
            // The look that finds whom the question made.
            Self::IgnoreWhoLeftBeforeTheQuestion
                if observed.look.as_ref().is_some_and(|look| !look.users.is_empty()) =>
            {
                forget_the_deleted(observed);
            }
            Self::DeleteWhoWasThere => {
                if let UserView::Found(user) = &mut observed.user {
                    user.created_at = None;
                }
            }
            // Who reads that the account is enabled goes on as if the intent were on record, and nobody else ever hears of it.
            Self::EndBeforeWriting => {
                let enabled = matches!(&observed.user, UserView::Found(user) if user.enabled);
                let ends = desired.deleting.is_some() || desired.access_until.is_some();
                let ending = how(desired.policy).filter(|_| ends && enabled);
                record.ending = ending.map(|how| Ending { how, since: now });
            }
            Self::OwnWhoIsDisabled if record.ended.is_none() && observed.done.is_none() => {
                if let UserView::Found(user) = &mut observed.user {
                    user.enabled = true;
                }
            }
            Self::BelieveAnEndAtOnce if desired.deleting.is_some() || desired.access_until.is_some() => {
                record.brought_back_at = None;
            }
            Self::BringBackAtOnce if desired.deleting.is_none() && desired.access_until.is_none() => {
                record.ended.iter_mut().for_each(|ended| ended.at = at(0));
                record.ending.iter_mut().for_each(|ending| ending.since = at(0));
            }
            Self::EnableWhoeverIsDisabled => {
                record.disabled |= record.ended.as_ref().is_some_and(|ended| ended.how == HowEnded::Disabled);
            }
            _ => {}
        }
    }
}

fn how(policy: DeletionPolicy) -> Option<HowEnded> {
    match policy {
        DeletionPolicy::Retain => None,
        DeletionPolicy::Disable => Some(HowEnded::Disabled),
        DeletionPolicy::Delete => Some(HowEnded::Deleted),
    }
}

fn forget_the_deleted(observed: &mut Observed) {
    observed.look.iter_mut().flat_map(|look| &mut look.deleted).for_each(Vec::clear);
}
