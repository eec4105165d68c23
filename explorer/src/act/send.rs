//! A request leaves, after the claim and the EntraTenant were read live: a mail leaves only for a claim that is still entitled to it.

use super::live::{is_approved_as_it_was, is_gone, rules_are_as_they_were, stands, sync};
use crate::finding::Finding;
use crate::model::{At, Model};
use crate::mutations::Mutation;
use crate::world::World;
use crate::world::pass::{AnswerKey, Flight, PostKey};

pub fn leave(world: &mut World, here: At, post: PostKey, model: &Model) {
    let At(p, c) = here;
    if !model.lacks(Mutation::ActTwice) {
        world.pass(p, c).ticket = None;
    }
    world.pass(p, c).end();
    if matches!(post, PostKey::Send(..)) {
        if !is_still_meant(world, here, model) {
            // What was read live is what is decided on from now on. Of a claim that is gone the attempt is taken back all the same:
            // only its writer knows that nothing has left.
            if !is_gone(world, here) || model.lacks(Mutation::LeaveTheAttemptOfAGoneClaim) {
                sync(world, here);
            }
            world.pass(p, c).answer = Some((post, AnswerKey::NotSent));
            return;
        }
        let uid = world.processes[p].views[c].map(|view| view.uid);
        world.note(!world.is_entitled(c, uid), Finding::SentForNobody);
    }
    // A process that acts has not heard of a deletion that there was.
    let unheard = world.claims[c].is_none_or(|object| object.deleting.is_some());
    world.pass(p, c).flight = Some(Flight { post, left: world.now, unheard, answer: None });
}

/// Whether the claim and the EntraTenant, read live, still say what the process has decided on.
pub fn is_still_meant(world: &World, here: At, model: &Model) -> bool {
    model.lacks(Mutation::SendWithoutALiveRead)
        || stands(world, here)
            && (is_approved_as_it_was(world, here) || model.lacks(Mutation::SendOnAnOldApproval))
            && (rules_are_as_they_were(world, here) || model.lacks(Mutation::SendOnOldRules))
}
