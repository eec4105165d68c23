//! What a process does in the model: it hands the decision what it sees, and carries out the step that comes back.

use std::rc::Rc;

use super::mutations::Mutation;
use super::print::Printed;
use super::world::{
    AnswerKey, Asks, Flight, Glance, GuestObject, ModelUser, Object, PostKey, Shown, TIMING, World, at, blank, id,
};
use crate::api::{AttemptKind, GuestRecord, GuestSpec};
use crate::plan::{
    Bond, ClaimKey, Decision, GuestStep, Post, Record, SendAt, Step, Task, Tenant, Ticket, Unclaimed, Why, is_vacant,
    plan, standing, unclaimed,
};

/// The claim `c` in the process `p`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At(pub usize, pub usize);

pub fn end_pass(world: &mut World, At(p, c): At) {
    let pass = world.pass(p, c);
    (pass.look, pass.fetched, pass.deleted, pass.restored) = Default::default();
}

/// The watch brings the process up to date with the claim.
pub fn sync(world: &mut World, here: At) {
    let At(p, c) = here;
    let object = world.claims[c].clone();
    let before = world.processes[p].views[c].as_ref().map(|old| old.uid);
    if object.as_ref().map(|object| object.uid) != before {
        world.pass(p, c).ticket = None;
    }
    world.process(p).views[c] = object;
    end_pass(world, here);
}

/// The watch brings the process up to date with the Guest, or a conflict does.
pub fn sync_guest(world: &mut World, p: usize) {
    world.process(p).guest = world.guest.clone();
    for c in 0..super::world::CLAIMS {
        end_pass(world, At(p, c));
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

/// Whoever meets the breaker begins nothing, and lets nothing go that was begun.
pub fn hold(world: &mut World, At(p, c): At, mutation: Option<Mutation>) -> Option<()> {
    let (desired, record, mut observed) = world.seen_by(p, c)?;
    observed.tenant = Tenant::Ready { send_at: SendAt::Blocked };
    if mutation == Some(Mutation::IgnoreTheBreaker) {
        observed.tenant = Tenant::Ready { send_at: SendAt::Now };
    }
    let blocked =
        plan(Decision { desired: &desired, record: &record, observed: &observed, now: at(world.now), timing: &TIMING });
    if matches!(blocked, Step::Post(Post::Send { .. }) | Step::Write { ticket: Some(_), .. }) {
        world.sent_while_blocked = true;
        return Some(());
    }
    None
}

pub fn act(world: &mut World, here: At, mutation: Option<Mutation>, answer_lost: bool) -> Option<()> {
    let At(p, c) = here;
    let (mut desired, mut record, mut observed) = world.seen_by(p, c)?;
    desired.finalizer |= mutation == Some(Mutation::MakeUnbound);
    let timing = mutation.map_or(TIMING, |mutation| mutation.timing());
    if let Some(mutation) = mutation {
        let pass = &world.processes[p].passes[c];
        mutation.bend(&mut desired, &mut record, &mut observed, pass, at(world.now));
        if mutation == Mutation::BelieveTheWatch {
            let key = world.key(c, world.processes[p].views[c].as_ref()?.uid);
            let guest = world.processes[p].guest.as_ref().map(|guest| &*guest.record);
            observed.standing = standing(&key, guest, false, &world.claims_of(p, Some(mutation)));
        }
    }
    let step =
        plan(Decision { desired: &desired, record: &record, observed: &observed, now: at(world.now), timing: &timing });
    let answered = world.pass(p, c).answer.take();
    if answer_lost && !matches!(step, Step::Write { .. } | Step::Do(_)) {
        return None;
    }
    match step {
        Step::Queue => unreachable!("the model's tenant is always ready to send"),
        Step::Look => world.pass(p, c).look = Some(glance(world, false)),
        Step::LookAmongDeleted => world.pass(p, c).look = Some(glance(world, true)),
        Step::Fetch(user) => {
            let shown = shown(world).filter(|shown| id(shown.nth) == user);
            world.pass(p, c).fetched = Some((world.now, shown));
        }
        Step::Write { record, ticket, why } => {
            let written = Written { record: *record, ticket, why, answered };
            write(world, here, written, mutation, answer_lost)?;
        }
        Step::Post(post) => leave(world, here, &post, mutation),
        Step::Do(Task::Bind(bound)) => {
            // Before the claim is let go, the Guest is read live: it may say that there is something to undo.
            let version = |guest: &Option<Rc<GuestObject>>| guest.as_ref().map(|guest| guest.version);
            let old = version(&world.guest) != version(&world.processes[p].guest);
            if old && !bound && mutation != Some(Mutation::ReleaseOnAnOldView) {
                sync_guest(world, p);
            } else {
                bind(world, here, bound, answer_lost)?;
            }
        }
        Step::Do(Task::Delete(user)) => delete(world, here, user, mutation, answer_lost),
        Step::Do(Task::Restore(user)) => restore(world, here, user, mutation),
        Step::Do(task) => unreachable!("nothing is declared that needs {task:?}"),
        Step::Rest { .. } => {
            let pass = &world.processes[p].passes[c];
            let began = pass.look.is_some() || pass.fetched.is_some() || pass.deleted.is_some();
            if !began && answered.is_none() {
                return None;
            }
            end_pass(world, here);
        }
    }
    Some(())
}

/// A request leaves, after the claim was read live: a mail leaves only for one that still stands.
fn leave(world: &mut World, here: At, post: &Post, mutation: Option<Mutation>) {
    let At(p, c) = here;
    if mutation != Some(Mutation::ActTwice) {
        world.pass(p, c).ticket = None;
    }
    end_pass(world, here);
    let (stands, gone) = (still_asks(world, here), is_gone(world, here));
    if let Post::Send { .. } = post
        && !stands
    {
        if mutation != Some(Mutation::SendWithoutALiveRead) {
            // What was read live is what is decided on from now on. Of a claim that is gone the attempt is taken back all the same:
            // only its writer knows that nothing has left.
            if !gone || mutation == Some(Mutation::LeaveTheAttemptOfAGoneClaim) {
                sync(world, here);
            }
            world.pass(p, c).answer = Some((PostKey::of(post), AnswerKey::NotSent));
            return;
        }
        world.sent_for_nobody = true;
    }
    // A process that acts has not heard of a deletion that there was.
    let unheard = world.claims[c].as_ref().is_none_or(|object| object.deleting.is_some());
    let (post, left) = (PostKey::of(post), world.now);
    world.pass(p, c).flight = Some(Flight { post, left, unheard, answer: None });
}

/// Whether the claim that the process sees is not there any more.
fn is_gone(world: &World, At(p, c): At) -> bool {
    let view = world.processes[p].views[c].as_ref();
    world.claims[c].as_ref().is_none_or(|live| view.is_some_and(|view| view.uid != live.uid))
}

/// Whether the claim, read live, still asks for what the process is about to do for it.
fn still_asks(world: &World, here: At) -> bool {
    let At(p, c) = here;
    let generation = |object: &Object| (object.spec.suspended, object.spec.ended);
    let same =
        |live: &Object| world.processes[p].views[c].as_ref().is_some_and(|view| generation(view) == generation(live));
    !is_gone(world, here) && world.claims[c].as_ref().is_some_and(|live| live.wants() && same(live))
}

/// Brings the user back, after the claim was read live.
fn restore(world: &mut World, here: At, user: String, mutation: Option<Mutation>) {
    let At(p, c) = here;
    if !still_asks(world, here) && mutation != Some(Mutation::RestoreWithoutALiveRead) {
        return sync(world, here);
    }
    // Of whom is to be off-boarded on an old view only: nobody restores them who knows it.
    world.unheard |= world.claims[c].as_ref().is_none_or(|claim| claim.deleting.is_some());
    let nth = world.removed.iter().position(|removed| id(removed.nth) == user);
    // Nobody is restored beside another user of the same name.
    let nth = nth.filter(|_| world.user.is_none());
    if let Some(nth) = nth {
        world.user = Some(ModelUser { shown: true, ..world.removed.remove(nth) });
    }
    end_pass(world, here);
    world.pass(p, c).restored = Some((user, nth.is_some()));
}

/// Puts the finalizer on the resource, or takes it off, under compare-and-swap.
fn bind(world: &mut World, here: At, bound: bool, answer_lost: bool) -> Option<()> {
    let At(p, c) = here;
    let view = world.processes[p].views[c].clone()?;
    if world.claims[c].as_ref().is_none_or(|object| object.version != view.version) {
        sync(world, here);
        return Some(());
    }
    let object = Rc::new(Object { version: world.next_version, finalizer: bound, ..(*view).clone() });
    world.next_version += 1;
    let goes = object.deleting.is_some() && !bound;
    world.claims[c] = Some(object.clone()).filter(|_| !goes);
    match (answer_lost, goes) {
        (true, _) => end_pass(world, here),
        (false, true) => sync(world, here),
        (false, false) => world.process(p).views[c] = Some(object),
    }
    Some(())
}

/// Deletes the user, after the claims were listed live. A write does not find whom reads do not show.
fn delete(world: &mut World, here: At, whom: String, mutation: Option<Mutation>, answer_lost: bool) {
    let At(p, c) = here;
    let mine = world.claims[c].as_ref();
    let deleting = mine.is_some_and(|mine| mine.deleting.is_some());
    let ends = deleting || mine.is_some_and(|mine| mine.spec.ended && !mine.spec.suspended);
    let absent = mutation == Some(Mutation::TakeAbsenceForDeletion) && mine.is_none();
    let successor = deleting
        && world.rival.is_of_the_namespace()
        && world.claims[1 - c].as_ref().is_some_and(|other| other.wants());
    if mutation != Some(Mutation::EndWithoutALiveRead) && !absent && (!ends || successor) {
        sync(world, At(p, 0));
        sync(world, At(p, 1));
        return;
    }
    let user = world.user.take_if(|user| user.shown && id(user.nth) == whom);
    let there = user.is_some();
    world.ended_beside_a_claim |= there && successor;
    world.ended_by_nobody |= there && !ends;
    world.ended |= there;
    world.stranger_deleted |= user.as_ref().is_some_and(|user| world.existed && user.created == 0);
    world.removed.extend(user);
    if answer_lost {
        end_pass(world, here);
    } else {
        world.pass(p, c).deleted = Some((whom, there));
    }
}

struct Written {
    record: Record,
    ticket: Option<jiff::Timestamp>,
    why: Why,
    answered: Option<(PostKey, AnswerKey)>,
}

fn write(world: &mut World, here: At, written: Written, mutation: Option<Mutation>, answer_lost: bool) -> Option<()> {
    let At(p, c) = here;
    let Written { mut record, ticket, why, answered } = written;
    let is_outcome = answered.is_some();
    let key = world.key(c, world.processes[p].views[c].as_ref()?.uid);
    if mutation == Some(Mutation::ForgetOutcome) && is_outcome && record.guest.is_some() {
        record.guest = None;
        record.invitation.sent = 0;
        record.invitation.id = None;
        record.invitation.last_sent_at = None;
    }
    if mutation == Some(Mutation::AskUnrecorded)
        && let Some(attempt) = &mut record.invitation.attempt
    {
        world.pass(p, c).unwritten_asked_at = attempt.asked_at.take();
    }
    let before = world.processes[p].guest.clone();
    // Whoever takes a person over is read live before: one that is gone would keep them for ever.
    let takes =
        before.as_ref().is_some_and(|before| !is_vacant(&before.record) && is_taking(&before.record, &record, &key));
    if takes && mutation != Some(Mutation::TakeWithoutALiveRead) && !still_asks(world, here) {
        sync(world, here);
        return Some(());
    }
    let next = record.put(before.as_ref().map_or(&blank(), |before| &before.record), &key);
    end_pass(world, here);
    let unwritten = mutation == Some(Mutation::SendBeforeWriting) && ticket.is_some();
    let Some(swapped) = swap(world, p, next, mutation, answer_lost, unwritten) else {
        // A conflict: look at the Guest again and decide again, with the answer that is still to be written down.
        world.pass(p, c).answer = answered;
        return Some(());
    };
    world.uncertain |= matches!(why, Why::Uncertain);
    world.taken |= before.is_some_and(|before| is_taken(world, &before.record, &swapped, &key.uid));
    if answer_lost {
        return Some(());
    }
    // Whoever took back the attempt of a claim that is gone knows that it is.
    if is_outcome && is_gone(world, here) {
        sync(world, here);
    }
    let attempt = swapped.invitation.attempt.clone();
    if attempt.is_none() {
        world.pass(p, c).ticket = None;
    }
    if let Some(attempt) = attempt
        && let Some(decided_at) = ticket
    {
        world.pass(p, c).ticket = Some(Ticket { attempt: attempt.id, decided_at });
    }
    Some(())
}

/// Whether the claim becomes the owner of a person whom it did not have.
fn is_taking(before: &GuestRecord, record: &Record, key: &ClaimKey) -> bool {
    record.bond == Bond::Owns && Record::of(before, key).bond == Bond::None
}

/// Whether `writer` has taken the person of a claim that stands, and that had somebody. Who had them may let them go.
fn is_taken(world: &World, before: &GuestRecord, after: &GuestRecord, writer: &String) -> bool {
    let owner = |record: &GuestRecord| record.owner.as_ref().and_then(|owner| owner.uid.clone());
    let stands = |uid: &String| {
        world.claims.iter().flatten().any(|claim| claim.uid.to_string() == *uid && claim.deleting.is_none())
    };
    let theirs = owner(before).filter(|owner| owner != writer);
    !is_vacant(before) && theirs.as_ref().is_some_and(stands) && owner(after) != theirs
}

/// Writes the Guest under compare-and-swap; nothing after a conflict, which brings the process up to date.
fn swap(
    world: &mut World,
    p: usize,
    next: GuestRecord,
    mutation: Option<Mutation>,
    answer_lost: bool,
    unwritten: bool,
) -> Option<GuestRecord> {
    let version = |guest: &Option<Rc<GuestObject>>| guest.as_ref().map(|guest| guest.version);
    let swaps = version(&world.guest) == version(&world.processes[p].guest)
        || mutation == Some(Mutation::WriteWithoutComparing);
    if !swaps {
        sync_guest(world, p);
        return None;
    }
    let written = Rc::new(GuestObject { version: world.next_version, record: Printed::new(next.clone()) });
    world.next_version += 1;
    if !unwritten {
        world.guest = Some(written.clone());
    }
    if !answer_lost {
        world.process(p).guest = Some(written);
    }
    Some(next)
}

/// The process takes one step for the Guest itself. A look and what follows from it are one: before the settling time has passed
/// three times nothing is decided on a look, and then all else is at rest.
pub fn act_on_guest(world: &mut World, p: usize, mutation: Option<Mutation>) -> Option<()> {
    let guest = world.processes[p].guest.clone()?;
    let decide = |world: &World, look| {
        let seen = Unclaimed { reachable: true, look, ..Unclaimed::default() };
        unclaimed(&GuestSpec::default(), &guest.record, &world.claims_of(p, mutation), &seen, at(world.now), &TIMING)
    };
    let step = match decide(world, None) {
        GuestStep::Look => decide(world, Some(glance(world, true).look())),
        step => step,
    };
    match step {
        GuestStep::Write(next) => swap(world, p, *next, mutation, false, false).map(|_| ()),
        GuestStep::Rest(_) => None,
        GuestStep::Look | GuestStep::Fetch(_) | GuestStep::Do(_) | GuestStep::Forget => {
            unreachable!("nobody revokes anything, and 30 days are not over: {step:?}")
        }
    }
}

/// Whether a request mails.
pub fn mails(post: &PostKey) -> bool {
    matches!(post, PostKey::Send(_, AttemptKind::Invite | AttemptKind::Resend | AttemptKind::Reminder))
}

/// Whether the request makes a user whom nobody off-boards: a question that left after the deletion, or any request for an attempt that
/// another process has settled by now.
pub fn is_unheard(world: &World, flight: &Flight) -> bool {
    let open = world.record().and_then(|record| record.invitation.attempt.as_ref());
    let (PostKey::Ask(attempt) | PostKey::Send(attempt, _)) = &flight.post;
    let asked_late = matches!(flight.post, PostKey::Ask(_)) && flight.unheard;
    world.asks == Asks::Visit && (asked_late || open.is_none_or(|open| open.id != *attempt))
}
