//! The way to a finding, told: each move with the step that it made, and the Guest where it was written.

use super::moves::{Move, after};
use super::mutations::Mutation;
use super::process::At;
use super::world::{TIMING, World, at};
use crate::api::GuestRecord;
use crate::plan::{Decision, Step, plan};

/// How many moves are told at most: the last ones of a way without end.
pub const TOLD: usize = 60;

/// Prints the way of `moves` from `start` on.
pub fn tell(start: &World, moves: &[Move], mutation: Option<Mutation>) -> World {
    let mut world = start.clone();
    for (nth, step) in moves.iter().enumerate() {
        let Some(next) = after(&world, *step, mutation) else { break };
        if nth + TOLD >= moves.len() {
            tell_one(&world, *step, &next);
        }
        world = next;
    }
    world
}

/// Prints one move.
pub fn tell_one(world: &World, step: Move, next: &World) {
    println!("{:>2} {step:?}{}", world.now, decided(world, step));
    if next.record() != world.record() {
        println!("   Guest: {}", next.record().map_or("none".into(), short));
    }
}

/// A record without what is empty.
fn short(record: &GuestRecord) -> String {
    serde_json::to_string(record).unwrap_or_default()
}

/// What the decision says to a process that takes a step for a claim.
fn decided(world: &World, step: Move) -> String {
    let (Move::Step(At(p, c)) | Move::StepWriteAnswerLost(At(p, c))) = step else { return String::new() };
    let Some((desired, record, observed)) = world.seen_by(p, c) else { return String::new() };
    let (desired, record, observed) = (&desired, &record, &observed);
    match plan(Decision { desired, record, observed, now: at(world.now), timing: &TIMING }) {
        Step::Write { why, .. } => format!(" for uid {}: write, {why:?} ({:?})", desired.uid, observed.standing),
        step => format!(" for uid {}: {step:?} ({:?})", desired.uid, observed.standing),
    }
}
