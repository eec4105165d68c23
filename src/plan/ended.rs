//! How an invitation or an access ends: `expiresAfter` and `accessUntil` carry out `deletionPolicy`, and a spec that wants the
//! guest again takes it back.

use jiff::Timestamp;

use super::absent::{Absent, absent};
use super::{Desired, DirectoryUser, Observed, Outcome, Record, Step, Task, Timing, UserView, Why, relations};
use crate::api::conditions::whole_seconds;
use crate::api::{DeletionPolicy, Ended, Guest, HowEnded, Origin, Reason};

/// The next step of an ending, or of its reversal; nothing while the guest is simply wanted.
pub(super) fn step(
    desired: &Desired,
    record: &Record,
    observed: &Observed,
    now: Timestamp,
    timing: &Timing,
) -> Option<Step> {
    let reason = due(desired, record, now);
    match (reason, &record.guest, &record.ended) {
        (None, _, None) => None,
        (None, Some(guest), Some(ended)) => Some(take_back(desired, record, guest, ended, observed, now)),
        (None, None, Some(_)) => Some(Step::write(record.anew(), Why::Queued)),
        (Some(_), None, _) => Some(Step::rest(Why::EndedBefore)),
        (Some(reason), Some(guest), ended) => {
            let how = how(desired, guest.origin == Origin::Invited);
            match ended {
                // Who is deleted stays deleted, whatever the policy says now.
                Some(ended) if ended.how == how || ended.how == HowEnded::Deleted => {
                    Some(Step::rest(Why::Ended(ended.clone())))
                }
                Some(ended) if ended.how == HowEnded::Disabled => {
                    Some(take_back(desired, record, guest, ended, observed, now))
                }
                _ => Some(carry_out(desired, record, guest, reason, observed, now, timing)),
            }
        }
    }
}

/// When the next ending is due.
pub(super) fn next_at(desired: &Desired, record: &Record) -> Option<Timestamp> {
    [desired.access_until, expires_at(desired, record)].into_iter().flatten().min()
}

/// What the policy does to this user.
pub(super) fn how(desired: &Desired, ours: bool) -> HowEnded {
    match desired.policy {
        DeletionPolicy::Retain => HowEnded::Retained,
        DeletionPolicy::Disable => HowEnded::Disabled,
        DeletionPolicy::Delete if ours => HowEnded::Deleted,
        DeletionPolicy::Delete => HowEnded::Retained,
    }
}

fn due(desired: &Desired, record: &Record, now: Timestamp) -> Option<Reason> {
    if desired.access_until.is_some_and(|until| until <= now) {
        return Some(Reason::AccessEnded);
    }
    expires_at(desired, record).is_some_and(|at| at <= now).then_some(Reason::Expired)
}

/// The time counts from when the guest became pending, but never from before the resource was made.
fn expires_at(desired: &Desired, record: &Record) -> Option<Timestamp> {
    let after = desired.expires_after?;
    let redemption = record.redemption.as_ref()?;
    if !redemption.is_pending() {
        return None;
    }
    let since = redemption.changed_at.or(record.invitation.last_sent_at).max(desired.created_at)?;
    since.checked_add(after).ok()
}

fn carry_out(
    desired: &Desired,
    record: &Record,
    guest: &Guest,
    reason: Reason,
    observed: &Observed,
    now: Timestamp,
    timing: &Timing,
) -> Step {
    let over = |how: HowEnded| {
        let ended = Ended { reason, at: whole_seconds(now), how };
        let next = Record { ended: Some(ended.clone()), refusal: None, ..record.clone() };
        Step::write(next, Why::Ended(ended))
    };
    // Whoever accepted since the last sweep has not expired.
    let user = match &observed.user {
        UserView::Found(user) if observed.user_is_live() => user,
        UserView::Missing if observed.user_is_live() => match absent(record, guest, observed, timing) {
            Absent::Gone => return over(HowEnded::Deleted),
            Absent::Shown(user) => user,
            Absent::NotYet(step) => return step,
        },
        _ => return Step::Fetch(guest.id.clone()),
    };
    if reason == Reason::Expired && user.has_accepted() {
        let next = Record { redemption: Some(user.redemption()), ..record.clone() };
        return Step::write(next, Why::Accepted { enabled: user.enabled });
    }
    let how = how(desired, user.made_by_us(desired, guest));
    let step = match how {
        // They stay as declared, also if an earlier policy had taken them out of their groups.
        HowEnded::Retained if observed.permission.hold().is_some() => None,
        HowEnded::Retained => {
            relations::step(desired, record, user, observed, now).filter(|step| !matches!(step, Step::Rest { .. }))
        }
        _ => undo(how, desired, record, user, observed, now, timing),
    };
    step.unwrap_or_else(|| over(how))
}

/// The next step towards an account that is disabled and out of our groups, or towards no user; nothing once it is so.
pub(super) fn undo(
    how: HowEnded,
    desired: &Desired,
    record: &Record,
    user: &DirectoryUser,
    observed: &Observed,
    now: Timestamp,
    timing: &Timing,
) -> Option<Step> {
    if how == HowEnded::Disabled
        && let Some(step) = relations::end_access(desired, record, user, observed, now)
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
        _ => Some(record.write_refused(desired, now).unwrap_or(Step::Do(task))),
    }
}

/// The spec wants the guest again.
fn take_back(
    desired: &Desired,
    record: &Record,
    guest: &Guest,
    ended: &Ended,
    observed: &Observed,
    now: Timestamp,
) -> Step {
    let back = || Step::write(Record { ended: None, refusal: None, ..record.clone() }, Why::Updating);
    if ended.how == HowEnded::Retained {
        return back();
    }
    match &observed.done {
        Some((Task::Enable { enabled: true, .. } | Task::Restore(_), outcome)) => match outcome {
            Outcome::Refused(refused) => record.refuse_change(desired, refused, now),
            // Too late to restore: a person wants the guest, so they are invited anew.
            Outcome::Gone => Step::write(record.anew(), Why::Queued),
            _ => back(),
        },
        _ => match observed.permission.hold().map(Step::rest).or_else(|| record.write_refused(desired, now)) {
            Some(rest) => rest,
            None if ended.how == HowEnded::Disabled => Step::Do(Task::Enable { user: guest.id.clone(), enabled: true }),
            None => Step::Do(Task::Restore(guest.id.clone())),
        },
    }
}
