//! Events for what a person wants to hear of once. A failed Event never fails the work.

use kube::runtime::events::{Event, EventType};

use crate::api::{Explanation, Reason, Redemption};
use crate::controller::context::Context;
use crate::plan::{Record, Why};
use crate::store::KnownClaim;

/// The API server refuses longer notes.
const LONGEST: usize = 1000;

/// Publishes an Event for `why`, if it is one to hear of. `change` is the record before and after.
pub async fn publish(context: &Context, guest: &KnownClaim, why: &Why, change: (&Record, &Record)) {
    let Some(Explanation { reason, message }) = news(why, change) else { return };
    let type_ = if reason.course().warns() { EventType::Warning } else { EventType::Normal };
    let (reason, note) = (reason.to_string(), Some(message.chars().take(LONGEST).collect()));
    let event = Event { type_, reason, note, action: "Invite".into(), secondary: None };
    if let Err(error) = context.recorder.publish(&event, &guest.object_ref()).await {
        tracing::debug!(%error, "an Event was not taken");
    }
}

fn news(why: &Why, (before, after): (&Record, &Record)) -> Option<Explanation> {
    let mailed = after.invitation.sent > before.invitation.sent;
    let (reason, message) = match why {
        Why::NotShownYet => (
            Reason::Invited,
            match (mailed, before.invitation.sent) {
                (true, 0) => "The guest is invited.",
                (true, _) => "One more mail left for the guest.",
                (false, _) => "The guest is in the directory; no mail was sent yet.",
            },
        ),
        Why::Adopted => (Reason::Adopted, "The guest was in the directory already; no mail was sent."),
        Why::Shared { .. } => (Reason::Shared, "The guest is shared with another namespace; no mail was sent."),
        Why::Internal => (Reason::InternalUser, "Somebody has made the guest an internal user of the directory."),
        Why::Accepted { .. } if accepts(before, after) => (Reason::Accepted, "The guest has accepted."),
        Why::Uncertain if mailed => (
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

/// Whether the guest has accepted since the record before. What the directory shows for a while after a reset is the acceptance that
/// was reset: it is older.
fn accepts(before: &Record, after: &Record) -> bool {
    let has_accepted = |record: &Record| record.redemption.as_ref().is_some_and(Redemption::has_accepted);
    let accepted_at = after.redemption.as_ref().and_then(|redemption| redemption.changed_at);
    let is_old = accepted_at.zip(after.invitation.reset_at).is_some_and(|(accepted, reset)| accepted < reset);
    has_accepted(after) && !has_accepted(before) && !is_old
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(sent: u32, accepted_at: Option<&str>) -> Record {
        let mut record = Record::default();
        record.invitation.sent = sent;
        record.redemption = accepted_at.map(|at| Redemption {
            state: Some("Accepted".into()),
            changed_at: Some(at.parse().unwrap()),
            identity_provider: Some("Entra".into()),
        });
        record
    }

    fn reason(why: &Why, before: &Record, after: &Record) -> Option<Reason> {
        news(why, (before, after)).map(|said| said.reason)
    }

    #[test]
    fn that_a_guest_has_accepted_is_told_once() {
        let why = Why::Accepted { enabled: true };
        let (pending, accepted) = (record(1, None), record(1, Some("2026-11-22T10:00:00Z")));
        assert_eq!(reason(&why, &pending, &accepted), Some(Reason::Accepted));
        assert_eq!(reason(&why, &accepted, &accepted), None, "something else was written");
        // After a reset the directory shows the old acceptance for a while.
        let reset = |accepted: &Record| {
            let mut reset = accepted.clone();
            reset.invitation.reset_at = Some("2026-11-22T11:00:00Z".parse().unwrap());
            reset
        };
        assert_eq!(reason(&why, &reset(&pending), &reset(&accepted)), None);
        let again = reset(&record(2, Some("2026-11-22T12:00:00Z")));
        assert_eq!(reason(&why, &reset(&pending), &again), Some(Reason::Accepted));
    }

    #[test]
    fn a_mail_is_told_where_one_left() {
        let said = |before: u32, after: u32| {
            news(&Why::NotShownYet, (&record(before, None), &record(after, None))).unwrap().message
        };
        assert_eq!(said(0, 1), "The guest is invited.");
        assert!(said(1, 2).starts_with("One more mail"));
        assert!(said(0, 0).contains("no mail"));
        let uncertain = |before, after| reason(&Why::Uncertain, &record(before, None), &record(after, None));
        assert_eq!((uncertain(0, 1), uncertain(1, 1)), (Some(Reason::SentUncertain), None));
    }
}
