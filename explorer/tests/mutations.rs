//! Each step of the protocol taken out in turn: the search finds what goes wrong without it.

use explorer::Finding;
use explorer::mutations::Mutation;
use explorer::search::explore;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

macro_rules! found {
    ($($name:ident: $mutation:ident => $finding:ident in $scenario:literal;)*) => {$(
        #[test]
        fn $name() {
            let report = explore(Some(Mutation::$mutation), $scenario);
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
    trusting_the_listing_sends_a_second_mail: TrustTheListing => SecondMail in "two crashes";
    trusting_the_listing_loses_a_guest: TrustTheListing => GuestLost in "two losses";
    without_the_question_on_record_a_guest_is_lost: AskUnrecorded => GuestLost in "a crash and a loss";
    without_the_created_time_a_guest_is_lost: IgnoreCreatedTime => GuestLost in "a guest from before, out of sight";
    without_the_guest_a_second_mail_leaves: ForgetTheGuest => SecondMail in "made again, with a loss";
    without_a_last_look_a_mail_leaves_for_nobody: SendWithoutALiveRead => SentForNobody in "an edit, with a crash";
    bringing_back_without_a_last_look_does_it_for_nobody: BringBackWithoutALiveRead => BroughtBackForNobody in "access ends, with a crash";
    taking_over_without_a_last_look_leaves_a_user_behind: TakeWithoutALiveRead => LeftBehind in "two names, deleted together, with two leaders";
    leaving_an_attempt_to_nobody_loses_a_guest: LeaveTheAttemptOfAGoneClaim => GuestLost in "two namespaces, and one gives up";
    letting_go_on_an_old_view_leaves_a_user_behind: ReleaseOnAnOldView => LeftBehind in "a visit, with a crash";
    without_a_last_look_a_person_is_ended_beside_a_claim: EndWithoutALiveRead => EndedBesideAClaim in "renamed";
    taking_absence_for_deletion_ends_somebody: TakeAbsenceForDeletion => EndedByNobody in "vanished and restored, with a loss";
    mailing_whoever_is_found_mails_a_known_guest: MailWhoeverIsFound => KnownGuestMailed in "a guest from before, in plain sight";
    owning_whoever_is_found_deletes_a_stranger: OwnWhoeverIsFound => StrangerDeleted in "a visit by a guest from before, out of sight";
    believing_the_watch_takes_a_person_from_a_claim: BelieveTheWatch => Taken in "renamed, with two leaders";
    acting_for_anybody_has_no_end: ActForAnybody => Endless in "two namespaces, with a crash";
    trusting_the_mirror_mails_somebody_who_has_accepted: TrustTheMirror => AcceptedGuestMailed in "a resend to a guest who accepts, with a crash";
    without_the_finalizer_a_user_is_left_behind: MakeUnbound => LeftBehind in "a visit, with a crash";
    leaving_an_open_attempt_leaves_a_user_behind: LeaveWithAnOpenAttempt => LeftBehind in "a visit, with a crash";
    believing_the_first_read_leaves_a_user_behind: BelieveTheFirstRead => LeftBehind in "a visit, with a crash";
    without_the_created_time_a_stranger_is_deleted: DeleteWhoWasThere => StrangerDeleted in "a visit by a guest from before, out of sight";
    without_the_breaker_a_send_is_begun_while_blocked: IgnoreTheBreaker => SentWhileBlocked in "two crashes";
    without_a_look_among_the_deleted_a_second_mail_leaves: IgnoreTheDeleted => SecondMail in "a guest who is deleted, with a crash and a loss";
    without_another_look_after_the_question_a_second_mail_leaves: IgnoreWhoLeftBeforeTheQuestion => SecondMail in "a guest who is deleted, with a crash and a loss";
    sending_on_old_rules_mails_for_nobody: SendOnOldRules => SentForNobody in "rules that change, with a crash";
    sending_on_an_old_approval_mails_for_nobody: SendOnAnOldApproval => SentForNobody in "an approval withdrawn, with a crash";
    without_the_rules_a_mail_leaves_for_nobody: IgnoreThePermission => SentForNobody in "rules that change, with a crash";
    without_the_rules_a_resend_leaves_for_nobody: IgnoreThePermission => SentForNobody in "a resend, and rules that change, with a crash";
    without_the_rules_at_the_mail_one_leaves_for_nobody: ActOnAHeldAttempt => SentForNobody in "an approval withdrawn, with a crash";
    without_the_rules_somebody_is_brought_back_for_nobody: BringBackWhoIsHeld => BroughtBackForNobody in "a stay that is prolonged, and rules that change twice";
    without_the_rules_somebody_is_restored_for_nobody: BringBackWhoIsHeld => BroughtBackForNobody in "a visit that is prolonged, and rules that change";
    enabling_without_a_last_look_does_it_for_nobody: BringBackWithoutALiveRead => BroughtBackForNobody in "a stay that is prolonged, and an edit";
    believing_a_held_spec_ends_without_authority: BelieveTheSpecOfWhoIsHeld => EndedWhileHeld in "a policy hardened, and an approval";
    ending_for_who_is_suspended_ends_without_authority: EndForWhoIsSuspended => EndedWhileHeld in "a visit, and an edit";
    disabling_without_a_last_look_ends_for_nobody: EndWithoutALiveRead => EndedByNobody in "a stay that is prolonged, with two leaders";
    ending_on_old_rules_ends_for_nobody: EndOnOldRules => EndedByNobody in "a stay that is prolonged, and rules that change twice";
    without_the_created_time_a_stranger_is_disabled: DeleteWhoWasThere => StrangerDisabled in "a stay of a guest from before, out of sight";
    owning_whoever_is_found_disables_a_stranger: OwnWhoeverIsFound => StrangerDisabled in "a stay of a guest from before, out of sight";
    letting_go_on_an_old_view_leaves_an_account_enabled: ReleaseOnAnOldView => LeftBehind in "a stay, with a crash";
    ending_before_it_is_on_record_leaves_an_account_disabled: EndBeforeWriting => LeftDisabled in "a stay that is prolonged, with a crash";
    owning_who_is_disabled_enables_whom_others_disabled: OwnWhoIsDisabled => EnabledForOthers in "a stay that is prolonged, and somebody switches the account";
    believing_an_end_at_once_leaves_an_account_enabled: BelieveAnEndAtOnce => LeftBehind in "a stay that is prolonged and ends, with a late request";
    believing_an_end_at_once_leaves_a_user_behind: BelieveAnEndAtOnce => LeftBehind in "a visit that is prolonged and ends, with a late request";
    bringing_back_at_once_leaves_an_account_disabled: BringBackAtOnce => LeftDisabled in "a stay that is prolonged and ends, with a late request";
    bringing_back_at_once_loses_a_guest: BringBackAtOnce => GuestLost in "a visit that is prolonged and ends, with a late request";
    enabling_whoever_is_disabled_enables_whom_others_disabled: EnableWhoeverIsDisabled => EnabledForOthers in "a stay that is prolonged, and somebody switches the account";
}
