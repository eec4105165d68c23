//! An open attempt: act on it if it is ours and fresh, else find out what became of it without ever sending twice.

use std::time::Duration;

use jiff::Timestamp;

use super::observed::SendAt;
use super::timing::NEVER;
use super::{
    Bond, Decision, Desired, DirectoryUser, Look, Observed, Post, Record, Step, Task, Tenant, Timing, UserView, Why,
    ended, send,
};
use crate::api::{Attempt, AttemptKind, Delivery, GuestUser, Origin, Redemption};

/// How long a user that Graph has just named may take to be readable before it is looked for again.
const PATIENCE: Duration = Duration::from_secs(5);

/// The next step while `attempt` is open.
pub(super) fn open(decision: Decision<'_>, attempt: &Attempt) -> Step {
    let Decision { desired, record, observed, timing, .. } = decision;
    if let Some(ticket) = observed.ticket.as_ref().filter(|ticket| ticket.is_for(attempt)) {
        return act(decision, attempt, ticket.decided_at);
    }
    match (attempt.kind, &attempt.asked_at) {
        // A reset that mails nobody may simply be done again.
        (AttemptKind::Reset, _) if desired.delivery != Delivery::Microsoft => taken_back(record),
        // A mail to somebody whom the directory knows: nothing can tell whether it left, so it counts as sent.
        (AttemptKind::Resend | AttemptKind::Reminder | AttemptKind::Reset, _) if record.guest.is_some() => {
            Step::write(counted_as_sent(desired, record, attempt, None), Why::Uncertain)
        }
        (_, None) => search(desired, record, attempt, observed.look.as_ref(), timing),
        (_, Some(asked_at)) => ask(decision, attempt, *asked_at),
    }
}

/// Our own attempt, not acted on yet. Only its writer knows that nothing has left, so only its writer may take it back.
fn act(decision: Decision<'_>, attempt: &Attempt, decided_at: Timestamp) -> Step {
    let Decision { record, observed, now, timing, .. } = decision;
    // Whoever shares a person may have them mailed once more, and nothing else.
    let allowed = (record.bond == Bond::Owns || attempt.kind == AttemptKind::Resend)
        && observed.permission.hold().is_none()
        && !has_accepted_meanwhile(record, attempt, observed)
        && !ended::is_due(decision);
    let open = |send_at: SendAt| if record.guest.is_some() { send_at.of_known() } else { send_at } == SendAt::Now;
    if timing.is_fresh(decided_at, now)
        && allowed
        && matches!(observed.tenant, Tenant::Ready { send_at } if open(send_at))
    {
        return Step::Post(Post::Send { attempt: attempt.id.clone(), kind: attempt.kind });
    }
    taken_back(record)
}

/// Whether the directory shows, after the intent was written, that a guest who was to be mailed has accepted.
fn has_accepted_meanwhile(record: &Record, attempt: &Attempt, observed: &Observed) -> bool {
    let mails_the_pending = matches!(attempt.kind, AttemptKind::Resend | AttemptKind::Reminder);
    mails_the_pending && matches!(&observed.user, UserView::Found(user) if send::has_accepted(record, user))
}

/// The attempt is off the record: nothing has left, and nothing will.
pub(super) fn taken_back(record: &Record) -> Step {
    let mut next = record.clone();
    next.invitation.attempt = None;
    Step::write(next, Why::Queued)
}

/// Somebody's attempt, fate unknown: the directory tells, once it shows the user or has had the time to.
fn search(desired: &Desired, record: &Record, attempt: &Attempt, look: Option<&Look>, timing: &Timing) -> Step {
    let Some(look) = look else {
        return Step::Look;
    };
    if let Some(user) = look.guest(&desired.address, Some(attempt.started_at)) {
        return shown(desired, record, attempt, user);
    }
    let settled_at = attempt.started_at.checked_add(timing.settling).unwrap_or(look.graph_time);
    if look.graph_time <= settled_at {
        let left = Duration::try_from(settled_at.duration_since(look.graph_time)).unwrap_or_default();
        let soon = (timing.settling / 10).min(left + Duration::from_secs(1));
        return Step::rest_for(Why::SettlingUntil(settled_at), soon);
    }
    if let Some(gone) = look.deleted_since(attempt).filter(|_| attempt.kind == AttemptKind::Invite) {
        // The question would make another user, to be mailed once more.
        return Step::write(deleted_meanwhile(desired, record, attempt, gone), Why::Uncertain);
    }
    let mut next = record.clone();
    if attempt.kind == AttemptKind::Add {
        // Adding mails nobody, so it is simply done again.
        next.invitation.attempt = None;
    } else {
        next.invitation.attempt = Some(Attempt { asked_at: Some(look.graph_time), ..attempt.clone() });
    }
    Step::write(next, Why::Settling)
}

/// The record of a guest whom somebody deleted before the attempt's fate was known: it counts as sent, and they are gone. Nobody with the
/// address was there when the attempt began, so it is the attempt that made them.
pub(super) fn deleted_meanwhile(desired: &Desired, record: &Record, attempt: &Attempt, gone: &str) -> Record {
    let gone = GuestUser::new(gone.to_owned(), Origin::Invited);
    let redemption = Redemption { state: None, changed_at: None, identity_provider: None };
    Record { redemption: Some(redemption), ..counted_as_sent(desired, record, attempt, Some(gone)) }
}

/// The user is there: made by the attempt, or before it.
pub(super) fn shown(desired: &Desired, record: &Record, attempt: &Attempt, user: &DirectoryUser) -> Step {
    let made_by_it = user.created_at.is_some_and(|created| created >= attempt.started_at);
    match (attempt.kind, made_by_it) {
        (AttemptKind::Add, _) => {
            let origin = if made_by_it { Origin::Invited } else { Origin::Adopted };
            let mut next = record.clone();
            if made_by_it {
                next.count(desired, attempt.started_at);
            }
            next.invitation.attempt = None;
            next.guest = Some(user.guest(origin));
            Step::write(next, Why::Adopted)
        }
        (_, true) => {
            Step::write(counted_as_sent(desired, record, attempt, Some(user.guest(Origin::Invited))), Why::NotShownYet)
        }
        // The guest was there and the look before the send did not show it: nothing can tell, as for a resend.
        (_, false) => {
            Step::write(counted_as_sent(desired, record, attempt, Some(user.guest(Origin::Adopted))), Why::Uncertain)
        }
    }
}

/// The directory showed nobody in all the settling time: ask in the one way that cannot lag.
fn ask(decision: Decision<'_>, attempt: &Attempt, asked_at: Timestamp) -> Step {
    let Decision { desired, record, observed, now, timing } = decision;
    let Some(id) = &attempt.answer else {
        let held = observed.permission.hold();
        if held.is_some() || record.refused(desired, now).is_some() {
            // No question is asked about this guest, but the directory may come to show them.
            return match observed.look.as_ref().map(|look| look.guest(&desired.address, Some(attempt.started_at))) {
                None => Step::Look,
                Some(Some(user)) => found_after_asking(decision, attempt, asked_at, user),
                Some(None) => held.map_or_else(|| Step::rest_for(Why::Settling, timing.settling / 10), Step::rest),
            };
        }
        return match &observed.tenant {
            // The question makes a user where there is none.
            Tenant::Ready { send_at: SendAt::Now } if desired.must_be_bound() => Step::Do(Task::Bind(true)),
            Tenant::Ready { send_at: SendAt::Now } => Step::Post(Post::Ask { attempt: attempt.id.clone() }),
            Tenant::Ready { send_at: SendAt::Unqueued } => Step::Queue,
            Tenant::Ready { send_at: SendAt::Not(until) } => Step::rest_until(Why::Queued, *until, now),
            Tenant::Ready { send_at: SendAt::Full(until) } => Step::rest_until(Why::DirectoryFull, *until, now),
            Tenant::Ready { send_at: SendAt::Blocked } | Tenant::Unready { .. } | Tenant::Missing { .. } => {
                Step::rest(Why::Blocked)
            }
        };
    };
    match &observed.user {
        UserView::Unknown => Step::Fetch(id.clone()),
        // How long it has been hidden is told on Graph's clock, which may be hours off ours, and by address it may show sooner.
        UserView::Missing => {
            let Some(look) = &observed.look else { return Step::Look };
            if let Some(user) = look.guest(&desired.address, Some(attempt.started_at)) {
                return found_after_asking(decision, attempt, asked_at, user);
            }
            // From when Graph made or named them, which may be long after the question was written down.
            let named_at = attempt.answered_at.unwrap_or(asked_at);
            let hidden_for = |times: u32| {
                named_at.checked_add(timing.settling * times).is_ok_and(|settled| look.graph_time > settled)
            };
            // Another process's question may still be under way, and makes them anew.
            if hidden_for(1) && look.shows_deleted(id) {
                return Step::write(deleted_meanwhile(desired, record, attempt, id), Why::Uncertain);
            }
            match hidden_for(NEVER) {
                // A 201 whose user never shows: told as such, and not asked about for ever.
                true => Step::write(counted_as_sent(desired, record, attempt, None), Why::Uncertain),
                false => Step::rest_for(Why::Settling, PATIENCE),
            }
        }
        UserView::Found(user) => found_after_asking(decision, attempt, asked_at, user),
    }
}

/// As [`found`], unless somebody was deleted in the moment between the last look and the question.
fn found_after_asking(decision: Decision<'_>, attempt: &Attempt, asked_at: Timestamp, user: &DirectoryUser) -> Step {
    let Decision { desired, record, observed, .. } = decision;
    if !is_made_by_the_question(user, asked_at) || attempt.kind != AttemptKind::Invite {
        return found(desired, record, attempt, asked_at, user);
    }
    match observed.look.as_ref().filter(|look| look.deleted.is_some()) {
        None => Step::LookAmongDeleted,
        Some(look) if look.deleted_since(attempt).is_none() => found(desired, record, attempt, asked_at, user),
        Some(_) => {
            let guest = user.guest(Origin::Invited);
            Step::write(counted_as_sent(desired, record, attempt, Some(guest)), Why::Uncertain)
        }
    }
}

fn is_made_by_the_question(user: &DirectoryUser, asked_at: Timestamp) -> bool {
    user.created_at.is_none_or(|created| created >= asked_at)
}

/// The question was on record at `asked_at`, and there is a user.
pub(super) fn found(
    desired: &Desired,
    record: &Record,
    attempt: &Attempt,
    asked_at: Timestamp,
    user: &DirectoryUser,
) -> Step {
    if !is_made_by_the_question(user, asked_at) {
        return shown(desired, record, attempt, user);
    }
    // The question made the user, so nothing had arrived: the mail goes out as a new attempt of kind Resend.
    let mut next = record.clone();
    next.invitation.attempt = None;
    next.invitation.refusal = None;
    next.invitation.owed_since = Some(asked_at);
    next.guest = Some(user.guest(Origin::Invited));
    Step::write(next, Why::Settling)
}

fn counted_as_sent(desired: &Desired, record: &Record, attempt: &Attempt, guest: Option<GuestUser>) -> Record {
    let mut next = record.clone();
    next.count(desired, attempt.started_at);
    next.guest = guest.or(next.guest);
    next
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Address;

    /// Found by the model: access ended between the intent and its mail, which left all the same, for somebody whom another process
    /// had just deleted. It made another user, whom nobody ended.
    #[test]
    fn no_mail_leaves_once_access_has_ended() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let attempt = Attempt::new("1".into(), AttemptKind::Resend, now);
        let mut record = Record { bond: crate::plan::Bond::Owns, ..Record::default() };
        record.guest = Some(GuestUser::new("user".into(), Origin::Invited));
        record.invitation.attempt = Some(attempt.clone());
        let mut desired = Desired::new(Address::new("guest@example.com"));
        let (observed, timing) = (Observed::idle(), Timing::default());
        let next = |desired: &Desired| {
            act(Decision { desired, record: &record, observed: &observed, now, timing: &timing }, &attempt, now)
        };
        assert!(matches!(next(&desired), Step::Post(_)));
        desired.access_until = Some(now);
        assert!(matches!(next(&desired), Step::Write { .. }), "the attempt is taken back");
    }

    /// Found by half an hour of everything: an invitation whose answer got lost arrived, an administrator deleted the guest
    /// before the settling time was over, and the question made another user, who was mailed too.
    #[test]
    fn who_was_deleted_while_the_answer_was_missing_is_not_invited_again() {
        let desired = Desired::new(Address::new("guest@example.com"));
        let started_at: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let attempt = Attempt::new("1".into(), AttemptKind::Invite, started_at);
        let mut record = Record::default();
        record.invitation.attempt = Some(attempt.clone());
        let timing = Timing::default();
        let late = started_at.checked_add(timing.settling * 2).unwrap();
        let mut look = Look { taken_at: late, graph_time: late, users: Vec::new(), deleted: Some(vec!["gone".into()]) };
        let search =
            |attempt: &Attempt, look: &Look| match super::search(&desired, &record, attempt, Some(look), &timing) {
                Step::Write { record, .. } => *record,
                other => panic!("{other:?}"),
            };
        let counted = search(&attempt, &look);
        assert_eq!((counted.invitation.sent, counted.invitation.attempt), (1, None));
        assert_eq!(counted.guest.map(|guest| (guest.id, guest.origin)), Some(("gone".into(), Origin::Invited)));
        // Whom the look before the attempt has shown among the deleted was not made by it.
        let after = Attempt { deleted_before: vec!["gone".into()], ..attempt.clone() };
        assert!(search(&after, &look).invitation.attempt.is_some_and(|open| open.asked_at.is_some()));
        look.deleted = Some(Vec::new());
        assert!(search(&attempt, &look).invitation.attempt.is_some_and(|open| open.asked_at.is_some()));
    }
}
