//! What to write down after a request: the last step of the send protocol.

use jiff::Timestamp;

use super::{Answer, Post, Record, Step, Tenant, Wanted, Why};
use crate::api::{Guest, Origin};

/// The step after `answer` came for `post`, whose attempt is the open one.
pub(super) fn of(
    wanted: &Wanted,
    record: &Record,
    post: &Post,
    answer: &Answer,
    tenant: &Tenant,
    now: Timestamp,
) -> Step {
    let mut next = record.clone();
    match (post, answer) {
        (Post::Send { .. }, Answer::Done { invitation, user, graph_time, secret }) => {
            let invited_at = record.invitation.attempt.as_ref().map(|attempt| attempt.started_at);
            next.count(wanted, *graph_time);
            next.invitation.id = Some(invitation.clone());
            if secret.is_some() {
                next.invitation.redeem_url_secret.clone_from(secret);
            }
            if next.guest.as_ref().is_none_or(|guest| guest.id != *user) {
                let origin = Origin::Invited;
                next.guest = Some(Guest { id: user.clone(), user_principal_name: None, origin, invited_at });
            }
            Step::write(next, Why::NotShownYet)
        }
        (Post::Send { .. }, Answer::Mailed { at }) => {
            next.count(wanted, *at);
            Step::write(next, Why::NotShownYet)
        }
        (Post::Send { .. }, Answer::Refused(refused)) => {
            next.invitation.attempt = None;
            next.refuse_send(wanted, refused, now)
        }
        (Post::Send { .. }, Answer::LinkLost) => {
            next.invitation.attempt = None;
            next.invitation.redeem_url_secret = None;
            Step::write(next, Why::Queued)
        }
        (Post::Send { .. }, Answer::NotSent) => {
            next.invitation.attempt = None;
            Step::write(next, Why::Queued)
        }
        (Post::Ask { .. }, Answer::Done { user, graph_time, .. }) => {
            next.invitation.refusal = None;
            if let Some(attempt) = &mut next.invitation.attempt {
                attempt.answer = Some(user.clone());
                attempt.answered_at = Some(*graph_time);
            }
            Step::write(next, Why::Settling)
        }
        // The attempt stays open: that Graph refuses now does not tell what it did then.
        (Post::Ask { .. }, Answer::Refused(refused)) => next.refuse_send(wanted, refused, now),
        // Nothing to write down: the open attempt in status already says that nobody knows.
        (_, Answer::Lost) | (Post::Ask { .. }, Answer::NotSent | Answer::LinkLost | Answer::Mailed { .. }) => {
            match (post, tenant) {
                // The question is what is waited for now, so what keeps it from being answered is told.
                (Post::Ask { .. }, Tenant::Unready { reason, message }) => Step::not_ready(reason, message),
                _ => Step::rest_for(Why::Settling, std::time::Duration::from_secs(1)),
            }
        }
    }
}
