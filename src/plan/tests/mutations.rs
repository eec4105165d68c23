//! The protocol with one of its steps taken out, each of which the explorer must find. The function that ships is not
//! touched: what is bent is what it is told, or what is done with its answer.

use std::time::Duration;

use jiff::Timestamp;

use super::explorer::{Finding, explore};
use super::world::{Process, Shown, TIMING, user};
use crate::api::Redemption;
use crate::plan::{Record, Seen, Ticket, Timing, UserView};

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
    /// The addresses sent to are not remembered.
    ForgetAddresses,
    /// A process that has just started believes an empty record at once.
    BelieveAfterRestart,
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
    pub fn bend(self, record: &mut Record, seen: &mut Seen, process: &Process, now: Timestamp) {
        let attempt = record.invitation.attempt.clone();
        match self {
            Self::NoLook if attempt.is_none() => {
                let silent = |look: &mut crate::plan::Look| look.users.clear();
                seen.look.as_mut().map(silent).unwrap_or_default();
            }
            Self::ActOnStaleAttempt => seen.ticket.iter_mut().for_each(|ticket| ticket.decided_at = now),
            Self::ActOnOthersAttempt => {
                seen.ticket = attempt.map(|attempt| Ticket { attempt: attempt.id, decided_at: now });
            }
            Self::TrustTheMirror if !seen.user_is_live() => {
                (seen.user, seen.user_read_at) =
                    (UserView::Found(user(Shown { nth: 0, created: 0, accepted: false })), Some(now));
            }
            Self::TrustTheListing if attempt.as_ref().is_some_and(|attempt| attempt.asked_at.is_some()) => {
                record.invitation.attempt = None;
            }
            Self::AskUnrecorded => {
                if let Some(attempt) = &mut record.invitation.attempt {
                    attempt.asked_at = process.unwritten_asked_at;
                }
            }
            Self::IgnoreCreatedTime if attempt.is_some() => {
                let late = |user: &mut crate::plan::DirectoryUser| user.created_at = Some(now);
                seen.look.iter_mut().flat_map(|look| &mut look.users).for_each(late);
            }
            Self::LeaveWithAnOpenAttempt if seen.ticket.is_none() => {
                let view = process.view.as_ref();
                let goes = view.is_some_and(|view| view.deleting.is_some());
                record.invitation.attempt.take_if(|_| goes);
            }
            Self::BelieveTheFirstRead if seen.user == UserView::Missing => {
                let shown = Redemption { state: None, changed_at: None, identity_provider: None };
                record.redemption.get_or_insert(shown);
            }
            Self::IgnoreTheDeleted => forget_the_deleted(seen),
            // The look that finds whom the question made.
            Self::IgnoreWhoLeftBeforeTheQuestion if seen.look.as_ref().is_some_and(|look| !look.users.is_empty()) => {
                forget_the_deleted(seen);
            }
            Self::DeleteWhoWasThere => {
                if let UserView::Found(user) = &mut seen.user {
                    user.created_at = None;
                }
            }
            _ => {}
        }
    }
}

fn forget_the_deleted(seen: &mut Seen) {
    seen.look.iter_mut().flat_map(|look| &mut look.deleted).for_each(Vec::clear);
}

macro_rules! found {
    ($($name:ident: $mutation:ident => $finding:ident in $scenario:literal;)*) => {$(
        #[test]
        fn $name() {
            let report = explore(Some(Mutation::$mutation), Some($scenario));
            let (finding, trace) = report.finding.expect("the explorer notices that a step is missing");
            println!("{:?}: {finding:?} after {} states, by {trace:?}", Mutation::$mutation, report.states);
            assert_eq!(finding, Finding::$finding, "{trace:?}");
        }
    )*};
}

found! {
    without_the_look_a_known_guest_is_mailed: NoLook => KnownGuestMailed in "a guest from before, in plain sight";
    without_the_intent_a_second_mail_leaves: SendBeforeWriting => SecondMail in "two crashes";
    without_the_compare_and_swap_a_second_mail_leaves: WriteWithoutComparing => SecondMail in "two crashes";
    without_freshness_a_second_mail_leaves: ActOnStaleAttempt => SecondMail in "two losses";
    a_resend_without_the_compare_and_swap_leaves_twice: WriteWithoutComparing => SecondMail in "a resend, with two crashes";
    a_resend_retried_after_a_lost_answer_leaves_twice: RetryAfterLostAnswer => SecondMail in "a resend, throttled, with a loss";
    acting_twice_sends_a_second_mail: ActTwice => SecondMail in "two losses";
    acting_on_anothers_attempt_sends_a_second_mail: ActOnOthersAttempt => SecondMail in "two crashes";
    without_the_outcome_a_second_mail_leaves: ForgetOutcome => SecondMail in "two losses";
    retrying_a_lost_answer_sends_a_second_mail: RetryAfterLostAnswer => SecondMail in "two losses";
    without_the_settling_time_a_second_mail_leaves: NoSettlingTime => SecondMail in "two losses";
    trusting_the_listing_sends_a_second_mail: TrustTheListing => SecondMail in "two losses";
    without_the_question_on_record_a_guest_is_lost: AskUnrecorded => GuestLost in "a crash and a loss";
    without_the_created_time_a_guest_is_lost: IgnoreCreatedTime => GuestLost in "a guest from before, out of sight";
    without_the_memory_of_addresses_a_second_mail_leaves: ForgetAddresses => SecondMail in "made again, with a loss";
    trusting_the_mirror_mails_somebody_who_has_accepted: TrustTheMirror => AcceptedGuestMailed in "a resend to a guest who accepts, with a crash";
    without_the_finalizer_a_user_is_left_behind: MakeUnbound => LeftBehind in "a visit, with a crash";
    leaving_an_open_attempt_leaves_a_user_behind: LeaveWithAnOpenAttempt => LeftBehind in "a visit, with a crash";
    believing_the_first_read_leaves_a_user_behind: BelieveTheFirstRead => LeftBehind in "a visit, with a crash";
    without_the_created_time_a_stranger_is_deleted: DeleteWhoWasThere => StrangerDeleted in "a visit by a guest from before, out of sight";
    without_the_breaker_a_send_is_begun_while_blocked: IgnoreTheBreaker => SentWhileBlocked in "two crashes";
    without_a_look_among_the_deleted_a_second_mail_leaves: IgnoreTheDeleted => SecondMail in "a guest who is deleted, with a loss";
    without_another_look_after_the_question_a_second_mail_leaves: IgnoreWhoLeftBeforeTheQuestion => SecondMail in "a guest who is deleted, with a loss";
    believing_an_empty_record_after_a_restart_sends_a_second_mail: BelieveAfterRestart => SecondMail in "made again, with a crash";
}
