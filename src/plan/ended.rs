//! How an invitation or an access ends: `expiresAfter` and `accessUntil` carry out `deletionPolicy`, and a spec that wants the
//! guest again takes it back.

use jiff::Timestamp;

use super::absent::{Absent, absent};
use super::{DirectoryUser, Outcome, Record, Seen, Step, Task, Timing, UserView, Wanted, Why, relations};
use crate::api::conditions::whole_seconds;
use crate::api::{DeletionPolicy, Ended, Guest, HowEnded, Origin, Reason};

/// The next step of an ending, or of its reversal; nothing while the guest is simply wanted.
pub(super) fn step(wanted: &Wanted, record: &Record, seen: &Seen, now: Timestamp, timing: &Timing) -> Option<Step> {
    let reason = due(wanted, record, now);
    match (reason, &record.guest, &record.ended) {
        (None, _, None) => None,
        (None, Some(guest), Some(ended)) => Some(take_back(wanted, record, guest, ended, seen, now)),
        (None, None, Some(_)) => Some(Step::write(record.anew(), Why::Queued)),
        (Some(_), None, _) => Some(Step::rest(Why::EndedBefore)),
        (Some(reason), Some(guest), ended) => {
            let how = how(wanted, guest.origin == Origin::Invited);
            match ended {
                // Who is deleted stays deleted, whatever the policy says now.
                Some(ended) if ended.how == how || ended.how == HowEnded::Deleted => {
                    Some(Step::rest(Why::Ended(ended.clone())))
                }
                Some(ended) if ended.how == HowEnded::Disabled => {
                    Some(take_back(wanted, record, guest, ended, seen, now))
                }
                _ => Some(carry_out(wanted, record, guest, reason, seen, now, timing)),
            }
        }
    }
}

/// When the next ending is due.
pub(super) fn next_at(wanted: &Wanted, record: &Record) -> Option<Timestamp> {
    [wanted.access_until, expires_at(wanted, record)].into_iter().flatten().min()
}

/// What the policy does to this user.
pub(super) fn how(wanted: &Wanted, ours: bool) -> HowEnded {
    match wanted.policy {
        DeletionPolicy::Retain => HowEnded::Retained,
        DeletionPolicy::Disable => HowEnded::Disabled,
        DeletionPolicy::Delete if ours => HowEnded::Deleted,
        DeletionPolicy::Delete => HowEnded::Retained,
    }
}

fn due(wanted: &Wanted, record: &Record, now: Timestamp) -> Option<Reason> {
    if wanted.access_until.is_some_and(|until| until <= now) {
        return Some(Reason::AccessEnded);
    }
    expires_at(wanted, record).is_some_and(|at| at <= now).then_some(Reason::Expired)
}

/// The time counts from when the guest became pending, but never from before the resource was made.
fn expires_at(wanted: &Wanted, record: &Record) -> Option<Timestamp> {
    let after = wanted.expires_after?;
    let redemption = record.redemption.as_ref()?;
    if !redemption.is_pending() {
        return None;
    }
    let since = redemption.changed_at.or(record.invitation.last_sent_at).max(wanted.created_at)?;
    since.checked_add(after).ok()
}

fn carry_out(
    wanted: &Wanted,
    record: &Record,
    guest: &Guest,
    reason: Reason,
    seen: &Seen,
    now: Timestamp,
    timing: &Timing,
) -> Step {
    let over = |how: HowEnded| {
        let ended = Ended { reason, at: whole_seconds(now), how };
        let next = Record { ended: Some(ended.clone()), refusal: None, ..record.clone() };
        Step::write(next, Why::Ended(ended))
    };
    // Whoever accepted since the last sweep has not expired.
    let user = match &seen.user {
        UserView::Found(user) if seen.user_is_live() => user,
        UserView::Missing if seen.user_is_live() => match absent(record, guest, seen, timing) {
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
    let how = how(wanted, user.made_by_us(wanted, guest));
    let step = match how {
        // They stay as declared, also if an earlier policy had taken them out of their groups.
        HowEnded::Retained if seen.permission.hold().is_some() => None,
        HowEnded::Retained => {
            relations::step(wanted, record, user, seen, now).filter(|step| !matches!(step, Step::Rest { .. }))
        }
        _ => undo(how, wanted, record, user, seen, now, timing),
    };
    step.unwrap_or_else(|| over(how))
}

/// The next step towards an account that is disabled and out of our groups, or towards no user; nothing once it is so.
pub(super) fn undo(
    how: HowEnded,
    wanted: &Wanted,
    record: &Record,
    user: &DirectoryUser,
    seen: &Seen,
    now: Timestamp,
    timing: &Timing,
) -> Option<Step> {
    if how == HowEnded::Disabled
        && let Some(step) = relations::end_access(wanted, record, user, seen, now)
    {
        return Some(step);
    }
    let task = match how {
        HowEnded::Retained => return None,
        HowEnded::Disabled if !user.enabled => return None,
        HowEnded::Disabled => Task::Enable { user: user.id.clone(), enabled: false },
        HowEnded::Deleted => Task::Delete(user.id.clone()),
    };
    match &seen.done {
        Some((done, Outcome::Refused(refused))) if *done == task => Some(record.refuse_change(wanted, refused, now)),
        // A read shows whom the write does not find: a replica is behind, and the next read tells.
        Some((done @ Task::Delete(_), Outcome::Gone)) if *done == task => {
            Some(Step::rest_for(Why::OffboardingUnseen, timing.settling / 10))
        }
        Some((done, _)) if *done == task => None,
        _ => Some(record.write_refused(wanted, now).unwrap_or(Step::Do(task))),
    }
}

/// The spec wants the guest again.
fn take_back(wanted: &Wanted, record: &Record, guest: &Guest, ended: &Ended, seen: &Seen, now: Timestamp) -> Step {
    let back = || Step::write(Record { ended: None, refusal: None, ..record.clone() }, Why::Updating);
    if ended.how == HowEnded::Retained {
        return back();
    }
    match &seen.done {
        Some((Task::Enable { enabled: true, .. } | Task::Restore(_), outcome)) => match outcome {
            Outcome::Refused(refused) => record.refuse_change(wanted, refused, now),
            // Too late to restore: a person wants the guest, so they are invited anew.
            Outcome::Gone => Step::write(record.anew(), Why::Queued),
            _ => back(),
        },
        _ => match seen.permission.hold().map(Step::rest).or_else(|| record.write_refused(wanted, now)) {
            Some(rest) => rest,
            None if ended.how == HowEnded::Disabled => Step::Do(Task::Enable { user: guest.id.clone(), enabled: true }),
            None => Step::Do(Task::Restore(guest.id.clone())),
        },
    }
}
