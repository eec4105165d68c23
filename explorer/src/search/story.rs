//! The way to a finding, told: each move with the step that it made, and the Guest where it was written.

use crate::model::{At, Model};
use crate::moves::{Move, after};
use crate::plan::{Decision, Step, plan};
use crate::world::World;
use crate::world::clock::{TIMING, at};

/// How many moves are told at most: the last ones of a way without end.
pub const TOLD: usize = 60;

/// Prints the way of `moves` from `start` on.
pub fn tell(start: &World, moves: &[Move], model: &mut Model) -> World {
    let mut world = *start;
    for (nth, step) in moves.iter().enumerate() {
        let Some(next) = after(&world, *step, model) else { break };
        if nth + TOLD >= moves.len() {
            tell_one(&world, *step, &next, model);
        }
        world = next;
    }
    world
}

/// Prints one move.
pub fn tell_one(world: &World, step: Move, next: &World, model: &Model) {
    println!("{:>2} {step:?}{}", world.now, decided(world, step, model));
    let record = |world: &World| world.guest.map(|guest| guest.record);
    if record(next) != record(world) {
        let told = record(next).map(|record| serde_json::to_string(&model.records.get(record).record));
        println!("   Guest: {}", told.map_or("none".into(), |told| told.unwrap_or_default()));
    }
}

/// What the decision says to a process that takes a step for a claim, where nothing is bent.
fn decided(world: &World, step: Move, model: &Model) -> String {
    let (Move::Step(At(p, c)) | Move::StepWriteAnswerLost(At(p, c))) = step else { return String::new() };
    let Some((desired, record, observed)) = world.seen_by(p, c, &model.records) else { return String::new() };
    match plan(Decision {
        desired: &desired,
        record: &record,
        observed: &observed,
        now: at(world.now),
        timing: &TIMING,
    }) {
        Step::Write { why, .. } => format!(" for uid {}: write, {why:?} ({:?})", desired.uid, observed.standing),
        step => format!(" for uid {}: {step:?} ({:?})", desired.uid, observed.standing),
    }
}
