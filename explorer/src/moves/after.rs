//! What a move does.

use super::Move;
use super::graph::{lose, work};
use super::people::by_people;
use crate::act::{act, act_late, act_on_guest, sync, sync_guest, work_late};
use crate::model::{At, Model};
use crate::world::World;
use crate::world::clock::TIMEOUT;
use crate::world::pass::{AnswerKey, Flight, ModelPass};

/// The world after `step`, or nothing when it cannot happen or changes nothing.
pub fn after(world: &World, step: Move, model: &mut Model) -> Option<World> {
    let mut next = *world;
    match step {
        Move::Tick => {
            next.now += 1;
            let now = next.now;
            next.orphans.retain(|flight| now - flight.left <= TIMEOUT);
            next.late.take_if(|late| now - late.left > TIMEOUT);
        }
        Move::Replicate => next.user.as_mut()?.shown = true,
        Move::Step(here) => act(&mut next, here, model, false)?,
        Move::StepGuest(p) => act_on_guest(&mut next, p, model)?,
        Move::StepWriteAnswerLost(here) => {
            next.budget.lost = next.budget.lost.checked_sub(1)?;
            act(&mut next, here, model, true)?;
        }
        Move::Sync(here) => sync(&mut next, here),
        Move::SyncGuest(p) => sync_guest(&mut next, p),
        Move::SyncRules(p) => next.processes[p].rules = next.rules,
        Move::Work(At(p, c)) => {
            let mut flight = next.pass(p, c).flight?;
            work(&mut next, &mut flight, model);
            next.pass(p, c).flight = Some(flight);
        }
        Move::Throttle(At(p, c)) => {
            next.budget.throttled = next.budget.throttled.checked_sub(1)?;
            next.pass(p, c).flight.as_mut()?.answer = Some(AnswerKey::NotSent);
        }
        Move::Deliver(At(p, c)) => {
            let flight = next.pass(p, c).flight.take()?;
            next.pass(p, c).answer = Some((flight.post, flight.answer?));
        }
        Move::Lose(here) => lose(&mut next, here, model)?,
        Move::WorkOrphan => {
            let mut flight = next.orphans.pop()?;
            work(&mut next, &mut flight, model);
        }
        Move::StepLate(here) => {
            next.budget.late = next.budget.late.checked_sub(1)?;
            act_late(&mut next, here, model)?;
        }
        Move::WorkLate => {
            let late = next.late.take()?;
            work_late(&mut next, late.work);
        }
        Move::Crash(p) => {
            next.budget.crashes = next.budget.crashes.checked_sub(1)?;
            crash(&mut next, p);
        }
        Move::Restart(p) => restart(&mut next, p),
        _ => by_people(&mut next, step, model)?,
    }
    Some(next)
}

/// What it has asked Graph for may still be done.
fn crash(world: &mut World, p: usize) {
    let process = &mut world.processes[p];
    for pass in &mut process.passes {
        let workable = |flight: &Flight| flight.answer.is_none() && world.now - flight.left <= TIMEOUT;
        pass.flight.filter(workable).into_iter().for_each(|flight| world.orphans.push(flight));
        *pass = ModelPass::default();
    }
    process.views = Default::default();
    process.alive = false;
    process.guest = None;
}

fn restart(world: &mut World, p: usize) {
    let process = &mut world.processes[p];
    (process.alive, process.passes) = (true, Default::default());
    (process.views, process.guest, process.rules) = (world.claims, world.guest, world.rules);
}
