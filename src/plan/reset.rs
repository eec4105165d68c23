//! Resetting the redemption: the same user redeems anew, perhaps with another address ("Reset redemption status", Entra).

use jiff::Timestamp;

use super::seen::SendAt;
use super::{DirectoryUser, Outcome, Record, Seen, Step, Task, Wanted, Why, record};
use crate::api::{Attempt, AttemptKind};

/// The next step of a reset that a person asked for.
pub(super) fn step(
    wanted: &Wanted,
    record: &Record,
    user: &DirectoryUser,
    seen: &Seen,
    send_at: SendAt,
    now: Timestamp,
) -> Option<Step> {
    let requested = request(wanted, record)?;
    if let Some((Task::AddAddress { .. }, Outcome::Refused(refused))) = &seen.done {
        let mut next = record.clone();
        let refusal = record::refusal(wanted, refused, now);
        next.invitation.refusal = Some(refusal.clone());
        return Some(Step::write(next, Why::Refused(refusal)));
    }
    if let Some(rest) = record.refused(wanted, now) {
        return Some(rest);
    }
    if !seen.user_is_live {
        return Some(Step::Fetch(user.id.clone()));
    }
    let address = wanted.redeem_as.as_str();
    if !user.addresses.iter().any(|known| known == address) {
        return Some(Step::Do(Task::AddAddress { user: user.id.clone(), address: address.to_owned() }));
    }
    Some(match send_at {
        SendAt::Unqueued => Step::Queue,
        SendAt::Blocked => Step::rest(Why::Blocked),
        SendAt::Not(until) => Step::rest_until(Why::Queued, until, now),
        SendAt::Now => {
            let mut next = record.clone();
            next.invitation.attempt = Some(Attempt {
                id: seen.new_id.clone(),
                kind: AttemptKind::Reset,
                started_at: crate::api::conditions::whole_seconds(now),
                inherited: false,
                asked_at: None,
                answer: None,
                requested: Some(requested),
            });
            Step::Write { record: Box::new(next), ticket: Some(now), why: Why::Sending }
        }
    })
}

/// Whether a reset waits for the user to be seen.
pub(super) fn waits(wanted: &Wanted, record: &Record) -> bool {
    request(wanted, record).is_some()
}

fn request(wanted: &Wanted, record: &Record) -> Option<String> {
    let asked = wanted.requests.reset_redemption.clone();
    asked.filter(|asked| Some(asked) != record.handled.reset_redemption.as_ref())
}
