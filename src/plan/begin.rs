//! A guest that the record does not know: adopt, refuse, or begin the one send.

use jiff::Timestamp;

use super::seen::SendAt;
use super::{Inherited, Look, Outcome, Record, Refused, Seen, Step, Task, Timing, Wanted, Why, record};
use crate::api::{Attempt, AttemptKind, Delivery, Existing, Explanation, Guest, Origin, Reason};

/// The next step while the record knows no user and no attempt is open.
pub(super) fn unknown(
    wanted: &Wanted,
    record: &Record,
    seen: &Seen,
    send_at: SendAt,
    now: Timestamp,
    timing: &Timing,
) -> Step {
    if let Some(rest) = record.refused(wanted, now) {
        return rest;
    }
    if let Some((Task::Restore(user), outcome)) = &seen.done {
        return restored(wanted, record, user, outcome, now);
    }
    if record.invitation.sent > 0 && record.asked_to_resend(wanted).is_none() {
        // Counted as sent, though the directory never named the user: never send again by itself.
        return Step::rest(Why::NeverShown);
    }
    if let Some(why) = seen.permission.hold() {
        return Step::rest(why);
    }
    if let Some(send) = seen.inherited {
        return inherit(record, seen, send);
    }
    let look = seen.look.as_ref().filter(|look| timing.is_fresh(look.taken_at, now));
    if seen.unwitnessed && !record.attested && record.is_blank() && wanted.mails() {
        return match look {
            None => Step::Look,
            // To restore somebody mails nobody, whoever sent before.
            Some(look) if look.users.is_empty() => match look.last_deleted() {
                Some(user) => deleted(wanted, user),
                // That the directory shows nobody proves nothing yet: the resource may be the second of its name.
                None => inherit(
                    record,
                    seen,
                    Inherited { started_at: look.graph_time, asked_at: None, kind: AttemptKind::Invite },
                ),
            },
            Some(look) => found(wanted, record, look),
        };
    }
    if let Some(wait) = seen.cannot_mail(wanted) {
        return wait;
    }
    if let Some(wait) = send_at.wait(now) {
        return wait;
    }
    match look {
        None => Step::Look,
        Some(look) if !look.users.is_empty() => found(wanted, record, look),
        Some(look) => match look.last_deleted() {
            Some(user) => deleted(wanted, user),
            None if wanted.must_be_bound() => Step::Do(Task::Bind(true)),
            None => claim(wanted, record, seen, look),
        },
    }
}

/// The address belongs to a guest who was deleted and can be restored. Inviting them would make a second user beside.
fn deleted(wanted: &Wanted, user: &str) -> Step {
    match wanted.existing {
        Existing::Refuse => Step::rest_for(Why::AlreadyExists { user: user.to_owned() }, LATER),
        Existing::Adopt => Step::Do(Task::Restore(user.to_owned())),
    }
}

fn restored(wanted: &Wanted, record: &Record, user: &str, outcome: &Outcome, now: Timestamp) -> Step {
    let mut next = record.clone();
    match outcome {
        Outcome::Refused(refused) => next.refuse_send(wanted, refused, now),
        // Purged meanwhile; the next look tells.
        Outcome::Gone => {
            let purged = Refused {
                explanation: Explanation::new(
                    Reason::DirectoryLags,
                    "The directory lists a deleted guest with this address whom it cannot restore; it is looked at again.",
                ),
                retry_after: std::time::Duration::from_secs(60),
            };
            next.invitation.refusal = Some(record::refusal(wanted, &purged, now));
            Step::write(next, Why::Settling)
        }
        _ => {
            next.invitation.refusal = None;
            let origin = Origin::Adopted;
            next.guest = Some(Guest::new(user.to_owned(), origin));
            Step::write(next, Why::Restored)
        }
    }
}

/// A send by a resource that is gone is as open a question as an attempt of our own, and is settled in the same way.
fn inherit(record: &Record, seen: &Seen, send: Inherited) -> Step {
    let mut next = record.clone();
    next.invitation.attempt = Some(Attempt {
        inherited: true,
        asked_at: send.asked_at,
        ..Attempt::new(seen.new_id.clone(), send.kind, send.started_at)
    });
    Step::write(next, Why::Settling)
}

/// Writes the intent. The decision dates from before the look: a process that was paused in between finds its ticket stale.
fn claim(wanted: &Wanted, record: &Record, seen: &Seen, look: &Look) -> Step {
    let mut next = record.clone();
    next.invitation.refusal = None;
    let kind = if wanted.delivery == Delivery::Microsoft { AttemptKind::Invite } else { AttemptKind::Add };
    let attempt = Attempt::new(seen.new_id.clone(), kind, look.graph_time);
    let requested = record.asked_to_resend(wanted);
    next.intend(Attempt { requested, ..attempt }, look.taken_at)
}

/// The directory knows the address.
fn found(wanted: &Wanted, record: &Record, look: &Look) -> Step {
    let Some(user) = look.users.iter().find(|user| user.is_guest) else {
        let user = look.users.first().map(|user| user.id.clone()).unwrap_or_default();
        return Step::rest_for(Why::InternalUser { user }, LATER);
    };
    match wanted.existing {
        Existing::Refuse => Step::rest_for(Why::AlreadyExists { user: user.id.clone() }, LATER),
        Existing::Adopt => {
            let mut next = record.clone();
            next.guest = Some(user.guest(Origin::Adopted));
            next.invitation.refusal = None;
            next.redemption = Some(user.redemption());
            Step::write(next, Why::Adopted)
        }
    }
}

/// When a conflict with the directory's own users is looked at again: somebody may have freed the address.
const LATER: std::time::Duration = std::time::Duration::from_secs(3600);
