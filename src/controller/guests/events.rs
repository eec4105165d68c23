//! Events for what a person wants to hear of once. A failed Event never fails the work.

use kube::runtime::events::{Event, EventType};

use crate::api::{Explanation, Reason};
use crate::controller::context::Context;
use crate::plan::Why;
use crate::store::KnownClaim;

/// The API server refuses longer notes.
const LONGEST: usize = 1000;

/// Publishes an Event for `why`, if it is one to hear of.
pub async fn publish(context: &Context, guest: &KnownClaim, why: &Why) {
    let Some(Explanation { reason, message }) = news(why) else { return };
    let type_ = if reason.course().warns() { EventType::Warning } else { EventType::Normal };
    let (reason, note) = (reason.to_string(), Some(message.chars().take(LONGEST).collect()));
    let event = Event { type_, reason, note, action: "Invite".into(), secondary: None };
    if let Err(error) = context.recorder.publish(&event, &guest.object_ref()).await {
        tracing::debug!(%error, "an Event was not taken");
    }
}

fn news(why: &Why) -> Option<Explanation> {
    let (reason, message) = match why {
        Why::NotShownYet => (Reason::Invited, "The guest is invited."),
        Why::Adopted => (Reason::Adopted, "The guest was in the directory already; no mail was sent."),
        Why::Shared { .. } => (Reason::Shared, "The guest is shared with another namespace; no mail was sent."),
        Why::Internal => (Reason::InternalUser, "Somebody has made the guest an internal user of the directory."),
        Why::Accepted { .. } => (Reason::Accepted, "The guest has accepted."),
        Why::Uncertain => (
            Reason::SentUncertain,
            "Nothing can tell whether a mail left for this guest. It counts as sent and is not repeated; ask the guest.",
        ),
        Why::Restored => (Reason::Restored, "The deleted guest was brought back; no mail was sent."),
        Why::Handled => {
            (Reason::NothingToSend, "No mail was sent on request: the guest has accepted, or nobody mails them.")
        }
        Why::Ended(ended) => {
            return Some(Explanation::new(Reason::Ended, format!("{}: {:?}.", ended.reason, ended.how)));
        }
        Why::NotAsDeclared(refusal) => (Reason::NotAsDeclared, refusal.message.as_str()),
        Why::Refused(refusal) => (Reason::Refused, refusal.message.as_str()),
        _ => return None,
    };
    Some(Explanation::new(reason, message))
}
