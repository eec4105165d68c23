//! What people do to the claims and the rules, and the guest and administrators in the directory.

use super::Move;
use crate::api::HowEnded;
use crate::model::Model;
use crate::mutations::Mutation;
use crate::world::World;
use crate::world::objects::{By, Object, Spec};
use crate::world::pass::ModelPass;

/// The move of a person, if it can happen.
pub fn by_people(world: &mut World, step: Move, model: &Model) -> Option<()> {
    let once = |budget: &mut u8| budget.checked_sub(1).map(|left| *budget = left);
    let budget = &mut world.budget;
    match step {
        Move::Delete(c) => {
            once(&mut budget.deletes)?;
            let mut object = world.claims[c].take()?;
            if object.finalizer {
                (object.version, object.deleting) = (world.version(), Some(world.now));
                world.claims[c] = Some(object);
            }
            // Who asks to keep the user, or asked for their end so late that nobody has heard of it, leaves them as they are.
            world.excused |= object.spec.retains || world.setting.retains && !object.finalizer;
            forget_the_guest(world, model);
        }
        Move::Vanish(c) => {
            once(&mut budget.vanishes)?;
            let object = world.claims[c].take()?;
            world.vanished = true;
            if model.lacks(Mutation::TakeAbsenceForDeletion) {
                let object = Object { deleting: Some(world.now), finalizer: true, ..object };
                world.processes.iter_mut().for_each(|process| process.views[c] = Some(object));
            }
            forget_the_guest(world, model);
        }
        Move::Create(c) => {
            budget.creates = budget.creates.saturating_sub(1);
            world.claims[c] = Some(Object::new(world.next_uid, world.version(), world.setting.retains));
            world.next_uid += 1;
            world.authority[c] = false;
        }
        Move::Suspend(c) => {
            once(&mut budget.edits)?;
            edit(world, c, |spec| spec.suspended = !spec.suspended)?;
        }
        Move::End(c) => {
            once(&mut budget.ends)?;
            edit(world, c, |spec| spec.ended = !spec.ended)?;
        }
        Move::Harden(c) => {
            once(&mut budget.hardens)?;
            edit(world, c, |spec| spec.retains = false)?;
        }
        Move::AskOnceMore => {
            once(&mut budget.edits)?;
            change(world, 0, |object| object.spec.once_more = true)?;
            world.asked_once_more = true;
        }
        Move::Rule(c) => {
            once(&mut budget.rules)?;
            world.rules[c] = !world.rules[c];
        }
        Move::Approve(c) => {
            once(&mut budget.approvals)?;
            change(world, c, |object| object.approved = !object.approved)?;
        }
        Move::Accept => {
            once(&mut budget.accepts)?;
            world.user.as_mut()?.accepted = Some(world.now);
        }
        Move::Leave => {
            once(&mut budget.leaves)?;
            world.removed.push(world.user.take()?);
            world.left = true;
        }
        Move::Switch => {
            once(&mut budget.switches)?;
            switch(world, model)?;
        }
        _ => unreachable!("nobody does {step:?}"),
    }
    world.note_authority();
    world.note_excuse(&model.records);
    Some(())
}

/// Under a mutation only: the record of a person goes with the claim.
fn forget_the_guest(world: &mut World, model: &Model) {
    if model.lacks(Mutation::ForgetTheGuest) {
        world.guest = None;
    }
}

/// Changes the spec. Where the rules want an approval, it was for what the approver read.
fn edit(world: &mut World, c: usize, change_spec: impl FnOnce(&mut Spec)) -> Option<()> {
    let approval = world.setting.approval;
    change(world, c, |object| {
        change_spec(&mut object.spec);
        object.generation += 1;
        object.approved &= !approval;
    })
}

fn change(world: &mut World, c: usize, change: impl FnOnce(&mut Object)) -> Option<()> {
    let version = world.version();
    let object = world.claims[c].as_mut()?;
    change(object);
    object.version = version;
    Some(())
}

/// An administrator disables the account, or enables it.
fn switch(world: &mut World, model: &Model) -> Option<()> {
    let record = world.guest.map(|guest| &model.records.get(guest.record).record);
    let written = record.is_some_and(|record| record.disabled || record.is_ending(HowEnded::Disabled));
    let mut passes = world.processes.iter().flat_map(|process| &process.passes);
    let seen = |pass: &ModelPass| pass.fetched.and_then(|(_, shown)| shown).or(pass.look.and_then(|look| look.shown));
    let read = passes.any(|pass| seen(pass).is_some_and(|shown| shown.enabled));
    let user = world.user.as_mut()?;
    world.overruled |= user.disabled.is_some();
    user.disabled = match user.disabled {
        Some(_) => None,
        None if written || read => Some(By::Unclear),
        None => Some(By::Others),
    };
    Some(())
}
