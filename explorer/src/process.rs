//! What a process does in the model: it hands the decision what it sees, and carries out the step that comes back.

use std::rc::Rc;

use super::mutations::Mutation;
use super::print::Printed;
use super::world::{
    AnswerKey, Asks, Flight, Glance, ModelUser, Object, PostKey, Shown, TIMING, World, address, at, id,
};
use crate::api::{Explanation, Reason};
use crate::plan::{Post, Record, SendAt, Step, Task, Tenant, Ticket, Why, plan};

/// When the memory last heard of a send only matters after a day, far beyond the model's time.
const HEARD: jiff::Timestamp = jiff::Timestamp::UNIX_EPOCH;

pub fn end_pass(world: &mut World, p: usize) {
    world.process(p).look = None;
    world.process(p).fetched = None;
    world.process(p).deleted = None;
}

/// The watch is ordered: the deletion, with the last state, comes before the new resource.
pub fn sync(world: &mut World, p: usize, mutation: Option<Mutation>) {
    let old = world.processes[p].view.clone();
    if let (Some(old), Some(deleted)) = (&old, world.deleted.clone())
        && world.object.as_ref().is_none_or(|object| object.uid != old.uid)
    {
        read(world, p, Some(&deleted), mutation);
        // What appears by the watch was made in this process's lifetime.
        world.process(p).unwitnessed = false;
    }
    let object = world.object.clone();
    read(world, p, object.as_deref(), mutation);
    if object.as_ref().map(|object| object.uid) != old.map(|old| old.uid) {
        world.process(p).ticket = None;
    }
    world.process(p).view = object;
    end_pass(world, p);
}

pub fn read(world: &mut World, p: usize, object: Option<&Object>, mutation: Option<Mutation>) {
    if let Some(object) = object
        && mutation != Some(Mutation::ForgetAddresses)
    {
        Rc::make_mut(&mut world.process(p).ledger)
            .edit(|ledger| ledger.read("t", &address(), &object.uid.to_string(), &object.record, HEARD));
    }
}

fn shown(world: &World) -> Option<Shown> {
    let user = world.user.as_ref().filter(|user| user.shown)?;
    Some(Shown { nth: user.nth, created: user.created, accepted: user.accepted.is_some() })
}

fn glance(world: &World, among_deleted: bool) -> Glance {
    let shown = shown(world);
    let deleted = || world.removed.iter().rev().map(|user| user.nth).collect();
    Glance { taken: world.now, shown, deleted: (among_deleted || shown.is_none()).then(deleted) }
}

/// A report writes no decision, but it may give the process's word that nothing was sent before.
pub fn hold(world: &mut World, p: usize, mutation: Option<Mutation>) -> Option<()> {
    let (desired, record, mut observed) = world.seen_by(p)?;
    // Whoever meets the breaker begins nothing, and lets nothing go that was begun.
    observed.tenant = Tenant::Ready { send_at: SendAt::Blocked };
    if mutation == Some(Mutation::IgnoreTheBreaker) {
        observed.tenant = Tenant::Ready { send_at: SendAt::Now };
    }
    let blocked = plan(&desired, &record, &observed, at(world.now), &TIMING);
    if matches!(blocked, Step::Post(Post::Send { .. }) | Step::Write { ticket: Some(_), .. }) {
        world.sent_while_blocked = true;
        return Some(());
    }
    observed.tenant = Tenant::Unready(Explanation::new(Reason::GraphError, ""));
    let Step::Rest { why, .. } = plan(&desired, &record, &observed, at(world.now), &TIMING) else { return None };
    let next = record.clone().attest(&desired, &observed);
    if next == record {
        return None;
    }
    write(world, p, next, None, &why, mutation, false, None, false)
}

pub fn act(world: &mut World, p: usize, mutation: Option<Mutation>, answer_lost: bool) -> Option<()> {
    let (mut desired, mut record, mut observed) = world.seen_by(p)?;
    desired.finalizer |= mutation == Some(Mutation::MakeUnbound);
    let timing = mutation.map_or(TIMING, |mutation| mutation.timing());
    if let Some(mutation) = mutation {
        mutation.bend(&mut record, &mut observed, &world.processes[p], at(world.now));
    }
    let step = plan(&desired, &record, &observed, at(world.now), &timing);
    let answered = world.process(p).answer.take();
    if answer_lost && !matches!(step, Step::Write { .. } | Step::Do(_)) {
        return None;
    }
    match step {
        Step::Queue => unreachable!("the model's tenant is always ready to send"),
        Step::Look => {
            world.process(p).look = Some(glance(world, false));
        }
        Step::LookAmongDeleted => world.process(p).look = Some(glance(world, true)),
        Step::Fetch(user) => {
            let shown = shown(world).filter(|shown| id(shown.nth) == user);
            world.process(p).fetched = Some((world.now, shown));
        }
        Step::Write { record, ticket, why } => {
            let sends_now = mutation == Some(Mutation::SendBeforeWriting) && ticket.is_some();
            write(world, p, *record, ticket, &why, mutation, answer_lost, answered, sends_now)?;
        }
        Step::Post(post) => {
            if mutation != Some(Mutation::ActTwice) {
                world.process(p).ticket = None;
            }
            end_pass(world, p);
            // A process that acts has not heard of a deletion that there was.
            let unheard = world.object.as_ref().is_none_or(|object| object.deleting.is_some());
            let (post, left) = (PostKey::of(&post), world.now);
            world.process(p).flight = Some(Flight { post, left, unheard, answer: None });
        }
        Step::Do(Task::Bind(bound)) => bind(world, p, bound, mutation, answer_lost)?,
        Step::Do(Task::Delete(user)) => delete(world, p, user, answer_lost),
        Step::Do(Task::Restore(user)) => {
            // Of whom is to be off-boarded on an old view only: nobody restores them who knows it.
            world.unheard |= world.asks == Asks::Visit;
            let nth = world.removed.iter().position(|removed| id(removed.nth) == user);
            // Nobody is restored beside another user of the same name.
            if let Some(nth) = nth.filter(|_| world.user.is_none()) {
                world.user = Some(ModelUser { shown: true, ..world.removed.remove(nth) });
            }
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
        (false, false) => world.process(p).view = Some(object),
    }
    Some(())
}

/// Deletes the user; a write does not find whom reads do not show.
fn delete(world: &mut World, p: usize, whom: String, answer_lost: bool) {
    let user = world.user.take_if(|user| user.shown && id(user.nth) == whom);
    let there = user.is_some();
    world.stranger_deleted |= user.as_ref().is_some_and(|user| world.existed && user.created == 0);
    world.removed.extend(user);
    if answer_lost {
        end_pass(world, p);
    } else {
        world.process(p).deleted = Some((whom, there));
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
        world.process(p).unwritten_asked_at = attempt.asked_at.take();
    }
    let current = world.object.as_ref().is_some_and(|object| object.uid == view.uid && object.version == view.version);
    let swaps = current || (mutation == Some(Mutation::WriteWithoutComparing) && world.object.is_some());
    end_pass(world, p);
    if !swaps {
        // A conflict: look at the resource again and decide again, with the answer that is still to be written down.
        sync(world, p, mutation);
        world.process(p).answer = answer;
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
    world.process(p).view = Some(object);
    if attempt.is_none() && world.processes[p].ticket.is_some() || is_outcome && attempt.is_none() {
        world.process(p).ticket = None;
        if record.guest.is_none() && mutation != Some(Mutation::ForgetAddresses) {
            Rc::make_mut(&mut world.process(p).ledger)
                .edit(|ledger| ledger.take_back("t", &address(), &uid.to_string()));
        }
    }
    if let Some(attempt) = attempt
        && let Some(decided_at) = ticket
    {
        world.next_attempt += 1;
        if mutation != Some(Mutation::ForgetAddresses) {
            Rc::make_mut(&mut world.process(p).ledger)
                .edit(|ledger| ledger.begin("t", &address(), &uid.to_string(), &attempt, HEARD));
        }
        world.process(p).ticket = Some(Ticket { attempt: attempt.id, decided_at });
    }
    Some(())
}
