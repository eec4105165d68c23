//! Resetting the redemption: the same user redeems anew, perhaps with another address ("Reset redemption status", Entra).

use super::observed::SendAt;
use super::{Decision, DirectoryUser, Outcome, Step, Task, mails};
use crate::api::conditions::whole_seconds;
use crate::api::{Attempt, AttemptKind};

/// The next step of a reset that a person asked for.
pub(super) fn step(decision: Decision<'_>, user: &DirectoryUser, send_at: SendAt) -> Option<Step> {
    let Decision { desired, record, observed, now, .. } = decision;
    let requested = record.asked_to_reset(desired)?;
    if let Some((Task::AddAddress { .. }, Outcome::Refused(refused))) = &observed.done {
        return Some(record.clone().refuse_send(desired, refused, now));
    }
    if let Some(rest) = record.refused(desired, now) {
        return Some(rest);
    }
    if let Some(wait) = mails::wait(decision).filter(|_| desired.mails()) {
        return Some(wait);
    }
    if !observed.user_is_live() {
        return Some(Step::Fetch(user.id.clone()));
    }
    let address = desired.redeem_as.as_str();
    if !user.addresses.iter().any(|known| known == address) {
        return Some(Step::Do(Task::AddAddress { user: user.id.clone(), address: address.to_owned() }));
    }
    if let Some(wait) = send_at.wait(now) {
        return Some(wait);
    }
    let attempt = Attempt::new(observed.new_id.clone(), AttemptKind::Reset, whole_seconds(now));
    Some(record.clone().intend(desired, Attempt { requested: Some(requested), ..attempt }, observed.decided_at(now)))
}
