//! Resetting the redemption: the same user redeems anew, perhaps with another address ("Reset redemption status", Entra).

use jiff::Timestamp;

use super::seen::SendAt;
use super::{DirectoryUser, Outcome, Record, Seen, Step, Task, Wanted};
use crate::api::conditions::whole_seconds;
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
    let requested = record.asked_to_reset(wanted)?;
    if let Some((Task::AddAddress { .. }, Outcome::Refused(refused))) = &seen.done {
        return Some(record.clone().refuse_send(wanted, refused, now));
    }
    if let Some(rest) = record.refused(wanted, now) {
        return Some(rest);
    }
    if !seen.user_is_live() {
        return Some(Step::Fetch(user.id.clone()));
    }
    let address = wanted.redeem_as.as_str();
    if !user.addresses.iter().any(|known| known == address) {
        return Some(Step::Do(Task::AddAddress { user: user.id.clone(), address: address.to_owned() }));
    }
    if let Some(wait) = send_at.wait(now) {
        return Some(wait);
    }
    let attempt = Attempt::new(seen.new_id.clone(), AttemptKind::Reset, whole_seconds(now));
    Some(record.clone().intend(Attempt { requested: Some(requested), ..attempt }, seen.decided_at(now)))
}
