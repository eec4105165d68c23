//! Everything that can happen next in the model's world, and what it does.

use std::rc::Rc;

use super::mutations::Mutation;
use super::print::Printed;
use super::process::{act, end_pass, hold, read, sync};
use super::world::{AnswerKey, Asks, Flight, LAG, ModelUser, Object, PostKey, Spec, TIMEOUT, World};
use crate::api::AttemptKind;
use crate::plan::{Ledger, Record};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Time passes for everybody: also how a pause is made.
    Tick,
    /// The directory's reads catch up.
    Replicate,
    /// Process takes one step.
    Step(usize),
    /// The process finds the tenant in trouble and only reports.
    Hold(usize),
    /// Process takes one step; the API server does the write and its answer is lost.
    StepWriteAnswerLost(usize),
    /// The watch brings the process up to date.
    Sync(usize),
    /// Graph does the request.
    Work(usize),
    /// Graph answers 429.
    Throttle(usize),
    /// The answer arrives.
    Deliver(usize),
    /// The request or its answer is lost, or the client's time is up.
    Lose(usize),
    /// Graph does a dead process's request.
    WorkOrphan,
    Crash(usize),
    Restart(usize),
    Delete,
    Create,
    /// The guest accepts.
    Accept,
    /// An administrator deletes the guest's user.
    Leave,
    /// Somebody sets `spec.suspend`, or takes it back.
    Suspend,
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
        match &process.flight {
            Some(Flight { answer: Some(_), .. }) => moves.extend([Move::Deliver(p), Move::Lose(p)]),
            Some(flight) => {
                if world.now - flight.left <= TIMEOUT {
                    moves.extend([Move::Work(p), Move::Throttle(p)]);
                }
                moves.push(Move::Lose(p));
            }
            None if process.view.is_some() => {
                moves.extend([Move::Step(p), Move::Hold(p), Move::StepWriteAnswerLost(p)])
            }
            None => {}
        }
        if process.view != world.object {
            moves.push(Move::Sync(p));
        }
        moves.push(Move::Crash(p));
    }
    if !world.orphans.is_empty() {
        moves.push(Move::WorkOrphan);
    }
    if world.user.as_ref().is_some_and(|user| !user.shown) {
        moves.push(Move::Replicate);
    }
    match &world.object {
        Some(object) if object.deleting.is_none() => moves.push(Move::Delete),
        // Who comes back after their user was deleted is invited once more, as is right.
        None if world.asks != Asks::Visit => moves.push(Move::Create),
        _ => {}
    }
    if world.user.as_ref().is_some_and(|user| user.accepted.is_none()) && world.budget.accepts > 0 {
        moves.push(Move::Accept);
    }
    if world.user.is_some() && world.budget.leaves > 0 {
        moves.push(Move::Leave);
    }
    if let Some(object) = &world.object
        && world.budget.edits > 0
    {
        moves.push(Move::Suspend);
        if !object.spec.once_more {
            moves.push(Move::AskOnceMore);
        }
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

/// The world after `step`, or nothing when it cannot happen or changes nothing.
pub fn after(world: &World, step: Move, mutation: Option<Mutation>) -> Option<World> {
    let mut next = world.clone();
    match step {
        Move::Tick => {
            next.now += 1;
            next.orphans.retain(|flight| next.now - flight.left <= TIMEOUT);
        }
        Move::Replicate => next.user.as_mut()?.shown = true,
        Move::Step(p) => act(&mut next, p, mutation, false)?,
        Move::Hold(p) => hold(&mut next, p, mutation)?,
        Move::StepWriteAnswerLost(p) => {
            next.budget.lost = next.budget.lost.checked_sub(1)?;
            act(&mut next, p, mutation, true)?;
        }
        Move::Sync(p) => sync(&mut next, p, mutation),
        Move::Work(p) => {
            let mut flight = next.processes[p].flight.clone()?;
            work(&mut next, &mut flight);
            next.process(p).flight = Some(flight);
        }
        Move::Throttle(p) => {
            next.budget.throttled = next.budget.throttled.checked_sub(1)?;
            next.process(p).flight.as_mut()?.answer = Some(AnswerKey::NotSent);
        }
        Move::Deliver(p) => {
            let flight = next.process(p).flight.take()?;
            next.process(p).answer = Some((flight.post, flight.answer?));
        }
        Move::Lose(p) => {
            let flight = next.process(p).flight.take()?;
            if next.now - flight.left < TIMEOUT || flight.answer.is_some() {
                next.budget.lost = next.budget.lost.checked_sub(1)?;
            }
            // A mail to whom an administrator had just deleted makes another, whom then nothing names.
            next.unheard |= next.left && matches!(flight.post, PostKey::Send(_, AttemptKind::Resend));
            let answer =
                if mutation == Some(Mutation::RetryAfterLostAnswer) { AnswerKey::NotSent } else { AnswerKey::Lost };
            next.process(p).answer = Some((flight.post, answer));
        }
        Move::WorkOrphan => {
            let mut flight = next.orphans.pop()?;
            work(&mut next, &mut flight);
        }
        Move::Crash(p) => {
            next.budget.crashes = next.budget.crashes.checked_sub(1)?;
            let process = next.process(p);
            let now = world.now;
            let workable = |flight: &Flight| flight.answer.is_none() && now - flight.left <= TIMEOUT;
            if let Some(flight) = process.flight.take().filter(workable) {
                next.orphans.push(flight);
            }
            let process = next.process(p);
            process.alive = false;
            process.view = None;
            process.ledger = Rc::new(Printed::new(Ledger::default()));
            process.unwitnessed = false;
            process.ticket = None;
            process.unwritten_asked_at = None;
            process.answer = None;
            end_pass(&mut next, p);
        }
        Move::Restart(p) => {
            next.process(p).alive = true;
            // What a list shows may hide sends that this process did not live to see.
            next.process(p).unwitnessed = mutation != Some(Mutation::BelieveAfterRestart);
            next.deleted = next.deleted.filter(|_| next.processes.iter().any(|process| process.view.is_some()));
            let object = next.object.clone();
            read(&mut next, p, object.as_deref(), mutation);
            next.process(p).view = object;
        }
        Move::Delete => {
            next.budget.deletes = next.budget.deletes.checked_sub(1)?;
            let object = next.object.take()?;
            if object.finalizer {
                let version = next.next_version;
                next.object = Some(Rc::new(Object { version, deleting: Some(next.now), ..(*object).clone() }));
                next.next_version += 1;
            } else {
                next.deleted = Some(object);
            }
        }
        Move::Suspend => {
            next.budget.edits = next.budget.edits.checked_sub(1)?;
            edit(&mut next, |spec| spec.suspended = !spec.suspended)?;
        }
        Move::AskOnceMore => {
            next.budget.edits = next.budget.edits.checked_sub(1)?;
            edit(&mut next, |spec| spec.once_more = true)?;
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
        Move::Create => {
            let (uid, version) = (next.next_uid, next.next_version);
            let record = Printed::new(Record::default());
            next.object =
                Some(Rc::new(Object { uid, version, record, finalizer: false, deleting: None, spec: Spec::default() }));
            next.next_uid += 1;
            next.next_version += 1;
        }
    }
    Some(next)
}

fn edit(world: &mut World, change: impl FnOnce(&mut Spec)) -> Option<()> {
    let mut object = (**world.object.as_ref()?).clone();
    change(&mut object.spec);
    object.version = world.next_version;
    world.next_version += 1;
    world.object = Some(Rc::new(object));
    Some(())
}
fn work(world: &mut World, flight: &mut Flight) {
    let now = world.now;
    world.unheard |= world.asks == Asks::Visit && world.user.is_none() && is_unheard(world, flight);
    let nth = world.users;
    world.users += u8::from(world.user.is_none());
    let user = world.user.get_or_insert(ModelUser { nth, created: now, shown: false, accepted: None });
    let mails =
        matches!(flight.post, PostKey::Send(_, AttemptKind::Invite | AttemptKind::Resend | AttemptKind::Reminder));
    // A decision is a tick old at most when its request leaves, and it begins with a look.
    let known = user.accepted.is_some_and(|accepted| accepted + 1 < flight.left);
    world.accepted_mailed |= mails && known;
    if mails {
        world.mails += 1;
    }
    flight.answer = Some(AnswerKey::Done(now, user.nth));
}

/// A question that left after the deletion, or any request for an attempt that another process has settled by now.
fn is_unheard(world: &World, flight: &Flight) -> bool {
    let object = world.object.as_ref();
    let open = object.and_then(|object| object.record.invitation.attempt.as_ref());
    let (PostKey::Ask(attempt) | PostKey::Send(attempt, _)) = &flight.post;
    let asked_late = matches!(flight.post, PostKey::Ask(_)) && flight.unheard;
    asked_late || open.is_none_or(|open| open.id != *attempt)
}
