//! The promise over every interleaving of faults, a test for each scenario, so that they run side by side.

use std::collections::BTreeSet;

use explorer::search::{explore, scenarios};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Fewer states than this, and a scenario has lost its moves.
const FEWEST: usize = 1_000;

fn holds(scenario: &str) {
    let report = explore(None, scenario);
    println!(
        "explored {} states: no second mail, no guest lost; from {} of them the record ends with \"nothing can tell\" and no mail",
        report.states, report.uncertain
    );
    assert_eq!(report.finding, None);
    assert!(report.states > FEWEST, "the model has lost its moves: only {} states", report.states);
}

macro_rules! holds {
    ($($test:ident: $scenario:literal;)*) => {
        $(
            #[test]
            fn $test() {
                holds($scenario);
            }
        )*

        const TESTED: &[&str] = &[$($scenario),*];
    };
}

holds! {
    two_crashes: "two crashes";
    a_crash_and_a_loss: "a crash and a loss";
    two_losses: "two losses";
    a_throttled_request_and_a_crash: "a throttled request and a crash";
    made_again_with_a_crash: "made again, with a crash";
    made_again_with_a_loss: "made again, with a loss";
    a_guest_from_before_out_of_sight: "a guest from before, out of sight";
    a_guest_from_before_in_plain_sight: "a guest from before, in plain sight";
    an_edit_with_a_crash: "an edit, with a crash";
    an_edit_with_a_loss: "an edit, with a loss";
    a_resend_with_two_crashes: "a resend, with two crashes";
    a_resend_with_a_crash_and_a_loss: "a resend, with a crash and a loss";
    a_resend_throttled_with_a_loss: "a resend, throttled, with a loss";
    a_resend_made_again_with_a_loss: "a resend, made again, with a loss";
    a_resend_to_a_guest_who_accepts_with_a_crash: "a resend to a guest who accepts, with a crash";
    a_reminder_with_a_crash_and_a_loss: "a reminder, with a crash and a loss";
    a_reminder_to_a_guest_who_accepts_with_a_loss: "a reminder to a guest who accepts, with a loss";
    a_guest_who_is_deleted_with_a_crash_and_a_loss: "a guest who is deleted, with a crash and a loss";
    a_guest_from_before_who_is_deleted_with_a_loss: "a guest from before who is deleted, with a loss";
    a_resend_to_a_guest_who_is_deleted_with_a_loss: "a resend to a guest who is deleted, with a loss";
    a_reminder_to_a_guest_who_is_deleted_with_a_loss: "a reminder to a guest who is deleted, with a loss";
    a_resend_made_again_to_a_guest_who_is_deleted: "a resend, made again, to a guest who is deleted";
    made_again_of_a_guest_who_is_deleted: "made again, of a guest who is deleted";
    a_visit_by_a_guest_who_is_deleted_with_a_loss: "a visit by a guest who is deleted, with a loss";
    a_guest_who_is_deleted_and_an_edit: "a guest who is deleted, and an edit";
    a_visit_with_a_crash: "a visit, with a crash";
    a_visit_with_a_loss: "a visit, with a loss";
    a_visit_by_a_guest_from_before_out_of_sight: "a visit by a guest from before, out of sight";
    vanished_and_restored: "vanished and restored";
    vanished_and_restored_with_a_loss: "vanished and restored, with a loss";
    deleted_and_applied_again: "deleted and applied again";
    two_namespaces_with_a_crash: "two namespaces, with a crash";
    two_namespaces_and_one_gives_up: "two namespaces, and one gives up";
    two_namespaces_and_an_edit: "two namespaces, and an edit";
    two_namespaces_one_suspended: "two namespaces, one suspended";
    renamed: "renamed";
    renamed_with_two_leaders: "renamed, with two leaders";
    two_names_deleted_together: "two names, deleted together";
    two_names_deleted_together_with_two_leaders: "two names, deleted together, with two leaders";
    a_stay_renamed: "a stay, renamed";
    two_who_share_with_a_crash: "two who share, with a crash";
    two_who_share_with_a_loss: "two who share, with a loss";
    two_who_share_and_one_leaves: "two who share, and one leaves";
    two_who_share_and_one_vanishes: "two who share, and one vanishes";
    two_who_share_and_rules_that_change: "two who share, and rules that change";
    two_who_share_a_guest_who_is_deleted: "two who share a guest who is deleted";
    access_ends_with_a_crash: "access ends, with a crash";
    access_ends_and_deleted: "access ends, and deleted";
    access_ends_and_an_edit: "access ends, and an edit";
    rules_that_change_with_a_crash: "rules that change, with a crash";
    rules_that_change_and_change_back_with_a_loss: "rules that change, and change back, with a loss";
    an_approval_withdrawn_with_a_crash: "an approval withdrawn, with a crash";
    an_approval_withdrawn_and_given_again_with_a_loss: "an approval withdrawn and given again, with a loss";
    a_resend_and_rules_that_change_with_a_crash: "a resend, and rules that change, with a crash";
    a_resend_and_an_approval_withdrawn_and_given_again: "a resend, and an approval withdrawn and given again";
    two_namespaces_and_rules_that_change: "two namespaces, and rules that change";
    two_names_and_rules_that_change: "two names, and rules that change";
    renamed_and_rules_that_change: "renamed, and rules that change";
    a_visit_and_rules_that_change: "a visit, and rules that change";
    a_visit_and_an_approval_withdrawn: "a visit, and an approval withdrawn";
    a_visit_and_an_edit: "a visit, and an edit";
    access_ends_and_an_approval_withdrawn: "access ends, and an approval withdrawn";
    a_policy_hardened_and_an_approval: "a policy hardened, and an approval";
    a_policy_hardened_and_rules_that_change: "a policy hardened, and rules that change";
    a_stay_with_a_crash: "a stay, with a crash";
    a_stay_with_a_loss: "a stay, with a loss";
    a_stay_made_again_and_somebody_switches_the_account: "a stay, made again, and somebody switches the account";
    a_stay_of_a_guest_from_before_out_of_sight: "a stay of a guest from before, out of sight";
    a_stay_of_a_managed_guest_and_somebody_switches_the_account: "a stay of a managed guest, and somebody switches the account";
    a_visit_by_a_managed_guest_with_a_crash: "a visit by a managed guest, with a crash";
    a_stay_that_vanished_and_was_restored: "a stay that vanished and was restored";
    a_stay_that_is_prolonged_with_a_crash: "a stay that is prolonged, with a crash";
    a_stay_that_is_prolonged_with_a_loss: "a stay that is prolonged, with a loss";
    a_stay_that_is_prolonged_with_two_leaders: "a stay that is prolonged, with two leaders";
    a_stay_that_is_prolonged_and_somebody_switches_the_account: "a stay that is prolonged, and somebody switches the account";
    a_stay_that_is_prolonged_and_rules_that_change_twice: "a stay that is prolonged, and rules that change twice";
    a_stay_that_is_prolonged_and_an_edit: "a stay that is prolonged, and an edit";
    a_stay_that_is_prolonged_and_ends_with_a_late_request: "a stay that is prolonged and ends, with a late request";
    a_stay_made_again_with_a_late_request: "a stay, made again, with a late request";
    a_visit_that_is_prolonged_and_ends_with_a_late_request: "a visit that is prolonged and ends, with a late request";
    a_visit_that_is_prolonged_with_a_crash: "a visit that is prolonged, with a crash";
    a_visit_that_is_prolonged_and_rules_that_change: "a visit that is prolonged, and rules that change";
    somebody_disables_the_account_with_a_loss: "somebody disables the account, with a loss";
    a_resend_and_somebody_disables_the_account_with_a_crash: "a resend, and somebody disables the account, with a crash";
}

#[test]
fn every_scenario_has_a_test() {
    let all: BTreeSet<&str> = scenarios().iter().map(|scenario| scenario.name).collect();
    assert_eq!(all, TESTED.iter().copied().collect());
}
