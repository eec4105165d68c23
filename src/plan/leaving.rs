//! The resource is being deleted: undo what its policy says, then let it go. Nothing is ever sent on this way.

use jiff::Timestamp;

use super::absent::{Absent, absent};
use super::{DirectoryUser, Record, Seen, Step, Task, Tenant, Timing, UserView, Wanted, Why, ended, settle};
use crate::api::{Attempt, AttemptKind, DeletionPolicy, Guest, HowEnded, Origin};

/// The next step for a resource that is being deleted since `since`.
pub(super) fn step(
    wanted: &Wanted,
    record: &Record,
    since: Timestamp,
    seen: &Seen,
    now: Timestamp,
    timing: &Timing,
) -> Step {
    if !wanted.finalizer {
        return Step::rest(Why::Deleting);
    }
    let release = || Step::Do(Task::Bind(false));
    // Another resource that wants the address takes the guest over as they are.
    let retained = wanted.policy_by_name && wanted.policy == DeletionPolicy::Retain;
    if wanted.suspended || seen.rival || retained {
        return release();
    }
    match &seen.tenant {
        // Nobody is left who could reach the directory: the resource must not be stuck for ever.
        Tenant::Missing { .. } => return release(),
        Tenant::Unready(trouble) => return Step::not_ready(trouble.clone()),
        Tenant::Ready { .. } => {}
    }
    // The policy may be the tenant's default, which is known only now.
    if wanted.policy == DeletionPolicy::Retain {
        return release();
    }
    if let Some(attempt) = &record.invitation.attempt {
        return close(wanted, record, attempt, since, seen, now, timing);
    }
    match &record.guest {
        Some(guest) => offboard(wanted, record, guest, seen, now, timing),
        None => release(),
    }
}

/// An open attempt may have made a user: find out who, so that they can be off-boarded.
fn close(
    wanted: &Wanted,
    record: &Record,
    attempt: &Attempt,
    since: Timestamp,
    seen: &Seen,
    now: Timestamp,
    timing: &Timing,
) -> Step {
    let settled = |from: Timestamp, until: Timestamp| {
        from.checked_add(timing.settling).is_ok_and(|settled_at| until > settled_at)
    };
    // Whoever wrote the attempt and has not heard of the deletion may still be sending, and a send makes a user anew.
    let wait = || Step::rest_for(Why::Settling, timing.settling / 10);
    let ours = seen.ticket.as_ref().is_some_and(|ticket| ticket.is_for(attempt));
    if ours || record.guest.is_some() {
        if !ours && !settled(since, now) {
            return wait();
        }
        let mut next = record.clone();
        next.invitation.attempt = None;
        return Step::write(next, Why::Offboarding);
    }
    let Some(look) = &seen.look else { return Step::Look };
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
        (_, Some(asked_at)) => settle::found(wanted, record, attempt, asked_at, user),
        (AttemptKind::Invite | AttemptKind::Add, None) => settle::shown(wanted, record, attempt, user),
        _ => Step::Do(Task::Bind(false)),
    }
}

fn offboard(wanted: &Wanted, record: &Record, guest: &Guest, seen: &Seen, now: Timestamp, timing: &Timing) -> Step {
    let how = ended::how(wanted, guest.origin == Origin::Invited);
    let done = record.ended.as_ref().is_some_and(|ended| ended.how == how || ended.how == HowEnded::Deleted);
    if how == HowEnded::Retained || done {
        return Step::Do(Task::Bind(false));
    }
    let undo = |user: &DirectoryUser| {
        // Somebody made a member of them, or Graph named somebody who was there before: not ours to take away.
        let theirs = !user.is_guest || (how == HowEnded::Deleted && !user.made_by_us(wanted, guest));
        let step = if theirs { None } else { ended::undo(how, wanted, record, user, seen, now, timing) };
        step.unwrap_or(Step::Do(Task::Bind(false)))
    };
    match &seen.user {
        UserView::Found(user) if seen.user_is_live() => undo(user),
        UserView::Missing if seen.user_is_live() => match absent(record, guest, seen, timing) {
            Absent::Gone => Step::Do(Task::Bind(false)),
            Absent::Shown(user) => undo(user),
            Absent::NotYet(step) => step,
        },
        _ => Step::Fetch(guest.id.clone()),
    }
}
