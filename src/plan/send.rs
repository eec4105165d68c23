//! Mails to a guest whom the directory knows: the one still owed, the one a person asks for, and the reminders.

use jiff::Timestamp;

use super::observed::SendAt;
use super::{Bond, Decision, Desired, DirectoryUser, GraphClock, Outcome, Record, Step, Task, Why, mails};
use crate::api::conditions::whole_seconds;
use crate::api::{Attempt, AttemptKind, Delivery, Origin, Redemption};

/// A mail that is due.
struct Due {
    kind: AttemptKind,
    requested: Option<String>,
}

/// The next step towards a mail that is due, if one is.
pub(super) fn step(decision: Decision<'_>, user: &DirectoryUser, send_at: SendAt) -> Option<Step> {
    let Decision { desired, record, observed, now, .. } = decision;
    let asked = record.asked_to_resend(desired);
    let accepted = has_accepted(record, user);
    if (accepted || !desired.mails())
        && let Some(asked) = asked
    {
        let mut next = record.clone();
        next.handled.resend = Some(asked);
        return Some(Step::write(next, Why::Handled));
    }
    if let Some(step) = note_link(record, observed.done.as_ref()) {
        return Some(step);
    }
    if let Some((Task::Link { .. }, Outcome::Refused(refused))) = &observed.done {
        return Some(record.clone().refuse_send(desired, refused, now));
    }
    if accepted || !user.enabled {
        return None;
    }
    if let Some(step) = keep_link(decision) {
        return Some(step);
    }
    let due = due(decision);
    let link = needs_link(desired, record, due.is_some());
    if due.is_none() && !link {
        return None;
    }
    if let Some(rest) = record.refused(desired, now) {
        return Some(rest);
    }
    // A person who accepted since the last sweep wants no mail.
    if !observed.user_is_live() {
        return Some(Step::Fetch(user.id.clone()));
    }
    if let Some(wait) = observed.cannot_mail(desired) {
        return Some(wait);
    }
    if let Some(wait) = mails::wait(decision).filter(|_| !link) {
        return Some(wait);
    }
    if let Some(wait) = send_at.wait(now) {
        return Some(wait);
    }
    if link {
        return Some(Step::Do(Task::Link { user: user.id.clone() }));
    }
    due.map(|due| {
        let attempt = Attempt::new(observed.new_id.clone(), due.kind, whole_seconds(observed.graph_clock.shows(now)));
        record.clone().intend(desired, Attempt { requested: due.requested, ..attempt }, observed.decided_at(now))
    })
}

/// Whether the guest has accepted, and not merely before the last reset: what a reset makes of the state may show late or not at all.
///
/// Graph tells times in whole seconds. Whoever accepts within the second of a reset counts as not accepted, as that reset asked.
pub(super) fn has_accepted(record: &Record, user: &DirectoryUser) -> bool {
    let since_then = |reset: Timestamp| user.external_state_since.is_none_or(|since| since > reset);
    user.has_accepted() && record.invitation.reset_at.is_none_or(since_then)
}

/// When the next reminder is due, on our clock.
pub fn next_at(desired: &Desired, record: &Record, graph: GraphClock) -> Option<Timestamp> {
    let owns = record.bond != Bond::Shares;
    let reminders = desired.reminders.filter(|_| owns && desired.mails() && record.ended.is_none())?;
    if !record.redemption.as_ref().is_some_and(Redemption::is_pending)
        || record.invitation.sent == 0
        || record.invitation.reminders >= reminders.limit
    {
        return None;
    }
    let after = graph.on_ours(record.invitation.last_sent_at?).checked_add(reminders.after).ok()?;
    Some(after.max(mails::next_at(desired, record).unwrap_or(after)))
}

/// Whether a mail waits for the user to be seen.
pub(super) fn waits(decision: Decision<'_>) -> bool {
    let Decision { desired, record, .. } = decision;
    let accepted = record.redemption.as_ref().is_some_and(Redemption::has_accepted);
    record.asked_to_resend(desired).is_some() || (!accepted && due(decision).is_some())
}

fn due(decision: Decision<'_>) -> Option<Due> {
    let Decision { desired, record, observed, now, .. } = decision;
    if !desired.mails() {
        return None;
    }
    if let Some(requested) = record.asked_to_resend(desired) {
        return Some(Due { kind: AttemptKind::Resend, requested: Some(requested) });
    }
    if record.bond == Bond::Shares {
        // Mails by themselves are the owner's.
        return record.others.left_unmailed.then_some(Due { kind: AttemptKind::Resend, requested: None });
    }
    // Who was added without a mail gets one when their own spec says so, not because a tenant's default changed.
    let asked = record.invitation.owed_since.is_some() || desired.delivery_by_name;
    let made = record.guest.as_ref().is_some_and(|guest| guest.origin == Origin::Invited);
    if record.invitation.owed_since.is_some() || (asked && made && record.invitation.sent == 0) {
        return Some(Due { kind: AttemptKind::Resend, requested: None });
    }
    let reminder = next_at(desired, record, observed.graph_clock).is_some_and(|next| next <= now);
    reminder.then_some(Due { kind: AttemptKind::Reminder, requested: None })
}

/// Puts down where a link is kept, if a task has just kept one.
fn note_link(record: &Record, done: Option<&(Task, Outcome)>) -> Option<Step> {
    let mut next = record.clone();
    match done? {
        (Task::Link { .. }, Outcome::Linked(kept)) => next.note_link(kept),
        (Task::KeepLink { .. }, Outcome::Copied(copy)) => next.invitation.redeem_url_secret = Some(copy.clone()),
        _ => return None,
    }
    next.invitation.refusal = None;
    (next != *record).then(|| Step::write(next, Why::Updating))
}

/// The link may be kept already: in the operator's own Secret, under another name, or since before the spec asked for a copy.
fn keep_link(decision: Decision<'_>) -> Option<Step> {
    let Decision { desired, record, observed, .. } = decision;
    let to = desired.link_secret.clone()?;
    let from = record.invitation.redeem_url_secret.clone();
    let made = record.invitation.sent > 0 || record.link_digest.is_some();
    let elsewhere = from.as_ref().is_some_and(|from| *from != to) || (from.is_none() && made);
    (elsewhere && !observed.no_link_kept).then_some(Step::Do(Task::KeepLink { from, to }))
}

/// Whether a redeem link has to be made before anything else. After a mail only if the next mail carries the new link:
/// whether the one that was mailed would still work is documented nowhere.
fn needs_link(desired: &Desired, record: &Record, due: bool) -> bool {
    let lacks_own = desired.delivery == Delivery::Mail && record.link_digest.is_none();
    let lacks_copy = desired.link_secret.is_some() && record.invitation.redeem_url_secret != desired.link_secret;
    let nobody_has_one = record.invitation.sent == 0;
    (lacks_own || lacks_copy)
        && match desired.delivery {
            Delivery::Microsoft => false, // its mail's own answer brings the link
            Delivery::Mail => due || (nobody_has_one && record.bond != Bond::Shares),
            Delivery::None => nobody_has_one && record.bond != Bond::Shares,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Address;

    #[test]
    fn a_link_that_was_mailed_is_not_put_at_risk_for_one_that_nobody_gets() {
        let mut desired = Desired::new(Address::new("guest@example.com"));
        let mut record = Record::default();
        for (delivery, copy, sent, due, needed) in [
            (Delivery::Microsoft, true, 0, true, false),
            (Delivery::Microsoft, true, 1, true, false),
            (Delivery::Mail, true, 0, false, true),
            (Delivery::Mail, true, 1, false, false),
            (Delivery::Mail, true, 1, true, true),
            (Delivery::Mail, false, 0, false, true),
            (Delivery::Mail, false, 1, false, false),
            (Delivery::Mail, false, 1, true, true),
            (Delivery::None, true, 0, false, true),
            (Delivery::None, true, 1, false, false),
            (Delivery::None, false, 0, false, false),
        ] {
            desired.delivery = delivery;
            desired.link_secret = copy.then(|| "link".into());
            record.invitation.sent = sent;
            let said = format!("{delivery:?}, {sent} sent, due: {due}, a copy: {copy}");
            assert_eq!(needs_link(&desired, &record, due), needed, "{said}");
        }
    }

    /// Found on a node that was ten minutes ahead of Graph: a reminder left seconds after the invitation.
    #[test]
    fn a_reminder_is_due_by_one_clock() {
        use std::time::Duration;

        use crate::plan::{Observed, Remind, Timing};

        let at = |text: &str| format!("2026-11-28T{text}Z").parse::<Timestamp>().unwrap();
        let mut desired = Desired::new(Address::new("guest@example.com"));
        desired.reminders = Some(Remind { after: Duration::from_secs(60), limit: 1 });
        let mut record = Record { bond: Bond::Owns, ..Record::default() };
        let state = Some("PendingAcceptance".into());
        record.redemption = Some(Redemption { state, changed_at: None, identity_provider: None });
        record.invitation.sent = 1;
        let timing = Timing::default();
        for ahead in [-600, 0, 600] {
            let graph_clock = GraphClock::ahead_by(jiff::SignedDuration::from_secs(ahead));
            let observed = Observed { graph_clock, ..Observed::idle() };
            record.invitation.last_sent_at = Some(graph_clock.shows(at("10:00:00")));
            let is_due = |now: Timestamp| {
                due(Decision { desired: &desired, record: &record, observed: &observed, now, timing: &timing })
                    .is_some()
            };
            assert!(!is_due(at("10:00:05")) && !is_due(at("10:00:59")), "Graph is {ahead} s ahead");
            assert!(is_due(at("10:01:00")), "Graph is {ahead} s ahead");
            assert_eq!(next_at(&desired, &record, graph_clock), Some(at("10:01:00")));
        }
    }

    /// Found by a random life: a guest signed in within the second in which the operator's own mail came to be owed, and was mailed.
    #[test]
    fn only_a_reset_makes_an_acceptance_count_for_nothing() {
        let at = |text: &str| format!("2026-11-28T{text}Z").parse::<Timestamp>().unwrap();
        let mut user = DirectoryUser::new("user".into());
        user.external_state = Some("Accepted".into());
        user.external_state_since = Some(at("10:00:00"));
        let mut record = Record { bond: Bond::Owns, ..Record::default() };
        record.invitation.owed_since = Some(at("10:00:00"));
        assert!(has_accepted(&record, &user), "a mail is owed since the same second");
        record.invitation.owed_since = Some(at("10:00:01"));
        assert!(has_accepted(&record, &user), "Graph's clock was estimated a second too late");
        record.invitation.reset_at = Some(at("10:00:00"));
        assert!(!has_accepted(&record, &user), "that was reset");
        user.external_state_since = Some(at("10:00:01"));
        assert!(has_accepted(&record, &user), "accepted anew");
        user.external_state = Some("PendingAcceptance".into());
        assert!(!has_accepted(&record, &user));
    }

    /// A copy is in a Secret that others can write. It is never what the operator mails.
    #[test]
    fn a_copy_is_no_link_to_mail() {
        let mut desired = Desired::new(Address::new("guest@example.com"));
        desired.delivery = Delivery::Mail;
        desired.link_secret = Some("link".into());
        let mut record = Record::default();
        record.invitation.redeem_url_secret = Some("link".into());
        assert!(needs_link(&desired, &record, true));
        record.link_digest = Some("digest".into());
        assert!(!needs_link(&desired, &record, true));
        record.invitation.redeem_url_secret = None;
        assert!(needs_link(&desired, &record, true), "the copy is wanted too");
    }
}
