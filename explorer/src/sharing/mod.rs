//! A small world of its own: one person whom a claim owns and two claims of other namespaces may share. Each claim has a process, and the
//! Guest has one; each decides on a view of the Guest that may be old. The owner ends, sharers join and leave, a rule is taken away, a
//! claim vanishes, the platform team revokes. A request of a process that stands still arrives late.

mod judge;
mod place;
mod rest;
mod seen;
mod steps;

use crate::print::PrintSet;
use place::Place;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharingFinding {
    /// The user was ended while somebody else shared the person.
    EndedBesideASharer,
    /// The user was ended though nobody whose person it was had ended.
    EndedByNobody,
    /// The user was taken out of a group that another claim gave.
    TookFromAnother,
    /// A claim shares the person without a rule.
    JoinedWithoutShare,
    /// At rest the user is not in a group that an entitled claim wants.
    GroupLost,
    /// At rest the user is in a group that nobody wants.
    GroupLeft,
    /// At rest an end that was declared is not carried out.
    NotEnded,
    /// At rest the user is gone or disabled, and nothing has ended them.
    Lost,
    /// Nothing comes to rest.
    Restless,
}

/// A rule of sharing that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    /// Nothing: the decision as it ships.
    Nothing,
    /// The owner is not told that others share the person.
    Sharers,
    /// What other claims want of the groups is not seen.
    SharedGroups,
    /// What other claims are removing is not seen.
    Removals,
    /// An end that was begun is not waited for.
    BegunEnds,
    /// The rule is not asked.
    TheRule,
    /// A claim that vanished counts as one that left.
    Vanishing,
    /// What is removed counts as gone at once, though a request to add it may be under way.
    LateAdds,
    /// What somebody took away is not seen.
    Sweeps,
}

/// A move: of the world, or of one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharingMove {
    /// The process sees the Guest as it is.
    Sync(usize),
    /// A step for the claim.
    Step(usize),
    /// A step for the Guest itself.
    StepGuest,
    /// Somebody deletes the claim.
    Delete(usize),
    /// The claim vanishes without being deleted.
    Vanish(usize),
    /// The rule that lets the claim share is taken away, or given back.
    Flip(usize),
    /// The platform team revokes the person's access.
    Revoke,
    /// A step for the claim that adds to a group or removes from one. The process stands still then, and its request arrives later or never.
    StepLate(usize),
    /// The late request arrives.
    Arrive,
    /// Time passes.
    Wait,
}

/// How often what happens.
#[derive(Clone, Copy, Debug)]
pub struct SharingScenario {
    /// What the owner declares for the end: to delete the user, else to disable the account.
    pub deletes: bool,
    /// How many claims are deleted.
    pub ends: u8,
    /// How many claims vanish.
    pub vanishes: u8,
    /// How often a rule changes.
    pub flips: u8,
    /// Whether the platform team revokes.
    pub revokes: bool,
    /// How many claims there are, the owner among them.
    pub claims: usize,
    /// Whether the others share the person from the beginning.
    pub joined: bool,
    /// Whether the first sharer wants another group than the owner.
    pub apart: bool,
    /// How many requests are late.
    pub late: u8,
    /// How often time passes, beside the time to rest at the end.
    pub waits: u8,
}

/// Visits every state.
pub fn explore_sharing(
    scenario: SharingScenario,
    without: Without,
) -> (usize, Option<(SharingFinding, Vec<SharingMove>)>) {
    let start = Place::new(scenario, without);
    let moves = all_moves(scenario);
    let (mut visited, mut rested) = (PrintSet::default(), PrintSet::default());
    visited.insert(start.print());
    let mut stack = vec![(start, moves.clone())];
    let mut path = Vec::new();
    while let Some((place, left)) = stack.last_mut() {
        let Some(step) = left.pop() else {
            stack.pop();
            path.pop();
            continue;
        };
        let Some(next) = place.after(step) else { continue };
        if !visited.insert(next.print()) {
            continue;
        }
        path.push(step);
        if let Some(finding) = next.wrong.or_else(|| next.at_rest(&mut rested)) {
            return (visited.len(), Some((finding, path)));
        }
        stack.push((next, moves.clone()));
    }
    (visited.len(), None)
}

fn all_moves(scenario: SharingScenario) -> Vec<SharingMove> {
    let claims = 0..scenario.claims;
    let mut moves = vec![SharingMove::Revoke, SharingMove::StepGuest, SharingMove::Sync(place::GUEST)];
    moves.extend(claims.clone().flat_map(|c| [SharingMove::Delete(c), SharingMove::Vanish(c)]));
    moves.extend(claims.clone().skip(1).map(SharingMove::Flip));
    if scenario.late > 0 {
        moves.push(SharingMove::Arrive);
        moves.extend(claims.clone().map(SharingMove::StepLate));
    }
    moves.extend((scenario.waits > 0).then_some(SharingMove::Wait));
    moves.extend(claims.flat_map(|c| [SharingMove::Sync(c), SharingMove::Step(c)]));
    moves
}
