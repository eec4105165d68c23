//! The resource is being deleted: undo what its policy says, then let it go. Nothing is ever sent on this way.

use jiff::Timestamp;

use super::absent::{Absent, absent};
use super::{Desired, DirectoryUser, Observed, Record, Step, Task, Tenant, Timing, UserView, Why, ended, settle};
use crate::api::{Attempt, AttemptKind, DeletionPolicy, Guest, HowEnded, Origin};

/// The next step for a resource that is being deleted since `since`.
pub(super) fn step(
    desired: &Desired,
    record: &Record,
    since: Timestamp,
    observed: &Observed,
    now: Timestamp,
    timing: &Timing,
) -> Step {
    if !desired.finalizer {
        return Step::rest(Why::Deleting);
    }
    let release = || Step::Do(Task::Bind(false));
    // Another resource that wants the address takes the guest over as they are.
    let retained = desired.policy_by_name && desired.policy == DeletionPolicy::Retain;
    if desired.suspended || observed.rival || retained {
        return release();
    }
    match &observed.tenant {
        // Nobody is left who could reach the directory: the resource must not be stuck for ever.
        Tenant::Missing { .. } => return release(),
        Tenant::Unready(trouble) => return Step::not_ready(trouble.clone()),
        Tenant::Ready { .. } => {}
    }
    // The policy may be the tenant's default, which is known only now.
    if desired.policy == DeletionPolicy::Retain {
        return release();
    }
    if let Some(attempt) = &record.invitation.attempt {
        return close(desired, record, attempt, since, observed, now, timing);
    }
    match &record.guest {
        Some(guest) => offboard(desired, record, guest, observed, now, timing),
        None => release(),
    }
}

/// An open attempt may have made a user: find out who, so that they can be off-boarded.
fn close(
    desired: &Desired,
    record: &Record,
    attempt: &Attempt,
    since: Timestamp,
    observed: &Observed,
    now: Timestamp,
    timing: &Timing,
) -> Step {
    let settled = |from: Timestamp, until: Timestamp| {
        from.checked_add(timing.settling).is_ok_and(|settled_at| until > settled_at)
    };
    // Whoever wrote the attempt and has not heard of the deletion may still be sending, and a send makes a user anew.
    let wait = || Step::rest_for(Why::Settling, timing.settling / 10);
    let ours = observed.ticket.as_ref().is_some_and(|ticket| ticket.is_for(attempt));
    if ours || record.guest.is_some() {
        if !ours && !settled(since, now) {
            return wait();
        }
        let mut next = record.clone();
        next.invitation.attempt = None;
        return Step::write(next, Why::Offboarding);
    }
    let Some(look) = &observed.look else { return Step::Look };
    let Some(user) = look.users.iter().find(|user| user.is_guest).or(look.users.first()) else {
        // Of a time on our clock the deletion, which came later, says whether it has settled.
        return match (settle::is_on_our_clock(attempt, look) || settled(attempt.started_at, look.graph_time))
            && settled(since, now)
        {
            true => Step::Do(Task::Bind(false)),
            false => wait(),
        };
    };
    match (attempt.kind, attempt.asked_at) {
        (_, Some(asked_at)) => settle::found(desired, record, attempt, asked_at, user),
        (AttemptKind::Invite | AttemptKind::Add, None) => settle::shown(desired, record, attempt, user),
        _ => Step::Do(Task::Bind(false)),
    }
}

fn offboard(
    desired: &Desired,
    record: &Record,
    guest: &Guest,
    observed: &Observed,
    now: Timestamp,
    timing: &Timing,
) -> Step {
    let how = ended::how(desired, guest.origin == Origin::Invited);
    let done = record.ended.as_ref().is_some_and(|ended| ended.how == how || ended.how == HowEnded::Deleted);
    if how == HowEnded::Retained || done {
        return Step::Do(Task::Bind(false));
    }
    let undo = |user: &DirectoryUser| {
        // Somebody made a member of them, or Graph named somebody who was there before: not ours to take away.
        let theirs = !user.is_guest || (how == HowEnded::Deleted && !user.made_by_us(desired, guest));
        let step = if theirs { None } else { ended::undo(how, desired, record, user, observed, now, timing) };
        step.unwrap_or(Step::Do(Task::Bind(false)))
    };
    match &observed.user {
        UserView::Found(user) if observed.user_is_live() => undo(user),
        UserView::Missing if observed.user_is_live() => match absent(record, guest, observed, timing) {
            Absent::Gone => Step::Do(Task::Bind(false)),
            Absent::Shown(user) => undo(user),
            Absent::NotYet(step) => step,
        },
        _ => Step::Fetch(guest.id.clone()),
    }
}
