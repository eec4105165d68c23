//! A person is ended, or brought back, each after a last look at who wants it.

use super::live::{is_approved_as_it_was, is_as_it_was, over, rules_are_as_they_were, sync};
use super::send::is_still_meant;
use crate::finding::Finding;
use crate::model::{At, Model};
use crate::mutations::Mutation;
use crate::world::objects::{By, ModelUser, Object};
use crate::world::pass::{LateWork, Work, WorkEnd};
use crate::world::{CLAIMS, World};

/// Graph does the work, if the process may still ask for it. A lost answer ends the pass.
pub fn work(world: &mut World, here: At, work: Work, model: &Model, answer_lost: bool) {
    let At(p, c) = here;
    // What was read live is what is decided on from now on.
    if !may_leave(world, here, work, model) {
        return match work {
            Work::Delete(_) | Work::Disable(_) => (0..CLAIMS).for_each(|c| sync(world, At(p, c))),
            Work::Restore(_) | Work::Enable(_) => sync(world, here),
        };
    }
    judge(world, here, work, model);
    if let Work::Restore(_) = work {
        // What was read before says nothing of whoever comes back.
        world.pass(p, c).end();
        // Of whom is to be off-boarded on an old view only: nobody restores them who knows it.
        world.unheard |= world.claims[c].is_none_or(|claim| claim.deleting.is_some());
    }
    let end = done(world, work);
    if answer_lost {
        over(world, here, model);
    } else {
        world.pass(p, c).done = Some((work, end));
    }
}

/// The request leaves, if the process may still ask for it, and nobody will hear of it: the process is at its end, or gave up waiting.
pub fn leave(world: &mut World, here: At, work: Work, model: &Model) -> Option<()> {
    if world.late.is_some() || !may_leave(world, here, work, model) {
        return None;
    }
    judge(world, here, work, model);
    world.late = Some(LateWork { work, left: world.now });
    over(world, here, model);
    Some(())
}

/// Graph does such a request at last. What is wrong with that shows in how it ends.
pub fn work_late(world: &mut World, work: Work) {
    done(world, work);
}

/// Whether the process may still ask for it, by a last look.
fn may_leave(world: &World, here: At, work: Work, model: &Model) -> bool {
    match work {
        Work::Delete(_) | Work::Disable(_) => may_still_end(world, here, model),
        Work::Restore(_) | Work::Enable(_) => may_bring_back(world, here, model),
    }
}

/// A write does not find whom reads do not show.
fn shown(world: &World, whom: u8) -> Option<ModelUser> {
    world.user.filter(|user| user.shown && user.nth == whom)
}

/// Whether the request may leave as things are.
fn judge(world: &mut World, At(p, c): At, work: Work, model: &Model) {
    match work {
        Work::Delete(whom) => {
            let Some(user) = shown(world, whom) else { return };
            judge_end(world, c, model);
            world.note(was_there(world, &user), Finding::StrangerDeleted);
        }
        Work::Disable(whom) => {
            let Some(user) = shown(world, whom).filter(|user| user.disabled.is_none()) else { return };
            judge_end(world, c, model);
            world.note(was_there(world, &user) && !world.setting.manages, Finding::StrangerDisabled);
        }
        Work::Enable(whom) => {
            let Some(user) = shown(world, whom) else { return };
            judge_return(world, At(p, c));
            world.note(user.disabled == Some(By::Others), Finding::EnabledForOthers);
        }
        Work::Restore(whom) => {
            if world.user.is_none() && world.removed.iter().any(|removed| removed.nth == whom) {
                judge_return(world, At(p, c));
            }
        }
    }
}

/// Graph does the work.
fn done(world: &mut World, work: Work) -> WorkEnd {
    match work {
        Work::Delete(whom) => {
            let Some(user) = shown(world, whom) else { return WorkEnd::Gone };
            world.removed.push(user);
            (world.user, world.ended) = (None, true);
        }
        Work::Disable(whom) => {
            let Some(user) = shown(world, whom) else { return WorkEnd::TooYoung };
            // One that is disabled already stays whose work it was.
            world.user = Some(ModelUser { disabled: user.disabled.or(Some(By::Operator)), ..user });
        }
        Work::Enable(whom) => {
            let Some(user) = shown(world, whom) else { return WorkEnd::TooYoung };
            world.user = Some(ModelUser { disabled: None, ..user });
        }
        Work::Restore(whom) => {
            if !world.removed.iter().any(|removed| removed.nth == whom) {
                return WorkEnd::Gone;
            }
            // Nobody is restored beside another user of the same name.
            if world.user.is_some() {
                return WorkEnd::Refused;
            }
            let user = world.removed.remove(|removed| removed.nth == whom);
            world.user = user.map(|user| ModelUser { shown: true, ..user });
        }
    }
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
