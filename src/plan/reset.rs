//! Resetting the redemption: the same user redeems anew, perhaps with another address ("Reset redemption status", Entra).

use super::observed::SendAt;
use super::{Decision, Desired, DirectoryUser, Outcome, Record, Step, Task, Why, mails};
use crate::api::conditions::whole_seconds;
use crate::api::{Attempt, AttemptKind, Explanation, Origin, Reason};

const ONLY_THEIR_OWN: &str = "This guest was in the directory before, so they can accept anew only with their own address there. Remove redeemAs, or let an administrator of Entra reset them.";

/// Whether a reset waits, because others share the person: whoever accepts then would have what those gave too.
pub(super) fn rests(desired: &Desired, record: &Record) -> bool {
    record.others.share && !desired.granted_all
}

/// The next step of a reset that a person asked for.
pub(super) fn step(decision: Decision<'_>, user: &DirectoryUser, send_at: SendAt) -> Option<Step> {
    let Decision { desired, record, observed, now, .. } = decision;
    let requested = record.asked_to_reset(desired).filter(|_| !rests(desired, record))?;
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
    // With another address than their own, whoever has it becomes the user: only a user whom the namespace made may be handed on.
    let made = record.guest.as_ref().is_some_and(|guest| guest.origin == Origin::Invited);
    if !made && user.mail.as_deref() != Some(address) {
        return Some(Step::rest(Why::NotAllowed(Explanation::new(Reason::NotAllowed, ONLY_THEIR_OWN))));
    }
    if !user.addresses.iter().any(|known| known == address) {
        return Some(Step::Do(Task::AddAddress { user: user.id.clone(), address: address.to_owned() }));
    }
    if let Some(wait) = send_at.wait(now) {
        return Some(wait);
    }
    let attempt =
        Attempt::new(observed.new_id.clone(), AttemptKind::Reset, whole_seconds(observed.graph_clock.shows(now)));
    Some(record.clone().intend(desired, Attempt { requested: Some(requested), ..attempt }, observed.decided_at(now)))
}
