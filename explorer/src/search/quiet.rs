//! Faults stop: everybody runs, the directory catches up, what was held is let go, and time passes until nothing moves any more.

use super::endings::{Ending, desired, ending_of, stays_suspended};
use super::story::tell_one;
use crate::finding::Finding;
use crate::model::{At, Deed, Model};
use crate::moves::{Move, after, possible};
use crate::print::{ByPrint, Print};
use crate::world::pass::ModelPass;
use crate::world::setting::Budget;
use crate::world::{CLAIMS, PROCESSES, World};

/// When all that waits for time is over.
const LAST: u8 = 21;

/// More moves than it takes to come to rest.
const RESTLESS: usize = 3_000;

/// The endings that are known. What happens next depends on the world alone, so where two ways meet the ending is known.
#[derive(Default)]
pub struct Quiet {
    endings: ByPrint<Ending>,
    moves: Vec<Move>,
}

impl Quiet {
    /// How it ends from `world`, which has this fingerprint but for what may still happen.
    pub fn ending(&mut self, world: &World, print: Print, model: &mut Model) -> Ending {
        let mut world = World { budget: Budget::default(), ..*world };
        let mut met = vec![print];
        let mut ending = self.endings.get(&print).copied();
        while ending.is_none() {
            match self.next(&world, model) {
                None => ending = Some(ending_of(&world, model)),
                Some((_, next)) => {
                    let print = next.prints().0;
                    ending = self.endings.get(&print).copied();
                    let record = |world: &World| world.guest.map(|guest| guest.record);
                    let endless = met.len() > RESTLESS || world.now == LAST && record(&next) != record(&world);
                    let second = (next.mails > desired(&next)).then_some(Finding::SecondMail);
                    let wrong = next.wrong.or(second).or(endless.then_some(Finding::Endless));
                    ending = ending.or(wrong.map(Ending::Wrong));
                    met.push(print);
                    world = next;
                }
            }
        }
        let ending = ending.unwrap_or(Ending::Wrong(Finding::Endless));
        self.endings.extend(met.into_iter().map(|print| (print, ending)));
        ending
    }

    /// What happens next, once faults have stopped; nothing at rest.
    fn next(&mut self, world: &World, model: &mut Model) -> Option<(Move, World)> {
        let world = &World { budget: allowance(world), ..*world };
        self.moves.clear();
        possible(world, LAST, &mut self.moves);
        let moves = &self.moves;
        let after = |step: Move, model: &mut Model| {
            let next = if moves.contains(&step) { quietly(world, step, model)? } else { return None };
            Some((step, World { budget: Budget::default(), ..next }))
        };
        let released = released(world).find_map(|step| after(step, model));
        released.or_else(|| in_turn(world).find_map(|step| after(step, model)))
    }
}

/// The world after `step`. A pass that has nothing to do is over, and its ticket with it; until the next tick another pass would only do the
/// same again.
fn quietly(world: &World, step: Move, model: &mut Model) -> Option<World> {
    if let Move::Step(here @ At(p, c)) = step
        && world.processes[p].passes[c].answer.is_none()
        && model.decided(world, here).is_some_and(|decided| matches!(decided.deed, Deed::Rest))
    {
        let mut next = *world;
        return next.pass(p, c).ticket.take().map(|_| next);
    }
    let mut next = after(world, step, model)?;
    if step == Move::Tick {
        next.processes.iter_mut().flat_map(|process| &mut process.passes).for_each(ModelPass::end);
    }
    Some(next)
}

/// What people do once faults have stopped: they let go what is held.
fn allowance(world: &World) -> Budget {
    let held = released(world).next().is_some();
    let one = u8::from(held);
    Budget { edits: one, rules: one, approvals: one, ..Budget::default() }
}

fn released(world: &World) -> impl Iterator<Item = Move> {
    let claims = |c: usize| world.claims[c];
    let suspended = (0..CLAIMS).filter(move |c| claims(*c).is_some_and(|claim| claim.spec.suspended));
    let suspended = suspended.filter(|c| !stays_suspended(world, *c)).map(Move::Suspend);
    let refused = (0..CLAIMS).filter(|c| !world.rules[*c]).map(Move::Rule);
    let unapproved = (0..CLAIMS).filter(move |c| claims(*c).is_some_and(|claim| !claim.approved)).map(Move::Approve);
    suspended.chain(refused).chain(unapproved)
}

/// All that goes on by itself, the first that can happen first: what has begun goes on to its end, everybody hears all news before
/// anything else is begun, and time passes when nothing else can happen.
fn in_turn(world: &World) -> impl Iterator<Item = Move> {
    let all = || (0..PROCESSES).flat_map(|p| (0..CLAIMS).map(move |c| At(p, c)));
    let begun = all().filter(|At(p, c)| !world.processes[*p].passes[*c].is_new());
    let news = (0..PROCESSES).flat_map(news);
    let guests = (0..PROCESSES).map(Move::StepGuest);
    begun.flat_map(steps).chain(news).chain(all().flat_map(steps)).chain(guests).chain([Move::Tick])
}

fn news(p: usize) -> impl Iterator<Item = Move> {
    let claims = (0..CLAIMS).map(move |c| Move::Sync(At(p, c)));
    let world = [Move::Create(0), Move::Restart(p), Move::SyncGuest(p), Move::SyncRules(p), Move::Replicate];
    world.into_iter().chain(claims)
}

fn steps(here: At) -> [Move; 3] {
    [Move::Deliver(here), Move::Work(here), Move::Step(here)]
}

/// Prints what happens once faults have stopped.
pub fn tell(mut world: World, model: &mut Model) {
    let mut quiet = Quiet::default();
    for _ in 0..RESTLESS {
        let Some((step, next)) = quiet.next(&world, model) else { break };
        tell_one(&world, step, &next, model);
        world = next;
    }
}
