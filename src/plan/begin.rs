//! A guest that the record does not know: adopt, refuse, or begin the one send.

use jiff::Timestamp;

use super::observed::SendAt;
use super::{Desired, Inherited, Look, Observed, Outcome, Record, Refused, Step, Task, Timing, Why, record};
use crate::api::{Attempt, AttemptKind, Delivery, Existing, Explanation, Guest, Origin, Reason};

/// The next step while the record knows no user and no attempt is open.
pub(super) fn unknown(
    desired: &Desired,
    record: &Record,
    observed: &Observed,
    send_at: SendAt,
    now: Timestamp,
    timing: &Timing,
) -> Step {
    if let Some(rest) = record.refused(desired, now) {
        return rest;
    }
    if let Some((Task::Restore(user), outcome)) = &observed.done {
        return restored(desired, record, user, outcome, now);
    }
    if record.invitation.sent > 0 && record.asked_to_resend(desired).is_none() {
        // Counted as sent, though the directory never named the user: never send again by itself.
        return Step::rest(Why::NeverShown);
    }
    if let Some(why) = observed.permission.hold() {
        return Step::rest(why);
    }
    if let Some(send) = observed.inherited {
        return inherit(record, observed, send);
    }
    let look = observed.look.as_ref().filter(|look| timing.is_fresh(look.taken_at, now));
    if observed.unwitnessed && !record.attested && record.is_blank() && desired.mails() {
        return match look {
            None => Step::Look,
            // To restore somebody mails nobody, whoever sent before.
            Some(look) if look.users.is_empty() => match look.last_deleted() {
                Some(user) => deleted(desired, user),
                // That the directory shows nobody proves nothing yet: the resource may be the second of its name.
                None => inherit(
                    record,
                    observed,
                    Inherited { started_at: look.graph_time, asked_at: None, kind: AttemptKind::Invite },
                ),
            },
            Some(look) => found(desired, record, look),
        };
    }
    if let Some(wait) = observed.cannot_mail(desired) {
        return wait;
    }
    if let Some(wait) = send_at.wait(now) {
        return wait;
    }
    match look {
        None => Step::Look,
        Some(look) if !look.users.is_empty() => found(desired, record, look),
        Some(look) => match look.last_deleted() {
            Some(user) => deleted(desired, user),
            None if desired.must_be_bound() => Step::Do(Task::Bind(true)),
            None => claim(desired, record, observed, look),
        },
    }
}

/// The address belongs to a guest who was deleted and can be restored. Inviting them would make a second user beside.
fn deleted(desired: &Desired, user: &str) -> Step {
    match desired.existing {
        Existing::Refuse => Step::rest_for(Why::AlreadyExists { user: user.to_owned() }, LATER),
        Existing::Adopt => Step::Do(Task::Restore(user.to_owned())),
    }
}

fn restored(desired: &Desired, record: &Record, user: &str, outcome: &Outcome, now: Timestamp) -> Step {
    let mut next = record.clone();
    match outcome {
        Outcome::Refused(refused) => next.refuse_send(desired, refused, now),
        // Purged meanwhile; the next look tells.
        Outcome::Gone => {
            let purged = Refused {
                explanation: Explanation::new(
                    Reason::DirectoryLags,
                    "The directory lists a deleted guest with this address whom it cannot restore; it is looked at again.",
                ),
                retry_after: std::time::Duration::from_secs(60),
            };
            next.invitation.refusal = Some(record::refusal(desired, &purged, now));
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
fn inherit(record: &Record, observed: &Observed, send: Inherited) -> Step {
    let mut next = record.clone();
    next.invitation.attempt = Some(Attempt {
        inherited: true,
        asked_at: send.asked_at,
        ..Attempt::new(observed.new_id.clone(), send.kind, send.started_at)
    });
    Step::write(next, Why::Settling)
}

/// Writes the intent. The decision dates from before the look: a process that was paused in between finds its ticket stale.
fn claim(desired: &Desired, record: &Record, observed: &Observed, look: &Look) -> Step {
    let mut next = record.clone();
    next.invitation.refusal = None;
    let kind = if desired.delivery == Delivery::Microsoft { AttemptKind::Invite } else { AttemptKind::Add };
    let attempt = Attempt::new(observed.new_id.clone(), kind, look.graph_time);
    let requested = record.asked_to_resend(desired);
    next.intend(Attempt { requested, ..attempt }, look.taken_at)
}

/// The directory knows the address.
fn found(desired: &Desired, record: &Record, look: &Look) -> Step {
    let Some(user) = look.users.iter().find(|user| user.is_guest) else {
        let user = look.users.first().map(|user| user.id.clone()).unwrap_or_default();
        return Step::rest_for(Why::InternalUser { user }, LATER);
    };
    match desired.existing {
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
