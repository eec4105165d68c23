//! Events for what a person wants to hear of once. A failed Event never fails the work.

use kube::Resource;
use kube::runtime::events::{Event, EventType};

use crate::api::GuestInvitation;
use crate::controller::context::Context;
use crate::plan::Why;

/// The API server refuses longer notes.
const LONGEST: usize = 1000;

/// Publishes an Event for `why`, if it is one to hear of.
pub async fn publish(context: &Context, guest: &GuestInvitation, why: &Why) {
    let (type_, reason, note) = match why {
        Why::NotShownYet => (EventType::Normal, "Invited", "The guest is invited.".to_owned()),
        Why::Adopted => (EventType::Normal, "Adopted", "The guest was in the directory already; no mail was sent.".to_owned()),
        Why::Accepted { .. } => (EventType::Normal, "Accepted", "The guest has accepted.".to_owned()),
        Why::Uncertain => (
            EventType::Warning,
            "SentUncertain",
            "Nothing can tell whether a mail left for this guest. It counts as sent and is not repeated; ask the guest.".to_owned(),
        ),
        Why::Restored => (EventType::Normal, "Restored", "The deleted guest was brought back; no mail was sent.".to_owned()),
        Why::Handled => (EventType::Normal, "NothingToSend", "No mail was sent on request: the guest has accepted, or nobody mails them.".to_owned()),
        Why::Ended(ended) => (EventType::Normal, "Ended", format!("{}: {:?}.", ended.reason, ended.how)),
        Why::NotAsDeclared(refusal) => (EventType::Warning, "NotAsDeclared", refusal.message.chars().take(LONGEST).collect()),
        Why::Refused(refusal) => (EventType::Warning, "Refused", refusal.message.chars().take(LONGEST).collect()),
        _ => return,
    };
    let event = Event { type_, reason: reason.into(), note: Some(note), action: "Invite".into(), secondary: None };
    if let Err(error) = context.recorder.publish(&event, &guest.object_ref(&())).await {
        tracing::debug!(%error, "an Event was not taken");
    }
}
