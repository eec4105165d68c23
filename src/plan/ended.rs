//! How an invitation or an access ends: `expiresAfter` and `accessUntil` carry out `deletionPolicy`.

use std::time::Duration;

use jiff::Timestamp;

use super::whereabouts::{Whereabouts, whereabouts};
use super::{
    Bond, Decision, Desired, DirectoryUser, Outcome, Record, Step, Task, Why, in_flight, relations, taken_back,
    withdrawal,
};
use crate::api::{DeletionPolicy, Ended, Ending, Ends, Existing, GuestUser, HowEnded, Origin, Reason};

/// The next step of an ending, or of its reversal; nothing while the guest is simply wanted.
pub(super) fn step(decision: Decision<'_>) -> Option<Step> {
    let Decision { desired, record, timing, .. } = decision;
    if matches!(record.bond, Bond::Follows | Bond::Shares) {
        return None; // who only follows a person ends nobody
    }
    let ends = entitled(decision);
    let reason = due(decision, &ends);
    match (reason, &record.guest, &record.ended) {
        (None, Some(guest), None) if record.ending.is_some() => Some(taken_back::call_off(decision, guest)),
        (None, _, None) => None,
        (None, Some(guest), Some(ended)) => Some(taken_back::take_back(decision, guest, ended)),
        (None, None, Some(_)) => Some(Step::write(record.anew(), Why::Queued)),
        (Some(_), None, _) => Some(Step::rest(Why::EndedBefore)),
        (Some(reason), Some(guest), ended) => {
            let how = how(desired, ends.policy, guest.origin == Origin::Invited);
            // While others share the person, they stay.
            // An internal user is not ours to end.
            let how = if record.stays_with_others() || guest.internal { HowEnded::Retained } else { how };
            match ended {
                // Who is deleted stays deleted, whatever the policy says now.
                Some(ended) if in_flight::is_carried_out(record, how, timing) => {
                    let told = Ended { reason: own(decision, ended.reason, reason, &ends), ..ended.clone() };
                    Some(match told == *ended {
                        true => Step::rest(Why::Ended(told)),
                        false => Step::write(Record { ended: Some(told), ..record.clone() }, Why::Updating),
                    })
                }
                // Whoever is disabled and is to be deleted now is not enabled in between.
                Some(ended) if ended.how == HowEnded::Disabled && how == HowEnded::Retained => {
                    Some(taken_back::take_back(decision, guest, ended))
                }
                _ => Some(carry_out(decision, guest, (reason, ends.policy))),
            }
        }
    }
}

/// Why a claim that stands has ended. A claim before it may have ended the person, for a reason that this one does not have: it is at an
/// end of its own.
fn own(decision: Decision<'_>, ended: Reason, due: Reason, ends: &Ends) -> Reason {
    let has = match ended {
        Reason::Deleting => false,
        Reason::AccessEnded => ends.access_until.is_some_and(|until| until <= decision.now),
        Reason::Expired => ends.expires_after_seconds.is_some(),
        _ => true,
    };
    if has { ended } else { due }
}

/// When the next ending is due.
pub(super) fn next_at(decision: Decision<'_>) -> Option<Timestamp> {
    let Decision { record, .. } = decision;
    if record.bond != Bond::Owns {
        return None;
    }
    let ends = entitled(decision);
    [ends.access_until, expires_at(decision, &ends)].into_iter().flatten().min()
}

/// The step of a claim that has nobody, which rests no longer than until `accessUntil`: then that is the reason why nobody is invited.
pub(super) fn in_time(decision: Decision<'_>, step: Step) -> Step {
    let Decision { desired, record, now, .. } = decision;
    let until =
        desired.access_until.filter(|until| *until > now && record.bond == Bond::None && desired.deleting.is_none());
    match (step, until) {
        (Step::Rest { why, again }, Some(until)) => {
            let over = now.checked_add(again.unwrap_or(Duration::MAX)).unwrap_or(until);
            Step::rest_until(why, over.min(until), now)
        }
        (step, _) => step,
    }
}

/// The ends that count. What the claim is entitled to counts as the spec says it. Of one that is held, the ends that it had and
/// those that it has now both count, the earlier first, and the policy is the one that it had.
pub(super) fn entitled(decision: Decision<'_>) -> Ends {
    let Decision { desired, record, observed, .. } = decision;
    let now = desired.ends();
    if observed.permission.hold().is_none() {
        return now;
    }
    let had = &record.ends;
    let earlier = |a: Option<Timestamp>, b: Option<Timestamp>| [a, b].into_iter().flatten().min();
    Ends {
        policy: had.policy,
        access_until: earlier(had.access_until, now.access_until),
        expires_after_seconds: [had.expires_after_seconds, now.expires_after_seconds].into_iter().flatten().min(),
    }
}

/// What `policy` does to this user. Deleting is for whom the namespace's invitation made or who is owned, disabling also for who is
/// managed.
pub(super) fn how(desired: &Desired, policy: DeletionPolicy, ours: bool) -> HowEnded {
    match policy {
        DeletionPolicy::Disable if ours || desired.existing >= Existing::Manage => HowEnded::Disabled,
        DeletionPolicy::Delete if ours || desired.existing == Existing::Own => HowEnded::Deleted,
        DeletionPolicy::Retain | DeletionPolicy::Disable | DeletionPolicy::Delete => HowEnded::Retained,
    }
}

/// The policy that does this to a user; nothing where nothing is done.
pub(super) fn policy_of(how: HowEnded) -> Option<DeletionPolicy> {
    match how {
        HowEnded::Retained => None,
        HowEnded::Disabled => Some(DeletionPolicy::Disable),
        HowEnded::Deleted => Some(DeletionPolicy::Delete),
    }
}

/// Whether the invitation or the access ends now.
pub(super) fn is_due(decision: Decision<'_>) -> bool {
    due(decision, &entitled(decision)).is_some()
}

fn due(decision: Decision<'_>, ends: &Ends) -> Option<Reason> {
    let now = decision.now;
    if ends.access_until.is_some_and(|until| until <= now) {
        return Some(Reason::AccessEnded);
    }
    expires_at(decision, ends).is_some_and(|at| at <= now).then_some(Reason::Expired)
}

/// The time counts from when the guest became pending, but never from before the resource was made.
fn expires_at(decision: Decision<'_>, ends: &Ends) -> Option<Timestamp> {
    let Decision { desired, record, observed, .. } = decision;
    let after = std::time::Duration::from_secs(ends.expires_after_seconds?.into());
    let redemption = record.redemption.as_ref()?;
    if !redemption.is_pending() {
        return None;
    }
    let pending = redemption.changed_at.or(record.invitation.last_sent_at).map(|at| observed.graph_clock.on_ours(at));
    let since = pending.max(desired.created_at)?;
    since.checked_add(after).ok()
}

fn carry_out(decision: Decision<'_>, guest: &GuestUser, (reason, policy): (Reason, DeletionPolicy)) -> Step {
    let Decision { desired, record, observed, now, .. } = decision;
    let over = |how: HowEnded| {
        let write = || {
            let next = record.over(reason, how, now);
            let why = next.ended.clone().map_or(Why::Updating, Why::Ended);
            Step::write(next, why)
        };
        wait_for_late(decision, how).unwrap_or_else(write)
    };
    // Whoever accepted since the last sweep has not expired.
    let user = match whereabouts(decision, guest) {
        Whereabouts::Gone => return over(HowEnded::Deleted),
        Whereabouts::There(user) => user,
        Whereabouts::Unknown(step) => return step,
    };
    if guest.origin == Origin::Invited && !user.made_by_us(guest) {
        // Who was there before is not ours to end. That is put on record first, or the same would be decided without end.
        return Step::write(user.noted(desired, record, guest), Why::Adopted);
    }
    if guest.internal == user.is_guest {
        return Step::write(user.noted(desired, record, guest), Why::Internal);
    }
    if guest.internal {
        return over(HowEnded::Retained);
    }
    if reason == Reason::Expired && user.has_accepted() {
        let next = Record { redemption: Some(user.redemption()), ..record.clone() };
        return Step::write(next, Why::Accepted { enabled: user.enabled });
    }
    let how = how(desired, policy, user.made_by_us(guest));
    if record.stays_with_others() && how != HowEnded::Retained {
        return withdrawal::end_access(decision, user).unwrap_or_else(|| over(HowEnded::Retained));
    }
    let step = match how {
        // They stay as declared, also if an earlier policy had taken them out of their groups.
        HowEnded::Retained if observed.permission.hold().is_some() || desired.suspended => None,
        HowEnded::Retained => relations::step(decision, user).filter(|step| !matches!(step, Step::Rest { .. })),
        _ => undo(decision, how, user),
    };
    step.unwrap_or_else(|| over(how))
}

/// What to do about an end that looks carried out, while a contrary request may be under way.
pub(super) fn wait_for_late(decision: Decision<'_>, how: HowEnded) -> Option<Step> {
    let brought_back = in_flight::wait_for_the_return(decision).filter(|_| how != HowEnded::Retained);
    // Nobody adds a user to anything who is deleted.
    brought_back.or_else(|| withdrawal::wait_for_late_adds(decision).filter(|_| how != HowEnded::Deleted))
}

impl Record {
    /// Whether others share the person, who is not disabled or deleted: then nobody but the platform team ends them.
    pub(super) fn stays_with_others(&self) -> bool {
        self.others.share && self.ended.as_ref().is_none_or(|ended| ended.how == HowEnded::Retained)
    }
}

/// The next step towards an account that is disabled and out of our groups, or towards no user; nothing once it is so.
pub(super) fn undo(decision: Decision<'_>, how: HowEnded, user: &DirectoryUser) -> Option<Step> {
    let Decision { desired, record, observed, now, timing } = decision;
    if how == HowEnded::Disabled
        && let Some(step) = withdrawal::end_access(decision, user)
    {
        return Some(step);
    }
    let task = match how {
        HowEnded::Retained => return None,
        HowEnded::Disabled if !user.enabled => return None,
        HowEnded::Disabled => Task::Enable { user: user.id.clone(), enabled: false },
        HowEnded::Deleted => Task::Delete(user.id.clone()),
    };
    match &observed.done {
        Some((done, Outcome::Refused(refused))) if *done == task => Some(record.refuse_change(desired, refused, now)),
        // A read shows whom the write does not find: a replica is behind, and the next read tells.
        Some((done @ Task::Delete(_), Outcome::Gone)) if *done == task => {
            Some(Step::rest_for(Why::OffboardingUnseen, timing.settling / 10))
        }
        Some((done, _)) if *done == task => None,
        _ => Some(match (record.write_refused(desired, now), &observed.ends_stopped) {
            (Some(rest), _) => rest,
            (None, Some(stopped)) => Step::rest(Why::EndsStopped(stopped.clone())),
            // The intent first: who finds the account disabled after a crash knows whose work it is.
            (None, None) if !in_flight::may_act_on(record.ending.as_ref(), how, now, timing) => {
                let ending = Some(Ending { how, since: now });
                Step::write(Record { ending, ..record.clone() }, Why::Offboarding)
            }
            (None, None) => Step::Do(task),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Address;
    use crate::plan::{Observed, Timing, UserView};

    /// Found by random lives: somebody of the directory's own users had the address. The claim said so for up to an hour after the time
    /// at which access was to end, and not that it had ended.
    #[test]
    fn a_claim_that_has_nobody_is_looked_at_when_its_time_is_over() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let mut desired = Desired::new(Address::new("guest@example.com"));
        desired.access_until = Some(now.checked_add(Duration::from_secs(60)).unwrap());
        let (record, observed, timing) = (Record::default(), Observed::idle(), Timing::default());
        let rest = |desired: &Desired, again: Option<Duration>| {
            let decision = Decision { desired, record: &record, observed: &observed, now, timing: &timing };
            match in_time(decision, Step::Rest { why: Why::Suspended, again }) {
                Step::Rest { again, .. } => again,
                other => panic!("{other:?}"),
            }
        };
        let [minute, hour] = [60, 3600].map(Duration::from_secs);
        assert_eq!((rest(&desired, Some(hour)), rest(&desired, None)), (Some(minute), Some(minute)));
        assert_eq!(rest(&desired, Some(minute / 2)), Some(minute / 2));
        desired.access_until = Some(now);
        assert_eq!((rest(&desired, Some(hour)), rest(&desired, None)), (Some(hour), None));
    }

    /// Found by random lives: a GuestInvitation was deleted, which disabled the user, and was declared again with a time that had passed. It
    /// said that it was being deleted.
    #[test]
    fn whoever_was_ended_by_an_earlier_claim_is_at_the_end_of_this_one() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let mut desired = Desired::new(Address::new("guest@example.com"));
        (desired.policy, desired.access_until) = (DeletionPolicy::Disable, Some(now));
        let (observed, timing) = (Observed::idle(), Timing::default());
        let ended = |reason| Ended { reason, at: now, how: HowEnded::Disabled };
        let next = |desired: &Desired, reason| {
            let record = Record {
                bond: Bond::Owns,
                guest: Some(GuestUser::new("user".into(), Origin::Invited)),
                ended: Some(ended(reason)),
                ..Record::default()
            };
            step(Decision { desired, record: &record, observed: &observed, now, timing: &timing })
        };
        // And so it was where the claim before had expired, and this one cannot.
        for before in [Reason::Deleting, Reason::Expired] {
            let Some(Step::Write { record, .. }) = next(&desired, before) else { panic!("a write") };
            assert_eq!(record.ended, Some(ended(Reason::AccessEnded)));
        }
        // Of two ends of its own the first stays the one that is told.
        desired.expires_after = Some(Duration::from_secs(60));
        for reason in [Reason::AccessEnded, Reason::Expired] {
            assert_eq!(next(&desired, reason), Some(Step::rest(Why::Ended(ended(reason)))));
        }
    }

    #[test]
    fn an_invitation_expires_by_one_clock_and_an_internal_user_is_left_alone() {
        use std::time::Duration;

        use crate::api::Redemption;
        use crate::plan::GraphClock;

        let at = |text: &str| format!("2026-11-28T{text}Z").parse::<Timestamp>().unwrap();
        let mut desired = Desired::new(Address::new("guest@example.com"));
        (desired.policy, desired.expires_after) = (DeletionPolicy::Delete, Some(Duration::from_secs(3600)));
        let timing = Timing::default();
        for ahead in [-7200, 0, 7200] {
            let graph_clock = GraphClock::ahead_by(jiff::SignedDuration::from_secs(ahead));
            let observed = Observed { graph_clock, ..Observed::idle() };
            let changed_at = Some(graph_clock.shows(at("10:00:00")));
            let state = Some("PendingAcceptance".into());
            let record = Record {
                bond: Bond::Owns,
                redemption: Some(Redemption { state, changed_at, identity_provider: None }),
                ..Record::default()
            };
            let is_due = |now| {
                is_due(Decision { desired: &desired, record: &record, observed: &observed, now, timing: &timing })
            };
            assert_eq!([is_due(at("10:59:59")), is_due(at("11:00:00"))], [false, true], "Graph is {ahead} s ahead");
        }

        let now = at("12:00:00");
        desired.access_until = Some(now);
        let mut record = Record {
            bond: Bond::Owns,
            guest: Some(GuestUser::new("user".into(), Origin::Invited)),
            ..Record::default()
        };
        let shown = DirectoryUser { is_guest: false, ..DirectoryUser::new("user".into()) };
        let observed = Observed { user: UserView::Found(shown), user_read_at: Some(now), ..Observed::idle() };
        for _ in 0..2 {
            let decision = Decision { desired: &desired, record: &record, observed: &observed, now, timing: &timing };
            let Some(Step::Write { record: next, .. }) = step(decision) else { panic!("a write") };
            record = *next;
        }
        assert_eq!(record.ended.as_ref().map(|ended| ended.how), Some(HowEnded::Retained));
        assert!(record.guest.as_ref().is_some_and(|guest| guest.internal));
        let decision = Decision { desired: &desired, record: &record, observed: &observed, now, timing: &timing };
        assert!(matches!(step(decision), Some(Step::Rest { why: Why::Ended(_), .. })), "and it comes to rest");
    }

    /// Found by random lives: an account that was disabled at the end of access was enabled for a moment, when the spec came to ask for
    /// its deletion.
    #[test]
    fn who_is_disabled_and_to_be_deleted_now_is_not_enabled_in_between() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let mut desired = Desired::new(Address::new("guest@example.com"));
        (desired.policy, desired.access_until) = (DeletionPolicy::Delete, Some(now));
        let ended = Ended { reason: Reason::AccessEnded, at: now, how: HowEnded::Disabled };
        let record = Record {
            bond: Bond::Owns,
            guest: Some(GuestUser::new("user".into(), Origin::Invited)),
            ended: Some(ended),
            disabled: true,
            ..Record::default()
        };
        let shown = DirectoryUser { enabled: false, is_guest: true, ..DirectoryUser::new("user".into()) };
        let mut observed = Observed { user: UserView::Found(shown), user_read_at: Some(now), ..Observed::idle() };
        let timing = Timing::default();
        let next = |record: &Record, observed: &Observed| {
            step(Decision { desired: &desired, record, observed, now, timing: &timing })
        };
        let Some(Step::Write { record: intent, .. }) = next(&record, &observed) else { panic!("the intent first") };
        assert!(intent.is_ending(HowEnded::Deleted));
        let delete = Task::Delete("user".into());
        assert_eq!(next(&intent, &observed), Some(Step::Do(delete.clone())));
        observed.done = Some((delete, Outcome::Done));
        let Some(Step::Write { record: over, .. }) = next(&intent, &observed) else { panic!("the outcome") };
        assert_eq!(over.ended.map(|ended| ended.how), Some(HowEnded::Deleted));
    }
}
