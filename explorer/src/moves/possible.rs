//! Which moves are possible.

use super::Move;
use crate::model::At;
use crate::world::clock::{LAG, TIMEOUT};
use crate::world::objects::ModelUser;
use crate::world::pass::Flight;
use crate::world::setting::Rival;
use crate::world::{CLAIMS, PROCESSES, World};

/// Adds the moves that are possible in `world`.
pub fn possible(world: &World, horizon: u8, moves: &mut Vec<Move>) {
    for p in 0..if world.setting.alone { 1 } else { PROCESSES } {
        of_process(world, p, moves);
    }
    if !world.orphans.is_empty() {
        moves.push(Move::WorkOrphan);
    }
    if world.late.is_some() {
        moves.push(Move::WorkLate);
    }
    if world.user.is_some_and(|user| !user.shown) {
        moves.push(Move::Replicate);
    }
    of_people(world, moves);
    // Whoever is to be off-boarded shows in time; somebody who never shows nobody could find.
    let overdue = |user: ModelUser| {
        !user.shown && world.setting.asks.ends() && user.created > 0 && world.now - user.created >= LAG
    };
    if world.now < horizon && !world.user.is_some_and(overdue) {
        moves.push(Move::Tick);
    }
}

fn of_process(world: &World, p: usize, moves: &mut Vec<Move>) {
    let process = &world.processes[p];
    if !process.alive {
        moves.push(Move::Restart(p));
        return;
    }
    for c in 0..CLAIMS {
        of_claim(world, At(p, c), moves);
    }
    if process.guest.map(|guest| guest.version) != world.guest.map(|guest| guest.version) {
        moves.push(Move::SyncGuest(p));
    }
    if process.rules != world.rules {
        moves.push(Move::SyncRules(p));
    }
    if process.guest.is_some() {
        moves.push(Move::StepGuest(p));
    }
    if world.budget.crashes > 0 {
        moves.push(Move::Crash(p));
    }
}

fn of_claim(world: &World, here: At, moves: &mut Vec<Move>) {
    let At(p, c) = here;
    let process = &world.processes[p];
    match &process.passes[c].flight {
        Some(Flight { answer: Some(_), .. }) => moves.extend([Move::Deliver(here), Move::Lose(here)]),
        Some(flight) => {
            if world.now - flight.left <= TIMEOUT {
                moves.push(Move::Work(here));
                moves.extend((world.budget.throttled > 0).then_some(Move::Throttle(here)));
            }
            moves.push(Move::Lose(here));
        }
        None if process.views[c].is_some() => {
            moves.push(Move::Step(here));
            moves.extend((world.budget.lost > 0).then_some(Move::StepWriteAnswerLost(here)));
            moves.extend((world.budget.late > 0).then_some(Move::StepLate(here)));
        }
        None => {}
    }
    if process.views[c] != world.claims[c] && !is_in_a_pass(world, here) {
        moves.push(Move::Sync(here));
    }
}

/// Whether the process has begun a send for a claim that is gone by now. It goes on until the outcome is on record.
fn is_in_a_pass(world: &World, At(p, c): At) -> bool {
    let process = &world.processes[p];
    let pass = &process.passes[c];
    (pass.ticket.is_some() || pass.answer.is_some() || pass.flight.is_some())
        && process.views[c].map(|view| view.uid) != world.claims[c].map(|claim| claim.uid)
}

/// What people do, and the guest, and administrators of the directory.
fn of_people(world: &World, moves: &mut Vec<Move>) {
    let budget = &world.budget;
    let all = || (0..CLAIMS).filter(|c| world.claims[*c].is_some());
    for c in 0..CLAIMS {
        match &world.claims[c] {
            Some(object) if object.deleting.is_none() => {
                moves.extend((budget.deletes > 0).then_some(Move::Delete(c)));
                moves.extend((budget.vanishes > 0).then_some(Move::Vanish(c)));
            }
            // Who comes back after their user was deleted is another story.
            None if is_made_again(world, c) => moves.push(Move::Create(c)),
            _ => {}
        }
    }
    if world.user.is_some_and(|user| user.accepted.is_none()) && budget.accepts > 0 {
        moves.push(Move::Accept);
    }
    if world.user.is_some() && budget.leaves > 0 {
        moves.push(Move::Leave);
    }
    if world.user.is_some() && budget.switches > 0 {
        moves.push(Move::Switch);
    }
    if budget.edits > 0 {
        moves.extend(all().map(Move::Suspend));
        if world.claims[0].is_some_and(|object| !object.spec.once_more) {
            moves.push(Move::AskOnceMore);
        }
    }
    if budget.ends > 0 {
        moves.extend(all().map(Move::End));
    }
    if budget.hardens > 0 {
        // Admission refuses a policy that the rules do not allow.
        let harder = |c: &usize| world.claims[*c].is_some_and(|claim| claim.spec.retains) && world.rules[*c];
        moves.extend(all().filter(harder).map(Move::Harden));
    }
    if budget.rules > 0 {
        moves.extend(all().map(Move::Rule));
    }
    if budget.approvals > 0 {
        moves.extend(all().map(Move::Approve));
    }
}

/// Whether somebody makes the claim anew: after a deletion by the story's own budget, after it vanished in any case.
fn is_made_again(world: &World, c: usize) -> bool {
    match (c, world.setting.rival) {
        (0, _) => !world.setting.asks.ends() || world.vanished || world.budget.creates > 0,
        (_, Rival::Renamed) => world.budget.creates > 0,
        _ => false,
    }
}
