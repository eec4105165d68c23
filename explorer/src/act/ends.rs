//! A person is ended, or brought back, each after a last look at who wants it.

use super::live::{is_approved_as_it_was, is_as_it_was, over, rules_are_as_they_were, sync};
use super::send::is_still_meant;
use crate::finding::Finding;
use crate::model::{At, Model};
use crate::mutations::Mutation;
use crate::world::objects::{By, ModelUser, Object};
use crate::world::pass::{Work, WorkEnd};
use crate::world::{CLAIMS, World};

/// Graph does the work, if the process may still ask for it. A lost answer ends the pass.
pub fn work(world: &mut World, here: At, work: Work, model: &Model, answer_lost: bool) {
    let At(p, c) = here;
    // What was read live is what is decided on from now on.
    match work {
        Work::Delete(_) | Work::Disable(_) if !may_still_end(world, here, model) => {
            return (0..CLAIMS).for_each(|c| sync(world, At(p, c)));
        }
        Work::Restore(_) | Work::Enable(_) if !may_bring_back(world, here, model) => return sync(world, here),
        _ => {}
    }
    let end = match work {
        Work::Delete(user) => delete(world, here, user, model),
        Work::Disable(user) => disable(world, here, user, model),
        Work::Enable(user) => enable(world, here, user),
        Work::Restore(user) => restore(world, here, user),
    };
    if answer_lost {
        over(world, here, model);
    } else {
        world.pass(p, c).done = Some((work, end));
    }
}

/// A write does not find whom reads do not show.
fn shown(world: &World, whom: u8) -> Option<ModelUser> {
    world.user.filter(|user| user.shown && user.nth == whom)
}

fn delete(world: &mut World, At(_, c): At, whom: u8, model: &Model) -> WorkEnd {
    let Some(user) = shown(world, whom) else { return WorkEnd::Gone };
    judge_end(world, c, model);
    world.note(was_there(world, &user), Finding::StrangerDeleted);
    world.removed.push(user);
    (world.user, world.ended) = (None, true);
    WorkEnd::Done
}

/// One that is disabled already stays whose work it was.
fn disable(world: &mut World, At(_, c): At, whom: u8, model: &Model) -> WorkEnd {
    let Some(user) = shown(world, whom) else { return WorkEnd::TooYoung };
    if user.disabled.is_none() {
        judge_end(world, c, model);
        world.note(was_there(world, &user) && !world.setting.manages, Finding::StrangerDisabled);
        world.user = Some(ModelUser { disabled: Some(By::Operator), ..user });
    }
    WorkEnd::Done
}

fn enable(world: &mut World, here: At, whom: u8) -> WorkEnd {
    let Some(user) = shown(world, whom) else { return WorkEnd::TooYoung };
    judge_return(world, here);
    world.note(user.disabled == Some(By::Others), Finding::EnabledForOthers);
    world.user = Some(ModelUser { disabled: None, ..user });
    WorkEnd::Done
}

fn restore(world: &mut World, here: At, whom: u8) -> WorkEnd {
    let At(p, c) = here;
    // What was read before says nothing of whoever comes back.
    world.pass(p, c).end();
    // Of whom is to be off-boarded on an old view only: nobody restores them who knows it.
    world.unheard |= world.claims[c].is_none_or(|claim| claim.deleting.is_some());
    if !world.removed.iter().any(|removed| removed.nth == whom) {
        return WorkEnd::Gone;
    }
    // Nobody is restored beside another user of the same name.
    if world.user.is_some() {
        return WorkEnd::Refused;
    }
    judge_return(world, here);
    let user = world.removed.remove(|removed| removed.nth == whom);
    world.user = user.map(|user| ModelUser { shown: true, ..user });
    WorkEnd::Done
}

fn may_bring_back(world: &World, here: At, model: &Model) -> bool {
    model.lacks(Mutation::BringBackWithoutALiveRead) || is_still_meant(world, here, model)
}

/// Whether the claim and the EntraTenant, read live, are as they were, and no other claim of the namespace has come to want the person.
fn may_still_end(world: &World, here: At, model: &Model) -> bool {
    let At(p, c) = here;
    let gone = model.lacks(Mutation::TakeAbsenceForDeletion) && world.claims[c].is_none();
    if gone || model.lacks(Mutation::EndWithoutALiveRead) {
        return true;
    }
    let leaves = |claim: Option<Object>| claim.is_some_and(|claim| claim.deleting.is_some());
    is_as_it_was(world, here)
        && leaves(world.processes[p].views[c]) == leaves(world.claims[c])
        && is_approved_as_it_was(world, here)
        && (rules_are_as_they_were(world, here) || model.lacks(Mutation::EndOnOldRules))
        && !(leaves(world.claims[c]) && world.has_successor(c))
}

/// Who was in the directory before anybody invited.
fn was_there(world: &World, user: &ModelUser) -> bool {
    world.setting.existed && user.created == 0
}

/// Whether the person may be ended for the claim now. Of one that is held, the end counts too that it had before.
fn judge_end(world: &mut World, c: usize, model: &Model) {
    let claim = world.claims[c];
    let deleting = claim.is_some_and(|claim| claim.deleting.is_some());
    let suspended = claim.is_some_and(|claim| claim.spec.suspended);
    let had = world.guest.is_some_and(|guest| model.records.get(guest.record).over) && !world.is_permitted(c);
    let ends = deleting || claim.is_some_and(|claim| claim.spec.ended || had);
    world.note(deleting && world.has_successor(c), Finding::EndedBesideAClaim);
    world.note(!ends, Finding::EndedByNobody);
    world.note(suspended || !world.authority[c], Finding::EndedWhileHeld);
}

/// Whether the person may be brought back for the claim now.
fn judge_return(world: &mut World, At(p, c): At) {
    let uid = world.processes[p].views[c].map(|view| view.uid);
    world.note(!world.is_entitled(c, uid), Finding::BroughtBackForNobody);
}
