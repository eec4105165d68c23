//! What to write down after a request: the last step of the send protocol.

use jiff::Timestamp;

use super::{Answer, Post, Record, Refused, Step, Wanted, Why};
use crate::api::{AttemptKind, Guest, Origin, Refusal};

/// The step after `answer` came for `post`, whose attempt is the open one.
pub(super) fn of(wanted: &Wanted, record: &Record, post: &Post, answer: &Answer, now: Timestamp) -> Step {
    let mut next = record.clone();
    match (post, answer) {
        (Post::Send { kind, .. }, Answer::Done { invitation, user, graph_time }) => {
            next.invitation.attempt = None;
            next.invitation.refusal = None;
            next.invitation.id = Some(invitation.clone());
            if *kind != AttemptKind::Add {
                next.invitation.owed_since = None;
                next.invitation.sent += 1;
                next.invitation.last_sent_at = Some(*graph_time);
            }
            if next.guest.as_ref().is_none_or(|guest| guest.id != *user) {
                next.guest = Some(Guest { id: user.clone(), user_principal_name: None, origin: Origin::Invited });
            }
            Step::write(next, Why::NotShownYet)
        }
        (Post::Send { .. }, Answer::Refused(refused)) => {
            next.invitation.attempt = None;
            refuse(wanted, next, refused, now)
        }
        (Post::Send { .. }, Answer::NotSent) => {
            next.invitation.attempt = None;
            Step::write(next, Why::Queued)
        }
        (Post::Ask { .. }, Answer::Done { user, .. }) => {
            next.invitation.refusal = None;
            if let Some(attempt) = &mut next.invitation.attempt {
                attempt.answer = Some(user.clone());
            }
            Step::write(next, Why::Settling)
        }
        // The attempt stays open: that Graph refuses now does not tell what it did then.
        (Post::Ask { .. }, Answer::Refused(refused)) => refuse(wanted, next, refused, now),
        // Nothing to write down: the open attempt in status already says that nobody knows.
        (_, Answer::Lost) | (Post::Ask { .. }, Answer::NotSent) => {
            Step::rest_for(Why::Settling, std::time::Duration::from_secs(1))
        }
    }
}

fn refuse(wanted: &Wanted, mut next: Record, refused: &Refused, now: Timestamp) -> Step {
    let at = crate::api::conditions::whole_seconds(now);
    let refusal = Refusal {
        reason: refused.reason.clone(),
        message: refused.message.clone(),
        at,
        retry_at: at.checked_add(refused.retry_after).unwrap_or(at),
        generation: wanted.generation,
    };
    next.invitation.refusal = Some(refusal.clone());
    Step::write(next, Why::Refused(refusal))
}
