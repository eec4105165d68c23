//! What a process does in the model: it carries out the step that the decision gave it.

mod ends;
mod live;
mod send;
mod write;

pub use ends::work_late;
pub use live::{over, sync, sync_guest};

use crate::finding::Finding;
use crate::model::{At, Decided, Deed, Model};
use crate::mutations::Mutation;
use crate::world::World;
use crate::world::objects::GuestObject;

/// The process takes one step for the claim. With `answer_lost` the API server or Graph does it, and the process never hears of that.
pub fn act(world: &mut World, here: At, model: &mut Model, answer_lost: bool) -> Option<()> {
    let At(p, c) = here;
    let Decided { deed, sends_while_blocked } = model.decided(world, here)?;
    world.note(sends_while_blocked, Finding::SentWhileBlocked);
    if answer_lost && !matches!(deed, Deed::Bind(_) | Deed::Work(_) | Deed::Write(_)) {
        return None;
    }
    let answered = world.pass(p, c).answer.take();
    match deed {
        Deed::Look { among_deleted } => world.pass(p, c).look = Some(world.glance(among_deleted)),
        Deed::Fetch(user) => {
            let shown = world.shown().filter(|shown| shown.nth == user);
            world.pass(p, c).fetched = Some((world.now, shown));
        }
        Deed::Write(written) => write::write(world, here, written, answered, model, answer_lost),
        Deed::Post(post) => send::leave(world, here, post, model),
        Deed::Bind(bound) => bind(world, here, bound, model, answer_lost),
        Deed::Work(work) => ends::work(world, here, work, model, answer_lost),
        Deed::Rest => {
            if world.pass(p, c).is_new() && answered.is_none() {
                return None;
            }
            over(world, here, model);
        }
    }
    Some(())
}

/// The process takes its step for the claim, which asks Graph to end somebody or to bring them back: Graph does it later or never, and the
/// process never hears of it.
pub fn act_late(world: &mut World, here: At, model: &mut Model) -> Option<()> {
    match model.decided(world, here)?.deed {
        Deed::Work(work) => ends::leave(world, here, work, model),
        _ => None,
    }
}

/// The process takes one step for the Guest itself.
pub fn act_on_guest(world: &mut World, p: usize, model: &mut Model) -> Option<()> {
    let next = model.deed_for_the_guest(world, p)?;
    let swapped = write::swap(world, p, next, model, false, false);
    swapped.then_some(())
}

/// Puts the finalizer on the resource, or takes it off, under compare-and-swap.
fn bind(world: &mut World, here: At, bound: bool, model: &Model, answer_lost: bool) {
    let At(p, c) = here;
    let Some(mut object) = world.processes[p].views[c] else { return };
    // Before the claim is let go, the Guest is read live: it may say that there is something to undo.
    let version = |guest: Option<GuestObject>| guest.map(|guest| guest.version);
    let old = version(world.guest) != version(world.processes[p].guest);
    if old && !bound && !model.lacks(Mutation::ReleaseOnAnOldView) {
        return sync_guest(world, p);
    }
    if world.claims[c].is_none_or(|live| live.version != object.version) {
        return sync(world, here);
    }
    (object.version, object.finalizer) = (world.version(), bound);
    let goes = object.deleting.is_some() && !bound;
    world.claims[c] = Some(object).filter(|_| !goes);
    match (answer_lost, goes) {
        (true, _) => over(world, here, model),
        (false, true) => sync(world, here),
        (false, false) => world.processes[p].views[c] = Some(object),
    }
}
