//! A small world of its own: two addresses that come to be one user, and a Guest for each. Two processes decide, each for one claim,
//! on views of the Guests that may be old; the older Guest is to keep the user, and the other one to become its alias. What two
//! processes do for the same claim is the large world's part.

mod place;
mod rest;
mod seen;
mod steps;

use crate::print::PrintSet;
use place::Place;

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BindingFinding {
    /// A claim ended the user whom the older Guest has for a claim that stands.
    EndedTheOthers,
    /// Two Guests act on one user at rest, or none does.
    NotOne,
    /// Nothing comes to rest.
    Restless,
}

/// A move: of the world, or of one process for one claim or Guest.
#[derive(Clone, Copy, Debug)]
pub enum BindingMove {
    /// The process sees the Guest as it is.
    Sync(usize, usize),
    /// A step for the claim.
    Step(usize, usize),
    /// A step for the Guest itself.
    StepGuest(usize, usize),
    /// An administrator makes the second address the mail of the first address's user.
    Merge,
    /// Somebody deletes the claim.
    Delete(usize),
}

/// Visits every state; without `last_look` nobody reads the Guests of a user live before ending them.
pub fn explore_binding(last_look: bool) -> (usize, Option<(BindingFinding, Vec<BindingMove>)>) {
    let start = Place {
        claims: Default::default(),
        guests: Default::default(),
        users: Vec::new(),
        views: Default::default(),
        passes: Default::default(),
        made: 0,
        merges: 1,
        deletes: 1,
        wrong: None,
    };
    let mut visited = PrintSet::default();
    visited.insert(start.print());
    let mut stack = vec![(start.clone(), all_moves())];
    let mut path = Vec::new();
    while let Some((place, moves)) = stack.last_mut() {
        let Some(step) = moves.pop() else {
            stack.pop();
            path.pop();
            continue;
        };
        let Some(next) = place.after(step, last_look) else { continue };
        if !visited.insert(next.print()) {
            continue;
        }
        path.push(step);
        if let Some(finding) = next.wrong.clone().or_else(|| next.at_rest(last_look)) {
            return (visited.len(), Some((finding, path)));
        }
        stack.push((next, all_moves()));
    }
    (visited.len(), None)
}

fn all_moves() -> Vec<BindingMove> {
    let both = || (0..2).flat_map(|p| (0..2).map(move |c| (p, c)));
    let mut moves = vec![BindingMove::Merge, BindingMove::Delete(0), BindingMove::Delete(1)];
    moves.extend(both().map(|(p, c)| BindingMove::Sync(p, c)));
    moves.extend((0..2).flat_map(|p| [BindingMove::StepGuest(p, p), BindingMove::Step(p, p)]));
    moves
}
