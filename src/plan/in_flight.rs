//! Requests that may still be under way: a process that stood still may end a person, or bring them back, when the contrary was done meanwhile.
//!
//! So both are on record first, with the time. A request leaves while that is fresh or not at all, and what one of the two has brought counts
//! only when no request of the other can be under way any more.

use jiff::{SignedDuration, Timestamp};

use super::{Decision, Record, Step, Task, Timing, Why};
use crate::api::conditions::whole_seconds;
use crate::api::{Ended, Ending, HowEnded};

impl Record {
    /// Brings the user back by `task`, once it is on record that this is about to happen.
    pub(super) fn bring_back(&self, task: Task, now: Timestamp, timing: &Timing) -> Step {
        if self.brought_back_at.is_some_and(|at| timing.is_fresh(at, now)) {
            return Step::Do(task);
        }
        Step::write(Self { brought_back_at: Some(now), ..self.clone() }, Why::Updating)
    }
}

/// Whether the end that is on record allows this one to be carried out now.
pub(super) fn may_act_on(ending: Option<&Ending>, how: HowEnded, now: Timestamp, timing: &Timing) -> bool {
    ending.is_some_and(|ending| ending.how == how && timing.is_fresh(ending.since, now))
}

/// When a request that was on record at `since` has ended for certain, and each read shows what came of it: a whole second, as ends are on
/// record in whole seconds.
fn settled_at(since: Timestamp, timing: &Timing) -> Option<Timestamp> {
    let span = timing.freshness + timing.request_timeout + timing.settling / 10;
    let settled_at = since.checked_add(span).ok()?;
    let before = whole_seconds(settled_at);
    if before == settled_at { Some(before) } else { before.checked_add(SignedDuration::from_secs(1)).ok() }
}

/// Until when a request that was on record at `since` may still be under way.
pub(super) fn late_until(since: Option<Timestamp>, now: Timestamp, timing: &Timing) -> Option<Timestamp> {
    settled_at(since?, timing).filter(|settled_at| now < *settled_at)
}

/// Whether the user is ended like that, or is deleted, which no other policy takes back.
pub(super) fn is_carried_out(record: &Record, how: HowEnded, timing: &Timing) -> bool {
    let is_so = |ended: &Ended| {
        (ended.how == how || ended.is_deletion())
            && (how == HowEnded::Retained || is_final(ended, record.brought_back_at, timing))
    };
    record.ended.as_ref().is_some_and(is_so)
}

/// Whether `ended` is still so: nobody can have brought the user back since.
pub(super) fn is_final(ended: &Ended, brought_back_at: Option<Timestamp>, timing: &Timing) -> bool {
    let settled_at = brought_back_at.and_then(|at| settled_at(at, timing));
    settled_at.is_none_or(|settled_at| ended.at >= settled_at)
}

/// What to do about an end that looks carried out, while a request that brings the user back may be under way.
pub(super) fn wait_for_the_return(decision: Decision<'_>) -> Option<Step> {
    let Decision { record, now, timing, .. } = decision;
    late_until(record.brought_back_at, now, timing).map(|until| Step::rest_until(Why::Offboarding, until, now))
}

/// What to do about an end that is not wanted any more, while a request that carries it out may be under way.
pub(super) fn wait_for_the_end(decision: Decision<'_>) -> Option<Step> {
    let Decision { record, now, timing, .. } = decision;
    let begun = record.ending.map(|ending| ending.since);
    let done = record.ended.as_ref().filter(|ended| ended.how != HowEnded::Retained).map(|ended| ended.at);
    let until = late_until(begun.max(done), now, timing)?;
    Some(Step::rest_until(Why::TakingBack { until }, until, now))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::api::{Address, DeletionPolicy, GuestUser, HowEnded, Origin, Reason, Redemption};
    use crate::plan::{Bond, Desired, DirectoryUser, Observed, UserView, ended};

    /// A leader that stood still while it enabled an account could do so after the access had ended again: the next leader believed its record,
    /// by which the account was disabled, and nobody ever looked.
    #[test]
    fn an_end_counts_only_when_no_request_that_brings_back_is_under_way() {
        let start: Timestamp = "2026-12-01T10:00:00Z".parse().unwrap();
        let (timing, after) = (Timing::default(), |seconds| start.checked_add(Duration::from_secs(seconds)).unwrap());
        let mut desired = Desired::new(Address::new("guest@example.com"));
        (desired.policy, desired.access_until) = (DeletionPolicy::Disable, None);
        let user = |enabled| DirectoryUser { enabled, is_guest: true, ..DirectoryUser::new("user".into()) };
        let disabled = Record {
            bond: Bond::Owns,
            guest: Some(GuestUser::new("user".into(), Origin::Invited)),
            redemption: Some(Redemption { state: None, changed_at: None, identity_provider: None }),
            ended: Some(Ended { reason: Reason::AccessEnded, at: start, how: HowEnded::Disabled }),
            disabled: true,
            ..Record::default()
        };
        let next = |desired: &Desired, record: &Record, enabled: bool, now: Timestamp| {
            let observed =
                Observed { user: UserView::Found(user(enabled)), user_read_at: Some(now), ..Observed::idle() };
            ended::step(Decision { desired, record, observed: &observed, now, timing: &timing })
        };
        // The access is wanted again, when nobody can be disabling the account any more: first that is on record.
        let waits = |step: &Option<Step>| matches!(step, Some(Step::Rest { again: Some(_), .. }));
        assert!(waits(&next(&desired, &disabled, false, after(119))));
        let Some(Step::Write { record: begun, .. }) = next(&desired, &disabled, false, after(120)) else {
            panic!("the intent comes first");
        };
        assert_eq!(begun.brought_back_at, Some(after(120)));
        let enables = |step: &Option<Step>| matches!(step, Some(Step::Do(Task::Enable { enabled: true, .. })));
        assert!(enables(&next(&desired, &begun, false, after(121))));
        // An intent of long ago is no leave to do it now.
        assert!(matches!(next(&desired, &begun, false, after(180)), Some(Step::Write { .. })));

        // It ends again. What is on record of the end is not believed, and neither is a read of now.
        desired.access_until = Some(after(122));
        assert!(waits(&next(&desired, &begun, false, after(123))));
        // The late request has arrived.
        let Some(Step::Write { record: again, .. }) = next(&desired, &begun, true, after(210)) else {
            panic!("they are disabled once more");
        };
        assert!(again.is_ending(HowEnded::Disabled));
        let Some(Step::Write { record: over, .. }) = next(&desired, &again, false, after(241)) else {
            panic!("none can be under way any more");
        };
        assert_eq!(next(&desired, &over, false, after(242)), next(&desired, &over, true, after(9_999)), "it is over");
    }
}
