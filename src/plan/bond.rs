//! What a claim has of a person: it owns them, follows them, or has to leave them to another.

use super::begin::{bond_of, bond_of_found, unwanted};
use super::share;
use super::timing::AGAIN;
use super::whereabouts::{Whereabouts, whereabouts};
use super::{Bond, Decision, Observed, Record, Standing, Step, Task, UserView, Why};
use crate::api::{HowEnded, Origin};
use crate::policy::Permission;

/// Rest, while the person is another's or nothing may be done for them.
pub(super) fn taken(record: &Record, observed: &Observed) -> Option<Step> {
    if let Some(reason) = observed.held {
        return Some(Step::rest(Why::HeldByPlatform(reason)));
    }
    if let Some(guest) = record.guest.as_ref().and_then(|user| observed.elsewhere.get(&user.id)) {
        return Some(Step::rest(Why::SamePerson { guest: guest.clone() }));
    }
    // What was left to be done for the person comes to its end first.
    if record.bond == Bond::None && record.others.ending {
        return Some(Step::rest_for(Why::Waiting, AGAIN));
    }
    match &observed.standing {
        Standing::Taken { holder } => Some(Step::rest(Why::Duplicate { holder: holder.clone() })),
        // Whoever may not share is told nothing of the person.
        Standing::Shared { .. }
            if record.bond == Bond::None && matches!(observed.permission, Permission::Refused(_)) =>
        {
            Some(Step::rest(Why::Duplicate { holder: None }))
        }
        Standing::Shared { .. } if record.bond == Bond::None && record.guest.is_none() => {
            Some(Step::rest_for(Why::Waiting, AGAIN))
        }
        Standing::Unknown => Some(Step::rest(Why::Listing)),
        Standing::Ours | Standing::Found | Standing::Shared { .. } => None,
    }
}

/// Takes a person whom nobody has now: the place of the namespace's own guest, or somebody who was found.
pub(super) fn take(decision: Decision<'_>) -> Step {
    let Decision { desired, record, observed, .. } = decision;
    if let Some(hold) = observed.permission.hold() {
        return Step::rest(hold);
    }
    let made = record.guest.as_ref().is_none_or(|guest| guest.origin == Origin::Invited);
    if observed.standing == Standing::Ours && made {
        if desired.must_be_bound() {
            return Step::Do(Task::Bind(true));
        }
        return Step::write(Record { bond: Bond::Owns, ..record.clone() }, Why::Updating);
    }
    let Some(guest) = &record.guest else { return Step::rest(Why::Settling) };
    if let Standing::Shared { .. } = observed.standing {
        return share::join(decision, guest);
    }
    // Whoever is gone is nobody's: the address is free.
    if record.ended.as_ref().is_some_and(|ended| ended.how == HowEnded::Deleted) {
        return Step::write(record.emptied(), Why::Queued);
    }
    match whereabouts(decision, guest) {
        Whereabouts::Gone => return Step::write(record.emptied(), Why::Queued),
        Whereabouts::There(_) => {}
        Whereabouts::Unknown(step) => return step,
    }
    if let Some(rest) = unwanted(decision, &guest.id) {
        return rest;
    }
    Step::write(Record { bond: bond_of_found(desired), ..record.clone() }, Why::Adopted)
}

/// Keeps the bond with a found person, and the ends on record, as the spec says now.
pub(super) fn keep(decision: Decision<'_>) -> Option<Step> {
    let Decision { desired, record, observed, .. } = decision;
    let found = record.guest.as_ref().is_some_and(|guest| guest.origin == Origin::Adopted);
    let entitled = observed.is_entitled(desired);
    if found && entitled && record.bond != Bond::None && record.ended.is_none() {
        let bond = bond_of(desired, &observed.standing).max_of_following();
        let may = bond != Bond::Owns || observed.standing != Standing::Found || record.bond == Bond::Follows;
        // Which of the two it is to share or to follow, the record of the owner says.
        let shares = |bond: Bond| matches!(bond, Bond::Follows | Bond::Shares);
        if bond != record.bond && may && !(shares(bond) && shares(record.bond)) {
            return Some(bind_anew(record, bond, observed));
        }
    }
    // With the next write, where there is one anyway; else for itself.
    let stale = record.bond == Bond::Owns && record.guest.is_some() && entitled && record.ends != desired.ends();
    stale.then(|| Step::write(record.clone(), Why::Updating))
}

/// Gives a found person the bond that the spec asks for now. They may have been taken for somebody whom the invitation made, so
/// their own address is judged once more.
fn bind_anew(record: &Record, bond: Bond, observed: &Observed) -> Step {
    let bound = |bond| Step::write(Record { bond, ..record.clone() }, Why::Updating);
    let Some(guest) = &record.guest else { return bound(bond) };
    if observed.user == UserView::Unknown {
        return Step::Fetch(guest.id.clone());
    }
    let nothing_done = record.profile.is_empty() && record.relations.values().all(Vec::is_empty);
    match observed.barred.get(&guest.id) {
        Some(barred) if bond == Bond::Owns => Step::rest(Why::NotAllowed(barred.clone())),
        Some(_) if nothing_done => bound(Bond::None),
        _ => bound(bond),
    }
}

impl Bond {
    /// Whoever follows somebody already does not let them go because `existing` says Refuse now.
    fn max_of_following(self) -> Self {
        if self == Self::None { Self::Follows } else { self }
    }
}
