//! An end that is not wanted any more: it is called off while it is under way, and taken back once it was carried out.

use super::whereabouts::{Whereabouts, whereabouts};
use super::{Decision, DirectoryUser, Outcome, Record, Step, Task, UserView, Why, in_flight, missing};
use crate::api::{Ended, GuestUser, HowEnded, Reason};

/// An end was begun and is not wanted any more. Whoever began it may have carried it out and not come to write that down: the directory
/// tells, and such an end is taken back like any other.
pub(super) fn call_off(decision: Decision<'_>, guest: &GuestUser) -> Step {
    let Decision { record, now, timing, .. } = decision;
    if let Some(wait) = in_flight::wait_for_the_end(decision) {
        return wait;
    }
    let disabled = |user: &DirectoryUser| (!user.enabled).then_some(HowEnded::Disabled);
    let found = match whereabouts(decision, guest) {
        Whereabouts::Gone => Some(HowEnded::Deleted),
        Whereabouts::There(user) => disabled(user),
        // Nobody is off-boarded any more.
        Whereabouts::Unknown(Step::Rest { .. }) => return Step::rest_for(Why::NotShownYet, timing.settling / 10),
        Whereabouts::Unknown(step) => return step,
    };
    let next = match found.filter(|how| record.is_ending(*how)) {
        Some(how) => record.over(Reason::AccessEnded, how, now),
        None => Record { ending: None, ..record.clone() },
    };
    Step::write(next, Why::Updating)
}

/// The spec wants the guest again.
pub(super) fn take_back(decision: Decision<'_>, guest: &GuestUser, ended: &Ended) -> Step {
    let Decision { desired, record, observed, now, .. } = decision;
    let back = || {
        Step::write(
            Record { ended: None, ending: None, disabled: false, refusal: None, ..record.clone() },
            Why::Updating,
        )
    };
    // Whom an administrator disabled stays disabled.
    if ended.how == HowEnded::Retained || (ended.how == HowEnded::Disabled && !record.disabled) {
        return back();
    }
    let disabled = ended.how == HowEnded::Disabled;
    let brings_back = |task: &Task| match task {
        Task::Enable { enabled: true, .. } => disabled,
        Task::Restore(_) => !disabled,
        _ => false,
    };
    match observed.done.as_ref().filter(|(task, _)| brings_back(task)) {
        Some((_, outcome)) => match outcome {
            Outcome::Refused(refused) => record.refuse_change(desired, refused, now),
            // Back already, by a process that did not come to write that down; or too late to restore. A person wants the guest, so
            // then they are invited anew.
            Outcome::Gone => match &observed.user {
                UserView::Found(_) if observed.user_is_live() => back(),
                _ if observed.user_is_live() => Step::write(record.anew(), Why::Queued),
                _ => Step::Fetch(guest.id.clone()),
            },
            _ => back(),
        },
        None => match observed.permission.hold().map(Step::rest).or_else(|| in_flight::wait_for_the_end(decision)) {
            Some(held) => held,
            None if disabled => enable(decision, guest),
            None => {
                let restore = || record.bring_back(Task::Restore(guest.id.clone()), now, decision.timing);
                record.write_refused(desired, now).unwrap_or_else(restore)
            }
        },
    }
}

/// Enables the account that we disabled, unless somebody has deleted the user since. Of one whom a person has brought back since it is
/// known then that we disabled them.
fn enable(decision: Decision<'_>, guest: &GuestUser) -> Step {
    let Decision { desired, record, now, timing, .. } = decision;
    match whereabouts(decision, guest) {
        Whereabouts::Gone => missing::step(decision, guest),
        // Nobody is off-boarded any more.
        Whereabouts::Unknown(Step::Rest { .. }) => Step::rest_for(Why::NotShownYet, timing.settling / 10),
        Whereabouts::Unknown(step) => step,
        Whereabouts::There(_) => {
            let enable = || record.bring_back(Task::Enable { user: guest.id.clone(), enabled: true }, now, timing);
            record.write_refused(desired, now).unwrap_or_else(enable)
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::api::{Address, Ending, Origin};
    use crate::plan::ended::step;
    use crate::plan::{Bond, Desired, Observed, Timing};

    /// Found by random lives: a GuestInvitation was deleted, which disabled the account, and was declared again. An administrator deleted the
    /// user before the account was enabled. That was tried without end, and NotReplicated was told.
    #[test]
    fn whom_others_deleted_while_we_had_them_disabled_is_gone() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let mut desired = Desired::new(Address::new("guest@example.com"));
        let timing = Timing::default();
        let lately = now.checked_sub(timing.settling).unwrap();
        let ended = Ended { reason: Reason::Deleting, at: lately, how: HowEnded::Disabled };
        let record = Record {
            bond: Bond::Owns,
            guest: Some(GuestUser::new("user".into(), Origin::Invited)),
            redemption: Some(crate::api::Redemption { state: None, changed_at: None, identity_provider: None }),
            ended: Some(ended),
            disabled: true,
            brought_back_at: Some(now),
            ..Record::default()
        };
        let next = |desired: &Desired, observed: &Observed| {
            step(Decision { desired, record: &record, observed, now, timing: &timing })
        };
        assert_eq!(next(&desired, &Observed::idle()), Some(Step::Fetch("user".into())));
        let read = |user: UserView| Observed { user, user_read_at: Some(now), ..Observed::idle() };
        let shown = read(UserView::Found(DirectoryUser { is_guest: true, ..DirectoryUser::new("user".into()) }));
        let enable = Task::Enable { user: "user".into(), enabled: true };
        assert_eq!(next(&desired, &shown), Some(Step::Do(enable.clone())));
        let mut gone = read(UserView::Missing);
        assert_eq!(next(&desired, &gone), Some(Step::rest(Why::Gone)));
        // Whoever is asked for is brought back, and it stays on record that the account is to be enabled then.
        desired.requests.resend = Some("please".into());
        assert_eq!(next(&desired, &gone), Some(Step::Do(Task::Restore("user".into()))));
        gone.done = Some((Task::Restore("user".into()), Outcome::Done));
        let Some(Step::Write { record: back, why: Why::Restored, .. }) = next(&desired, &gone) else {
            panic!("{:?}", next(&desired, &gone))
        };
        assert!(back.disabled && back.ended.is_some());
        assert_eq!(
            next(&desired, &Observed { done: Some((Task::Restore("user".into()), Outcome::Done)), ..shown.clone() }),
            Some(Step::Do(enable.clone()))
        );
        let enabled = Observed { done: Some((enable, Outcome::Done)), ..shown };
        assert!(
            matches!(next(&desired, &enabled), Some(Step::Write { record, .. }) if record.ended.is_none() && !record.disabled)
        );
    }

    /// Found by the model: the access was prolonged after the account was disabled, or the user deleted, and before that was on record. They
    /// stayed so, and nobody knew whose work it was.
    #[test]
    fn an_end_that_is_prolonged_before_it_is_on_record_is_taken_back() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let (desired, timing) = (Desired::new(Address::new("guest@example.com")), Timing::default());
        let user = |enabled| DirectoryUser { enabled, is_guest: true, ..DirectoryUser::new("user".into()) };
        for (ending, view, carried_out) in [
            (HowEnded::Disabled, UserView::Found(user(false)), true),
            (HowEnded::Disabled, UserView::Found(user(true)), false),
            (HowEnded::Disabled, UserView::Missing, false),
            (HowEnded::Deleted, UserView::Missing, true),
            (HowEnded::Deleted, UserView::Found(user(true)), false),
            (HowEnded::Deleted, UserView::Found(user(false)), false),
        ] {
            let record = Record {
                bond: Bond::Owns,
                guest: Some(GuestUser::new("user".into(), Origin::Invited)),
                ending: Some(Ending { how: ending, since: Timestamp::UNIX_EPOCH }),
                ..Record::default()
            };
            let mut observed = Observed::idle();
            let next = |observed: &Observed| {
                step(Decision { desired: &desired, record: &record, observed, now, timing: &timing })
            };
            assert_eq!(next(&observed), Some(Step::Fetch("user".into())));
            (observed.user, observed.user_read_at) = (view.clone(), Some(now));
            let Some(Step::Write { record: after, .. }) = next(&observed) else { panic!("{ending:?}, {view:?}") };
            assert_eq!(after.ending, None);
            assert_eq!(after.ended.map(|ended| ended.how), carried_out.then_some(ending), "{ending:?}, {view:?}");
            assert_eq!(after.disabled, carried_out && ending == HowEnded::Disabled);
        }
    }
}
