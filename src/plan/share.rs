//! A person whom another namespace has, shared: the claim follows how they redeem, keeps its own groups and may ask for a mail. It holds
//! no other power over them, and inherits none.

use super::begin::{LATER, bond_of, unwanted};
use super::observed::SendAt;
use super::timing::AGAIN;
use super::whereabouts::{Whereabouts, whereabouts};
use super::{Bond, Decision, DirectoryUser, Record, Step, Task, UserView, Why, ended, relations, send, withdrawal};
use crate::api::{Ended, GuestUser, HowEnded, Reclaim};

/// Begins to share the person, or takes the place that the owner has left.
pub(super) fn join(decision: Decision<'_>, guest: &GuestUser) -> Step {
    let Decision { desired, record, observed, .. } = decision;
    let deleted = record.ended.as_ref().is_some_and(Ended::is_deletion);
    // An end that was begun rests on it that nobody shares the person.
    if record.ending.is_some() {
        return Step::rest_for(Why::Waiting, AGAIN);
    }
    match whereabouts(decision, guest) {
        _ if deleted => return Step::rest_for(Why::Gone, LATER),
        Whereabouts::Gone => return Step::rest_for(Why::Gone, LATER),
        Whereabouts::There(_) => {}
        Whereabouts::Unknown(step) => return step,
    }
    if let Some(rest) = unwanted(decision, &guest.id) {
        return rest;
    }
    let bond = bond_of(desired, &observed.standing);
    let undoes = bond == Bond::Shares || desired.must_be_bound();
    if undoes && !desired.finalizer && !desired.observe {
        return Step::Do(Task::Bind(true)); // its groups go with it
    }
    let accepted = record.redemption.as_ref().is_some_and(crate::api::Redemption::has_accepted);
    let why = if bond == Bond::Shares { Why::Shared { accepted, enabled: true } } else { Why::Adopted };
    Step::write(Record { bond, ..record.clone() }, why)
}

/// The next step for a person whom the claim shares, and whom the directory shows.
pub(super) fn step(decision: Decision<'_>, user: &DirectoryUser, send_at: SendAt) -> Step {
    let Decision { desired, record, now, .. } = decision;
    if desired.access_until.is_some_and(|until| until <= now) {
        return withdrawal::end_access(decision, user)
            .unwrap_or_else(|| Step::rest_until_next(Why::SharedBefore, withdrawal::again_at(decision), now));
    }
    if let Some(asked) = record.asked_to_reset(desired) {
        let mut next = record.clone();
        next.handled.reset_redemption = Some(asked);
        return Step::write(next, Why::Handled);
    }
    if let Some(step) = send::step(decision, user, send_at) {
        return step;
    }
    relations::step(decision, user).unwrap_or_else(|| {
        let why = Why::Shared { accepted: user.has_accepted(), enabled: user.enabled };
        let next = desired.access_until.into_iter().chain(withdrawal::again_at(decision)).min();
        Step::rest_until_next(why, next, now)
    })
}

/// The owner ends, and others share the person: the owner's own groups go, and the person stays. The end that the owner declared is left
/// to be carried out when the last of the others has ended.
pub(super) fn leave_to_others(decision: Decision<'_>, how: HowEnded, user: &DirectoryUser) -> Step {
    let Decision { record, .. } = decision;
    give_back(decision, user).unwrap_or_else(|| {
        let reclaim = ended::policy_of(how).map(|policy| Reclaim { policy, due: false });
        let left = Record { bond: Bond::None, ending: None, reclaim, ..withdrawal::handed_over(record) };
        Step::write(left, Why::Offboarding)
    })
}

/// Whoever shared or followed the person leaves them: its own groups go, but for those that others want too.
pub(super) fn leave(decision: Decision<'_>) -> Step {
    let Decision { record, observed, .. } = decision;
    let left = || Step::write(Record { bond: Bond::None, ..withdrawal::handed_over(record) }, Why::Offboarding);
    let Some(guest) = &record.guest else { return left() };
    match &observed.user {
        UserView::Found(user) if observed.user_is_live() => give_back(decision, user).unwrap_or_else(left),
        UserView::Missing if observed.user_is_live() => left(),
        _ => Step::Fetch(guest.id.clone()),
    }
}

/// The next step towards a user who has nothing of ours that grants access, and to whom no late request gives it.
fn give_back(decision: Decision<'_>, user: &DirectoryUser) -> Option<Step> {
    withdrawal::end_access(decision, user).or_else(|| withdrawal::wait_for_late_adds(decision))
}
