//! The protocol with one of its steps taken out, each of which the explorer must find. The function that ships is not
//! touched: what is bent is what it is told, or what is done with its answer.

use std::time::Duration;

use jiff::Timestamp;

use super::world::{ModelPass, Shown, TIMING, user};
use crate::api::{Existing, Origin, Redemption};
use crate::plan::{Bond, Desired, Observed, Record, Standing, Ticket, Timing, UserView};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// Step 1: no look before the first POST.
    NoLook,
    /// Step 2: the request leaves before the intent is on record.
    SendBeforeWriting,
    /// Step 2: writes do not compare the resource version.
    WriteWithoutComparing,
    /// Step 3: an attempt of any age is acted on.
    ActOnStaleAttempt,
    /// Step 3: a process acts more than once on its attempt.
    ActTwice,
    /// Step 3: a process acts on an attempt that another wrote.
    ActOnOthersAttempt,
    /// Step 4: the attempt is cleared and the outcome is not written.
    ForgetOutcome,
    /// A lost answer is taken for a refusal, and the request is made again.
    RetryAfterLostAnswer,
    /// The directory's silence is believed at once.
    NoSettlingTime,
    /// After the settling time the listing is believed, and nobody asks by a POST without a mail.
    TrustTheListing,
    /// The question is not on record before it is asked.
    AskUnrecorded,
    /// A guest who was there before counts as one that the attempt made.
    IgnoreCreatedTime,
    /// The record of a person goes with the claim.
    ForgetTheGuest,
    /// A mail leaves without a last look at the claim.
    SendWithoutALiveRead,
    /// A user is brought back without a last look at the claim.
    RestoreWithoutALiveRead,
    /// A claim takes a person over without a last look at it.
    TakeWithoutALiveRead,
    /// Nobody takes back the attempt of a claim that is gone when its mail is to leave.
    LeaveTheAttemptOfAGoneClaim,
    /// The finalizer is taken off on an old view of the Guest.
    ReleaseOnAnOldView,
    /// A person is ended without a last look at the claims.
    EndWithoutALiveRead,
    /// A claim that is not there any more counts as deleted.
    TakeAbsenceForDeletion,
    /// A claim that the watch does not show counts as gone.
    BelieveTheWatch,
    /// Whoever is found counts as invited.
    MailWhoeverIsFound,
    /// Whoever is found is the claim's, to end as it says.
    OwnWhoeverIsFound,
    /// Whoever claims a person has them.
    ActForAnybody,
    /// A guest is mailed on what the mirror shows, without a read.
    TrustTheMirror,
    /// The breaker is not asked.
    IgnoreTheBreaker,
    /// A user is made before the finalizer stands that undoes it.
    MakeUnbound,
    /// The user of a deleted resource is not looked for while an attempt is open.
    LeaveWithAnOpenAttempt,
    /// A deleted resource believes the first read that does not show its user.
    BelieveTheFirstRead,
    /// Whom the record names counts as ours, whenever they were made.
    DeleteWhoWasThere,
    /// Nobody looks among the deleted before and after the question.
    IgnoreTheDeleted,
    /// They are looked at before the question only.
    IgnoreWhoLeftBeforeTheQuestion,
}

impl Mutation {
    pub fn timing(self) -> Timing {
        match self {
            Self::NoSettlingTime => Timing { settling: Duration::ZERO, ..TIMING },
            _ => TIMING,
        }
    }

    /// Bends what the decision is told.
    pub fn bend(
        self,
        desired: &mut Desired,
        record: &mut Record,
        observed: &mut Observed,
        pass: &ModelPass,
        now: Timestamp,
    ) {
        let attempt = record.invitation.attempt.clone();
        match self {
            Self::NoLook if attempt.is_none() => {
                let silent = |look: &mut crate::plan::Look| look.users.clear();
                observed.look.as_mut().map(silent).unwrap_or_default();
            }
            Self::ActOnStaleAttempt => observed.ticket.iter_mut().for_each(|ticket| ticket.decided_at = now),
            Self::ActOnOthersAttempt => {
                observed.ticket = attempt.map(|attempt| Ticket { attempt: attempt.id, decided_at: now });
            }
            Self::TrustTheMirror if !observed.user_is_live() => {
                (observed.user, observed.user_read_at) =
                    (UserView::Found(user(Shown { nth: 0, created: 0, accepted: false })), Some(now));
            }
            Self::TrustTheListing if attempt.as_ref().is_some_and(|attempt| attempt.asked_at.is_some()) => {
                record.invitation.attempt = None;
            }
            Self::AskUnrecorded => {
                if let Some(attempt) = &mut record.invitation.attempt {
                    attempt.asked_at = pass.unwritten_asked_at;
                }
            }
            Self::IgnoreCreatedTime if attempt.is_some() => {
                let late = |user: &mut crate::plan::DirectoryUser| user.created_at = Some(now);
                observed.look.iter_mut().flat_map(|look| &mut look.users).for_each(late);
            }
            Self::LeaveWithAnOpenAttempt if observed.ticket.is_none() => {
                record.invitation.attempt.take_if(|_| desired.deleting.is_some());
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
            Self::ActForAnybody => {
                observed.standing = Standing::Ours;
                if record.guest.is_some() {
                    record.bond = Bond::Owns;
                }
            }
            Self::MailWhoeverIsFound => {
                if let Some(guest) = record.guest.as_mut().filter(|guest| guest.origin == Origin::Adopted) {
                    (guest.origin, record.bond) = (Origin::Invited, Bond::Owns);
                }
            }
            Self::OwnWhoeverIsFound => desired.existing = Existing::Own,
            Self::DeleteWhoWasThere => {
                if let UserView::Found(user) = &mut observed.user {
                    user.created_at = None;
                }
            }
            _ => {}
        }
    }
}

fn forget_the_deleted(observed: &mut Observed) {
    observed.look.iter_mut().flat_map(|look| &mut look.deleted).for_each(Vec::clear);
}
