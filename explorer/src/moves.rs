//! Everything that can happen next in the model's world, and what it does.

use std::rc::Rc;

use super::mutations::Mutation;
use super::process::{At, act, act_on_guest, hold, is_unheard, mails, sync, sync_guest};
use super::world::{
    AnswerKey, Asks, CLAIMS, Flight, LAG, ModelPass, ModelUser, Object, PostKey, Rival, Spec, TIMEOUT, World,
};
use crate::api::AttemptKind;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Time passes for everybody: also how a pause is made.
    Tick,
    /// The directory's reads catch up.
    Replicate,
    /// The process takes one step for the claim.
    Step(At),
    /// The process takes one step for the Guest itself.
    StepGuest(usize),
    /// The process meets the breaker.
    Hold(At),
    /// The process takes one step; the API server does the write and its answer is lost.
    StepWriteAnswerLost(At),
    /// The watch brings the process up to date with the claim.
    Sync(At),
    /// The watch brings the process up to date with the Guest.
    SyncGuest(usize),
    /// Graph does the request.
    Work(At),
    /// Graph answers 429.
    Throttle(At),
    /// The answer arrives.
    Deliver(At),
    /// The request or its answer is lost, or the client's time is up.
    Lose(At),
    /// Graph does a dead process's request.
    WorkOrphan,
    Crash(usize),
    Restart(usize),
    Delete(usize),
    /// The claim disappears without being deleted.
    Vanish(usize),
    Create(usize),
    /// The guest accepts.
    Accept,
    /// An administrator deletes the guest's user.
    Leave,
    /// Somebody sets `spec.suspend`, or takes it back.
    Suspend(usize),
    /// Somebody lets the access end: `accessUntil` has passed.
    End(usize),
    /// Somebody asks for one more mail.
    AskOnceMore,
}

/// The moves that are possible in `world`.
pub fn possible(world: &World, horizon: u8) -> Vec<Move> {
    let mut moves = Vec::new();
    for p in 0..if world.alone { 1 } else { 2 } {
        let process = &world.processes[p];
        if !process.alive {
            moves.push(Move::Restart(p));
            continue;
        }
        for c in 0..CLAIMS {
            moves_of_claim(world, At(p, c), &mut moves);
        }
        if process.guest.as_ref().map(|guest| guest.version) != world.guest.as_ref().map(|guest| guest.version) {
            moves.push(Move::SyncGuest(p));
        }
        if process.guest.is_some() {
            moves.push(Move::StepGuest(p));
        }
        moves.push(Move::Crash(p));
    }
    if !world.orphans.is_empty() {
        moves.push(Move::WorkOrphan);
    }
    if world.user.as_ref().is_some_and(|user| !user.shown) {
        moves.push(Move::Replicate);
    }
    for c in 0..CLAIMS {
        match &world.claims[c] {
            Some(object) if object.deleting.is_none() => moves.extend([Move::Delete(c), Move::Vanish(c)]),
            // Who comes back after their user was deleted is another story.
            None if is_made_again(world, c) => moves.push(Move::Create(c)),
            _ => {}
        }
    }
    if world.user.as_ref().is_some_and(|user| user.accepted.is_none()) && world.budget.accepts > 0 {
        moves.push(Move::Accept);
    }
    if world.user.is_some() && world.budget.leaves > 0 {
        moves.push(Move::Leave);
    }
    if world.budget.edits > 0 {
        moves.extend((0..CLAIMS).filter(|c| world.claims[*c].is_some()).map(Move::Suspend));
        if world.claims[0].as_ref().is_some_and(|object| !object.spec.once_more) {
            moves.push(Move::AskOnceMore);
        }
    }
    if world.budget.ends > 0 {
        moves.extend((0..CLAIMS).filter(|c| world.claims[*c].is_some()).map(Move::End));
    }
    // Whoever is to be off-boarded shows in time; somebody who never shows nobody could find.
    let overdue = |user: &ModelUser| {
        !user.shown && world.asks == Asks::Visit && user.created > 0 && world.now - user.created >= LAG
    };
    if world.now < horizon && !world.user.as_ref().is_some_and(overdue) {
        moves.push(Move::Tick);
    }
    moves
}

/// Whether somebody makes the claim anew: after a deletion by the story's own budget, after it vanished in any case.
fn is_made_again(world: &World, c: usize) -> bool {
    match (c, world.rival) {
        (0, _) => world.asks != Asks::Visit || world.vanished || world.budget.creates > 0,
        (_, Rival::Renamed) => world.budget.creates > 0,
        _ => false,
    }
}

fn moves_of_claim(world: &World, here: At, moves: &mut Vec<Move>) {
    let At(p, c) = here;
    let process = &world.processes[p];
    match &process.passes[c].flight {
        Some(Flight { answer: Some(_), .. }) => moves.extend([Move::Deliver(here), Move::Lose(here)]),
        Some(flight) => {
            if world.now - flight.left <= TIMEOUT {
                moves.extend([Move::Work(here), Move::Throttle(here)]);
            }
            moves.push(Move::Lose(here));
        }
        None if process.views[c].is_some() => {
            moves.extend([Move::Step(here), Move::Hold(here), Move::StepWriteAnswerLost(here)]);
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
    let uid = |object: &Option<Rc<Object>>| object.as_ref().map(|object| object.uid);
    let pass = &process.passes[c];
    (pass.ticket.is_some() || pass.answer.is_some() || pass.flight.is_some())
        && uid(&process.views[c]) != uid(&world.claims[c])
}

/// The world after `step`, or nothing when it cannot happen or changes nothing.
pub fn after(world: &World, step: Move, mutation: Option<Mutation>) -> Option<World> {
    let mut next = world.clone();
    match step {
        Move::Tick => {
            next.now += 1;
            next.orphans.retain(|flight| next.now - flight.left <= TIMEOUT);
        }
        Move::Replicate => next.user.as_mut()?.shown = true,
        Move::Step(here) => act(&mut next, here, mutation, false)?,
        Move::StepGuest(p) => act_on_guest(&mut next, p, mutation)?,
        Move::Hold(here) => hold(&mut next, here, mutation)?,
        Move::StepWriteAnswerLost(here) => {
            next.budget.lost = next.budget.lost.checked_sub(1)?;
            act(&mut next, here, mutation, true)?;
        }
        Move::Sync(here) => sync(&mut next, here),
        Move::SyncGuest(p) => sync_guest(&mut next, p),
        Move::Work(At(p, c)) => {
            let mut flight = next.processes[p].passes[c].flight.clone()?;
            work(&mut next, &mut flight);
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
        Move::Lose(At(p, c)) => {
            let flight = next.pass(p, c).flight.take()?;
            if next.now - flight.left < TIMEOUT || flight.answer.is_some() {
                next.budget.lost = next.budget.lost.checked_sub(1)?;
            }
            // A mail to whom an administrator had just deleted makes another, whom then nothing names.
            next.unheard |= next.left && matches!(flight.post, PostKey::Send(_, AttemptKind::Resend));
            let answer =
                if mutation == Some(Mutation::RetryAfterLostAnswer) { AnswerKey::NotSent } else { AnswerKey::Lost };
            next.pass(p, c).answer = Some((flight.post, answer));
        }
        Move::WorkOrphan => {
            let mut flight = next.orphans.pop()?;
            work(&mut next, &mut flight);
        }
        Move::Crash(p) => {
            next.budget.crashes = next.budget.crashes.checked_sub(1)?;
            let now = world.now;
            let workable = |flight: &Flight| flight.answer.is_none() && now - flight.left <= TIMEOUT;
            for c in 0..CLAIMS {
                let pass = std::mem::take(next.pass(p, c));
                next.orphans.extend(pass.flight.filter(workable));
                next.process(p).views[c] = None;
            }
            let process = next.process(p);
            process.alive = false;
            process.guest = None;
        }
        Move::Restart(p) => {
            let (claims, guest) = (next.claims.clone(), next.guest.clone());
            let process = next.process(p);
            process.alive = true;
            process.views = claims;
            process.guest = guest;
            process.passes = [ModelPass::default(), ModelPass::default()];
        }
        Move::Delete(c) => {
            next.budget.deletes = next.budget.deletes.checked_sub(1)?;
            let object = next.claims[c].take()?;
            if object.finalizer {
                let version = next.next_version;
                next.claims[c] = Some(Rc::new(Object { version, deleting: Some(next.now), ..(*object).clone() }));
                next.next_version += 1;
            }
            forget_the_guest(&mut next, mutation);
        }
        Move::Vanish(c) => {
            next.budget.vanishes = next.budget.vanishes.checked_sub(1)?;
            let object = next.claims[c].take()?;
            next.vanished = true;
            if mutation == Some(Mutation::TakeAbsenceForDeletion) {
                let object = Object { deleting: Some(next.now), finalizer: true, ..(*object).clone() };
                next.processes.iter_mut().for_each(|process| {
                    Rc::make_mut(process).views[c] = Some(Rc::new(object.clone()));
                });
            }
            forget_the_guest(&mut next, mutation);
        }
        Move::Suspend(c) => {
            next.budget.edits = next.budget.edits.checked_sub(1)?;
            edit(&mut next, c, |spec| spec.suspended = !spec.suspended)?;
        }
        Move::End(c) => {
            next.budget.ends = next.budget.ends.checked_sub(1)?;
            edit(&mut next, c, |spec| spec.ended = true)?;
        }
        Move::AskOnceMore => {
            next.budget.edits = next.budget.edits.checked_sub(1)?;
            edit(&mut next, 0, |spec| spec.once_more = true)?;
        }
        Move::Accept => {
            next.budget.accepts = next.budget.accepts.checked_sub(1)?;
            next.user.as_mut()?.accepted = Some(world.now);
        }
        Move::Leave => {
            next.budget.leaves = next.budget.leaves.checked_sub(1)?;
            next.removed.push(next.user.take()?);
            next.left = true;
        }
        Move::Create(c) => {
            next.budget.creates = next.budget.creates.saturating_sub(1);
            let (uid, version) = (next.next_uid, next.next_version);
            next.claims[c] =
                Some(Rc::new(Object { uid, version, finalizer: false, deleting: None, spec: Spec::default() }));
            next.next_uid += 1;
            next.next_version += 1;
        }
    }
    Some(next)
}

/// Under a mutation only: the record of a person goes with the claim.
fn forget_the_guest(world: &mut World, mutation: Option<Mutation>) {
    if mutation == Some(Mutation::ForgetTheGuest) {
        world.guest = None;
    }
}

fn edit(world: &mut World, c: usize, change: impl FnOnce(&mut Spec)) -> Option<()> {
    let mut object = (**world.claims[c].as_ref()?).clone();
    change(&mut object.spec);
    object.version = world.next_version;
    world.next_version += 1;
    world.claims[c] = Some(Rc::new(object));
    Some(())
}

fn work(world: &mut World, flight: &mut Flight) {
    let now = world.now;
    world.unheard |= world.user.is_none() && is_unheard(world, flight);
    let nth = world.users;
    world.users += u8::from(world.user.is_none());
    let user = world.user.get_or_insert(ModelUser { nth, created: now, shown: false, accepted: None });
    // A decision is a tick old at most when its request leaves, and it begins with a look.
    let known = user.accepted.is_some_and(|accepted| accepted + 1 < flight.left);
    flight.answer = Some(AnswerKey::Done(now, user.nth));
    if mails(&flight.post) {
        world.accepted_mailed |= known;
        world.mails += 1;
    }
}
