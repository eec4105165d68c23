//! The resource is being deleted: undo what its policy says, then let it go. Nothing is ever sent on this way.

use std::time::Duration;

use jiff::Timestamp;

use super::{Record, Seen, Step, Task, Tenant, Timing, UserView, Wanted, Why, ended, follow, settle};
use crate::api::{Attempt, AttemptKind, DeletionPolicy, Guest, HowEnded, Origin};

/// The next step for a resource that is being deleted.
pub(super) fn step(wanted: &Wanted, record: &Record, seen: &Seen, now: Timestamp, timing: &Timing) -> Step {
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
        Tenant::Unready { reason, message } => {
            return Step::rest(Why::TenantNotReady { reason: reason.clone(), message: message.clone() });
        }
        Tenant::Ready { .. } => {}
    }
    // The policy may be the tenant's default, which is known only now.
    if wanted.policy == DeletionPolicy::Retain {
        return release();
    }
    if let Some(attempt) = &record.invitation.attempt {
        return close(wanted, record, attempt, seen, timing);
    }
    match &record.guest {
        Some(guest) => offboard(wanted, record, guest, seen, now),
        None => release(),
    }
}

/// An open attempt may have made a user: find out who, so that they can be off-boarded.
fn close(wanted: &Wanted, record: &Record, attempt: &Attempt, seen: &Seen, timing: &Timing) -> Step {
    if seen.ticket.as_ref().is_some_and(|ticket| ticket.is_for(attempt)) || record.guest.is_some() {
        let mut next = record.clone();
        next.invitation.attempt = None;
        return Step::write(next, Why::Offboarding);
    }
    let Some(look) = &seen.look else { return Step::Look };
    let waited = attempt.started_at.checked_add(timing.settling).unwrap_or(look.graph_time);
    if look.users.is_empty() && look.graph_time > waited {
        return Step::Do(Task::Bind(false));
    }
    match attempt.kind {
        AttemptKind::Invite | AttemptKind::Add => settle::search(wanted, record, attempt, seen, timing),
        _ if look.users.is_empty() => Step::rest_for(Why::Settling, Duration::from_secs(5)),
        _ => Step::Do(Task::Bind(false)),
    }
}

fn offboard(wanted: &Wanted, record: &Record, guest: &Guest, seen: &Seen, now: Timestamp) -> Step {
    let release = || Step::Do(Task::Bind(false));
    let how = ended::how(wanted, guest.origin == Origin::Invited);
    let done = record.ended.as_ref().is_some_and(|ended| ended.how == how || ended.how == HowEnded::Deleted);
    if how == HowEnded::Retained || done {
        return release();
    }
    match &seen.user {
        UserView::Found(user) if seen.user_is_live() => {
            // Somebody made a member of them, or Graph named somebody who was there before: not ours to take away.
            let theirs = !user.is_guest || (how == HowEnded::Deleted && !follow::made_by_us(wanted, guest, user));
            let step = if theirs { None } else { ended::undo(how, wanted, record, user, seen, now) };
            step.unwrap_or_else(release)
        }
        UserView::Missing if seen.user_is_live() => release(),
        _ => Step::Fetch(guest.id.clone()),
    }
}
