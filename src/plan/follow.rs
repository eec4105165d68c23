//! A guest that the record knows: follow how they redeem, and send the mail that is still owed.

use jiff::Timestamp;

use super::seen::SendAt;
use super::{DirectoryUser, Record, Seen, Step, Timing, UserView, Wanted, Why};
use crate::api::{Attempt, AttemptKind, Guest, Origin, Redemption};

/// How long after a 201 the directory may hide the user before a person should hear of it, in settling times.
const NEVER: u32 = 3;

/// The next step for a guest with a known user.
pub(super) fn known(
    wanted: &Wanted,
    record: &Record,
    guest: &Guest,
    seen: &Seen,
    send_at: SendAt,
    now: Timestamp,
    timing: &Timing,
) -> Step {
    // Who was added without a mail gets one when their own spec says so, not because a tenant's default changed.
    let asked = record.invitation.owed_since.is_some() || wanted.mail_by_name;
    let owed = wanted.mail && asked && guest.origin == Origin::Invited && record.invitation.sent == 0;
    match &seen.user {
        UserView::Found(user) => {
            let current = with(record, guest, user);
            if current != *record {
                return Step::write(current, state(user));
            }
            if owed && !user.has_accepted() {
                return resend(wanted, record, seen, send_at, now);
            }
            Step::rest(state(user))
        }
        // Nobody is mailed on an old view: who accepted meanwhile wants no invitation.
        UserView::Unknown if owed => Step::Fetch(guest.id.clone()),
        UserView::Unknown => match &record.redemption {
            Some(redemption) if redemption.identity_provider.is_some() => Step::rest(Why::Accepted { enabled: true }),
            Some(_) => Step::rest(Why::Invited { enabled: true }),
            None => Step::rest(Why::NotShownYet),
        },
        UserView::Missing if record.redemption.is_some() => Step::rest(Why::Gone),
        UserView::Missing => {
            let give_up =
                record.invitation.last_sent_at.and_then(|sent| sent.checked_add(timing.settling * NEVER).ok());
            match give_up {
                Some(give_up) if now < give_up => Step::rest_until(Why::NotShownYet, give_up, now),
                Some(_) => Step::rest(Why::NeverShown),
                None => Step::rest_for(Why::NotShownYet, timing.settling),
            }
        }
    }
}

/// Sends the one mail that is owed to a guest whom the directory knows already.
fn resend(wanted: &Wanted, record: &Record, seen: &Seen, send_at: SendAt, now: Timestamp) -> Step {
    if let Some(rest) = record.refused(wanted, now) {
        return rest;
    }
    match send_at {
        SendAt::Unqueued => Step::Queue,
        SendAt::Blocked => Step::rest(Why::Blocked),
        SendAt::Not(until) => Step::rest_until(Why::Queued, until, now),
        SendAt::Now => {
            let mut next = record.clone();
            next.invitation.attempt = Some(Attempt {
                id: seen.new_id.clone(),
                kind: AttemptKind::Resend,
                started_at: crate::api::conditions::whole_seconds(now),
                inherited: false,
                asked_at: None,
                answer: None,
            });
            Step::Write { record: Box::new(next), ticket: Some(now), why: Why::Sending }
        }
    }
}

fn with(record: &Record, guest: &Guest, user: &DirectoryUser) -> Record {
    let mut next = record.clone();
    next.guest = Some(Guest {
        id: guest.id.clone(),
        user_principal_name: user.user_principal_name.clone().or(guest.user_principal_name.clone()),
        origin: guest.origin,
    });
    next.redemption = Some(redemption(user));
    next
}

/// What the directory says of the guest's redemption.
pub(super) fn redemption(user: &DirectoryUser) -> Redemption {
    Redemption {
        state: user.external_state.clone(),
        changed_at: user.external_state_since.map(crate::api::conditions::whole_seconds),
        identity_provider: user.has_accepted().then(|| user.identity_provider.clone()),
    }
}

fn state(user: &DirectoryUser) -> Why {
    if user.has_accepted() { Why::Accepted { enabled: user.enabled } } else { Why::Invited { enabled: user.enabled } }
}

/// Whether something seen at `at` is young enough to begin a send on.
pub(super) fn is_fresh(at: Timestamp, now: Timestamp, timing: &Timing) -> bool {
    let age = now.duration_since(at);
    !age.is_negative() && age.unsigned_abs() < timing.freshness
}
