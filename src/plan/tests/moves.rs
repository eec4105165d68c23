//! Everything that can happen next in the model's world, and what it does.

use std::rc::Rc;

use super::mutations::Mutation;
use super::world::{
    AnswerKey, Asks, Flight, LAG, Object, PostKey, Printed, Shown, TIMEOUT, TIMING, User, World, address, at,
};
use crate::api::AttemptKind;
use crate::plan::{Ledger, Post, Record, SendAt, Step, Task, Tenant, Ticket, Why, plan};

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
}

/// The moves that are possible in `world`.
pub fn possible(world: &World, horizon: u8) -> Vec<Move> {
    let mut moves = Vec::new();
    for p in 0..2 {
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
    // Whoever is to be off-boarded shows in time; somebody who never shows nobody could find.
    let overdue =
        |user: &User| !user.shown && world.asks == Asks::Visit && user.created > 0 && world.now - user.created >= LAG;
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
            next.processes[p].flight = Some(flight);
        }
        Move::Throttle(p) => {
            next.budget.throttled = next.budget.throttled.checked_sub(1)?;
            next.processes[p].flight.as_mut()?.answer = Some(AnswerKey::NotSent);
        }
        Move::Deliver(p) => {
            let flight = next.processes[p].flight.take()?;
            next.processes[p].answer = Some((flight.post, flight.answer?));
        }
        Move::Lose(p) => {
            let flight = next.processes[p].flight.take()?;
            if next.now - flight.left < TIMEOUT || flight.answer.is_some() {
                next.budget.lost = next.budget.lost.checked_sub(1)?;
            }
            let answer =
                if mutation == Some(Mutation::RetryAfterLostAnswer) { AnswerKey::NotSent } else { AnswerKey::Lost };
            next.processes[p].answer = Some((flight.post, answer));
        }
        Move::WorkOrphan => {
            let mut flight = next.orphans.pop()?;
            work(&mut next, &mut flight);
        }
        Move::Crash(p) => {
            next.budget.crashes = next.budget.crashes.checked_sub(1)?;
            let process = &mut next.processes[p];
            let now = world.now;
            let workable = |flight: &Flight| flight.answer.is_none() && now - flight.left <= TIMEOUT;
            if let Some(flight) = process.flight.take().filter(workable) {
                next.orphans.push(flight);
            }
            let process = &mut next.processes[p];
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
            next.processes[p].alive = true;
            // What a list shows may hide sends that this process did not live to see.
            next.processes[p].unwitnessed = mutation != Some(Mutation::BelieveAfterRestart);
            next.deleted = next.deleted.filter(|_| next.processes.iter().any(|process| process.view.is_some()));
            let object = next.object.clone();
            read(&mut next, p, object.as_deref(), mutation);
            next.processes[p].view = object;
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
        Move::Accept => {
            next.budget.accepts = next.budget.accepts.checked_sub(1)?;
            next.user.as_mut()?.accepted = Some(world.now);
        }
        Move::Create => {
            let (uid, version) = (next.next_uid, next.next_version);
            let record = Printed::new(Record::default());
            next.object = Some(Rc::new(Object { uid, version, record, finalizer: false, deleting: None }));
            next.next_uid += 1;
            next.next_version += 1;
        }
    }
    Some(next)
}

/// When the memory last heard of a send only matters after a day, far beyond the model's time.
const HEARD: jiff::Timestamp = jiff::Timestamp::UNIX_EPOCH;

fn end_pass(world: &mut World, p: usize) {
    world.processes[p].look = None;
    world.processes[p].fetched = None;
    world.processes[p].deleted = None;
}

/// The watch is ordered: the deletion, with the last state, comes before the new resource.
fn sync(world: &mut World, p: usize, mutation: Option<Mutation>) {
    let old = world.processes[p].view.clone();
    if let (Some(old), Some(deleted)) = (&old, world.deleted.clone())
        && world.object.as_ref().is_none_or(|object| object.uid != old.uid)
    {
        read(world, p, Some(&deleted), mutation);
        // What appears by the watch was made in this process's lifetime.
        world.processes[p].unwitnessed = false;
    }
    let object = world.object.clone();
    read(world, p, object.as_deref(), mutation);
    if object.as_ref().map(|object| object.uid) != old.map(|old| old.uid) {
        world.processes[p].ticket = None;
    }
    world.processes[p].view = object;
    end_pass(world, p);
}

fn read(world: &mut World, p: usize, object: Option<&Object>, mutation: Option<Mutation>) {
    if let Some(object) = object
        && mutation != Some(Mutation::ForgetAddresses)
    {
        Rc::make_mut(&mut world.processes[p].ledger)
            .edit(|ledger| ledger.read("t", &address(), &object.uid.to_string(), &object.record, HEARD));
    }
}

fn work(world: &mut World, flight: &mut Flight) {
    let now = world.now;
    world.unheard |= world.user.is_none() && is_unheard(world, flight);
    let user = world.user.get_or_insert(User { created: now, shown: false, accepted: None });
    let mails =
        matches!(flight.post, PostKey::Send(_, AttemptKind::Invite | AttemptKind::Resend | AttemptKind::Reminder));
    // A decision is a tick old at most when its request leaves, and it begins with a look.
    let known = user.accepted.is_some_and(|accepted| accepted + 1 < flight.left);
    world.accepted_mailed |= mails && known;
    if mails {
        world.mails += 1;
    }
    flight.answer = Some(AnswerKey::Done(now));
}

/// A question that left after the deletion, or any request for an attempt that another process has settled by now.
fn is_unheard(world: &World, flight: &Flight) -> bool {
    let object = world.object.as_ref();
    let open = object.and_then(|object| object.record.invitation.attempt.as_ref());
    let since = object.map_or(Some(0), |object| object.deleting);
    let (PostKey::Ask(attempt) | PostKey::Send(attempt, _)) = &flight.post;
    let asked_late = matches!(flight.post, PostKey::Ask(_)) && since.is_some_and(|since| flight.left > since);
    asked_late || open.is_none_or(|open| open.id != *attempt)
}

fn shown(world: &World) -> Option<Shown> {
    world.user.as_ref().filter(|user| user.shown).map(|user| (user.created, user.accepted.is_some()))
}

/// A report writes no decision, but it may give the process's word that nothing was sent before.
fn hold(world: &mut World, p: usize, mutation: Option<Mutation>) -> Option<()> {
    let (wanted, record, mut seen) = world.seen_by(p)?;
    // Whoever meets the breaker begins nothing, and lets nothing go that was begun.
    seen.tenant = Tenant::Ready { send_at: SendAt::Blocked };
    if mutation == Some(Mutation::IgnoreTheBreaker) {
        seen.tenant = Tenant::Ready { send_at: SendAt::Now };
    }
    let blocked = plan(&wanted, &record, &seen, at(world.now), &TIMING);
    if matches!(blocked, Step::Post(Post::Send { .. }) | Step::Write { ticket: Some(_), .. }) {
        world.sent_while_blocked = true;
        return Some(());
    }
    seen.tenant = Tenant::Unready { reason: String::new(), message: String::new() };
    let Step::Rest { why, .. } = plan(&wanted, &record, &seen, at(world.now), &TIMING) else { return None };
    let next = record.clone().attest(&wanted, &seen);
    if next == record {
        return None;
    }
    write(world, p, next, None, &why, mutation, false, None, false)
}

fn act(world: &mut World, p: usize, mutation: Option<Mutation>, answer_lost: bool) -> Option<()> {
    let (mut wanted, mut record, mut seen) = world.seen_by(p)?;
    wanted.finalizer |= mutation == Some(Mutation::MakeUnbound);
    let timing = mutation.map_or(TIMING, |mutation| mutation.timing());
    if let Some(mutation) = mutation {
        mutation.bend(&mut record, &mut seen, &world.processes[p], at(world.now));
    }
    let step = plan(&wanted, &record, &seen, at(world.now), &timing);
    let answered = world.processes[p].answer.take();
    if answer_lost && !matches!(step, Step::Write { .. } | Step::Do(_)) {
        return None;
    }
    match step {
        Step::Queue => unreachable!("the model's tenant is always ready to send"),
        Step::Look => {
            world.processes[p].look = Some((world.now, shown(world)));
        }
        Step::Fetch(_) => {
            world.processes[p].fetched = Some((world.now, shown(world)));
        }
        Step::Write { record, ticket, why } => {
            let sends_now = mutation == Some(Mutation::SendBeforeWriting) && ticket.is_some();
            write(world, p, *record, ticket, &why, mutation, answer_lost, answered, sends_now)?;
        }
        Step::Post(post) => {
            if mutation != Some(Mutation::ActTwice) {
                world.processes[p].ticket = None;
            }
            end_pass(world, p);
            world.processes[p].flight = Some(Flight { post: PostKey::of(&post), left: world.now, answer: None });
        }
        Step::Do(Task::Bind(bound)) => bind(world, p, bound, mutation, answer_lost)?,
        Step::Do(Task::Delete(_)) => delete(world, p, answer_lost),
        // On an old view only: who is to be off-boarded is restored by nobody who knows it.
        Step::Do(Task::Restore(_)) => {
            world.unheard = true;
            world.user = world.removed.take();
            end_pass(world, p);
        }
        Step::Do(task) => unreachable!("nothing is declared that needs {task:?}"),
        Step::Rest { .. } => {
            let process = &world.processes[p];
            let began = process.look.is_some() || process.fetched.is_some() || process.deleted.is_some();
            if !began && answered.is_none() {
                return None;
            }
            end_pass(world, p);
        }
    }
    Some(())
}

/// Puts the finalizer on the resource, or takes it off, under compare-and-swap.
fn bind(world: &mut World, p: usize, bound: bool, mutation: Option<Mutation>, answer_lost: bool) -> Option<()> {
    let view = world.processes[p].view.clone()?;
    if world.object.as_ref().is_none_or(|object| object.version != view.version) {
        sync(world, p, mutation);
        return Some(());
    }
    let object = Rc::new(Object { version: world.next_version, finalizer: bound, ..(*view).clone() });
    world.next_version += 1;
    let goes = object.deleting.is_some() && !bound;
    world.deleted = if goes { Some(object.clone()) } else { world.deleted.take() };
    world.object = Some(object.clone()).filter(|_| !goes);
    match (answer_lost, goes) {
        (true, _) => end_pass(world, p),
        (false, true) => sync(world, p, mutation),
        (false, false) => world.processes[p].view = Some(object),
    }
    Some(())
}

/// Deletes the user; a write does not find whom reads do not show.
fn delete(world: &mut World, p: usize, answer_lost: bool) {
    let user = world.user.take_if(|user| user.shown);
    let there = user.is_some();
    world.stranger_deleted |= user.as_ref().is_some_and(|user| world.existed && user.created == 0);
    world.removed = user.or(world.removed.take());
    if answer_lost {
        end_pass(world, p);
    } else {
        world.processes[p].deleted = Some(there);
    }
}

#[allow(clippy::too_many_arguments)]
fn write(
    world: &mut World,
    p: usize,
    mut record: Record,
    ticket: Option<jiff::Timestamp>,
    why: &Why,
    mutation: Option<Mutation>,
    answer_lost: bool,
    answer: Option<(PostKey, AnswerKey)>,
    unwritten: bool,
) -> Option<()> {
    let is_outcome = answer.is_some();
    let view = world.processes[p].view.clone()?;
    if mutation == Some(Mutation::ForgetOutcome) && is_outcome && record.guest.is_some() {
        record.guest = None;
        record.invitation.sent = 0;
        record.invitation.id = None;
        record.invitation.last_sent_at = None;
    }
    if mutation == Some(Mutation::AskUnrecorded)
        && let Some(attempt) = &mut record.invitation.attempt
    {
        world.processes[p].unwritten_asked_at = attempt.asked_at.take();
    }
    let current = world.object.as_ref().is_some_and(|object| object.uid == view.uid && object.version == view.version);
    let swaps = current || (mutation == Some(Mutation::WriteWithoutComparing) && world.object.is_some());
    end_pass(world, p);
    if !swaps {
        // A conflict: look at the resource again and decide again, with the answer that is still to be written down.
        sync(world, p, mutation);
        world.processes[p].answer = answer;
        return Some(());
    }
    world.uncertain |= matches!(why, Why::Uncertain);
    let uid = world.object.as_ref().map(|object| object.uid)?;
    let object = Object { uid, version: world.next_version, record: Printed::new(record.clone()), ..(*view).clone() };
    let object = Rc::new(object);
    let attempt = record.invitation.attempt.clone();
    world.next_version += 1;
    if !unwritten {
        world.object = Some(object.clone());
    }
    if answer_lost {
        return Some(());
    }
    read(world, p, Some(&object), mutation);
    world.processes[p].view = Some(object);
    if attempt.is_none() && world.processes[p].ticket.is_some() || is_outcome && attempt.is_none() {
        world.processes[p].ticket = None;
        if record.guest.is_none() && mutation != Some(Mutation::ForgetAddresses) {
            Rc::make_mut(&mut world.processes[p].ledger)
                .edit(|ledger| ledger.take_back("t", &address(), &uid.to_string()));
        }
    }
    if let Some(attempt) = attempt
        && let Some(decided_at) = ticket
    {
        world.next_attempt += 1;
        if mutation != Some(Mutation::ForgetAddresses) {
            Rc::make_mut(&mut world.processes[p].ledger)
                .edit(|ledger| ledger.begin("t", &address(), &uid.to_string(), &attempt, HEARD));
        }
        world.processes[p].ticket = Some(Ticket { attempt: attempt.id, decided_at });
    }
    Some(())
}
