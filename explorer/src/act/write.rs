//! The Guest is written, under compare-and-swap.

use super::live::{is_gone, over, stands, sync, sync_guest};
use crate::finding::Finding;
use crate::model::{At, Model, Written};
use crate::mutations::Mutation;
use crate::world::World;
use crate::world::objects::GuestObject;
use crate::world::pass::{AnswerKey, PostKey, TicketKey};
use crate::world::records::RecordId;
use crate::world::setting::Asks;

pub fn write(
    world: &mut World,
    here: At,
    written: Written,
    answered: Option<(PostKey, AnswerKey)>,
    model: &Model,
    answer_lost: bool,
) {
    let At(p, c) = here;
    let Written { next, ticket, uncertain, takes, unwritten_asked_at } = written;
    world.pass(p, c).unwritten_asked_at = unwritten_asked_at;
    let before = world.processes[p].guest;
    // Whoever takes a person over is read live before: one that is gone would keep them for ever.
    if takes && !model.lacks(Mutation::TakeWithoutALiveRead) && !stands(world, here) {
        return sync(world, here);
    }
    world.pass(p, c).end();
    let unwritten = model.lacks(Mutation::SendBeforeWriting) && ticket.is_some();
    if !swap(world, p, next, model, answer_lost, unwritten) {
        // A conflict: look at the Guest again and decide again, with the answer that is still to be written down.
        world.pass(p, c).answer = answered;
        return;
    }
    world.uncertain |= uncertain;
    let writer = world.processes[p].views[c].map(|view| view.uid);
    let taken = before.is_some_and(|before| is_taken(world, model, before.record, next, writer));
    world.note(taken, Finding::Taken);
    // Whose write fails ends the pass, and the next one may not act on what this one began.
    if answer_lost {
        // Nor can anybody take the attempt back: it counts as sent when its claim is gone, and for others nothing can tell.
        world.uncertain |= ticket.is_some() && world.setting.asks == Asks::Left;
        return over(world, here, model);
    }
    // Whoever took back the attempt of a claim that is gone knows that it is.
    if answered.is_some() && is_gone(world, here) {
        sync(world, here);
    }
    match (model.records.get(next).attempt, ticket) {
        (None, _) => world.pass(p, c).ticket = None,
        (Some(attempt), Some(decided)) => world.pass(p, c).ticket = Some(TicketKey { attempt, decided }),
        (Some(_), None) => {}
    }
}

/// Whether `writer` has taken the person of a claim that stands, and that had somebody. Who had them may let them go.
fn is_taken(world: &World, model: &Model, before: RecordId, after: RecordId, writer: Option<u8>) -> bool {
    let (before, after) = (model.records.get(before), model.records.get(after));
    let stands = |uid: u8| world.claims.iter().flatten().any(|claim| claim.uid == uid && claim.deleting.is_none());
    let theirs = before.owner.filter(|_| before.owner != writer);
    !before.vacant && theirs.is_some_and(stands) && after.owner != theirs
}

/// Writes the Guest, if nobody else has: else the process is brought up to date.
pub fn swap(world: &mut World, p: usize, next: RecordId, model: &Model, answer_lost: bool, unwritten: bool) -> bool {
    let version = |guest: Option<GuestObject>| guest.map(|guest| guest.version);
    let swaps = version(world.guest) == version(world.processes[p].guest);
    if !swaps && !model.lacks(Mutation::WriteWithoutComparing) {
        sync_guest(world, p);
        return false;
    }
    let written = GuestObject { version: world.version(), record: next };
    if !unwritten {
        world.guest = Some(written);
    }
    if !answer_lost {
        world.processes[p].guest = Some(written);
    }
    true
}
