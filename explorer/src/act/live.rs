//! What a process reads from the API server itself, and what the watch brings.

use crate::model::{At, Model};
use crate::mutations::Mutation;
use crate::world::objects::Object;
use crate::world::{CLAIMS, World};

/// The watch brings the process up to date with the claim, or a live read does.
pub fn sync(world: &mut World, At(p, c): At) {
    let object = world.claims[c];
    let before = world.processes[p].views[c].map(|old| old.uid);
    if object.map(|object| object.uid) != before {
        world.pass(p, c).ticket = None;
    }
    world.processes[p].views[c] = object;
    world.pass(p, c).end();
}

/// The watch brings the process up to date with the Guest, or a conflict does.
pub fn sync_guest(world: &mut World, p: usize) {
    world.processes[p].guest = world.guest;
    for c in 0..CLAIMS {
        world.pass(p, c).end();
    }
}

/// The pass is over, and its ticket with it.
pub fn over(world: &mut World, At(p, c): At, model: &Model) {
    let pass = world.pass(p, c);
    pass.end();
    pass.ticket.take_if(|_| !model.lacks(Mutation::ActTwice));
}

/// Whether the claim that the process sees is not there any more.
pub fn is_gone(world: &World, At(p, c): At) -> bool {
    let view = world.processes[p].views[c];
    world.claims[c].is_none_or(|live| view.is_some_and(|view| view.uid != live.uid))
}

/// Whether the claim, read live, is the one that the process has decided on, with the same spec.
pub fn is_as_it_was(world: &World, here: At) -> bool {
    let At(p, c) = here;
    let generation = |object: Option<Object>| object.map(|object| object.generation);
    !is_gone(world, here) && generation(world.processes[p].views[c]) == generation(world.claims[c])
}

/// Whether the claim, read live, still asks for what the process is about to do for it.
pub fn stands(world: &World, here: At) -> bool {
    let At(_, c) = here;
    is_as_it_was(world, here) && world.claims[c].is_some_and(|live| live.wants())
}

/// Whether what was read live of the claim says the same of its approval.
pub fn is_approved_as_it_was(world: &World, At(p, c): At) -> bool {
    world.processes[p].views[c].map(|view| view.approved) == world.claims[c].map(|live| live.approved)
}

/// Whether the EntraTenant, read live, has the rules that the process has decided by.
pub fn rules_are_as_they_were(world: &World, At(p, _): At) -> bool {
    world.processes[p].rules == world.rules
}
