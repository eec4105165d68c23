//! What has to be true once nothing moves any more.

use crate::api::{GuestRecord, Origin};
use crate::finding::Finding;
use crate::model::Model;
use crate::world::objects::{By, Object};
use crate::world::setting::{Asks, Rival};
use crate::world::{CLAIMS, World};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Right,
    NothingCanTell,
    Wrong(Finding),
}

/// Whether the claim is suspended for good.
pub fn stays_suspended(world: &World, c: usize) -> bool {
    world.setting.rival == Rival::Suspended && c == 1
}

fn is_asked_once_more(world: &World) -> bool {
    world.claims[0].is_some_and(|object| object.spec.once_more)
}

/// How many mails somebody has asked for. Whose user was deleted and who is declared anew is invited once more, and so
/// is whom another namespace's claim took along.
pub fn desired(world: &World) -> u8 {
    let anew = (world.left && is_made_again(world)) || (world.ended && world.setting.rival == Rival::Stranger);
    1 + u8::from(world.asked_once_more) + u8::from(anew)
}

fn is_made_again(world: &World) -> bool {
    world.next_uid > 3
}

/// How it has ended.
pub fn ending_of(world: &World, model: &Model) -> Ending {
    if world.mails > desired(world) {
        return Ending::Wrong(Finding::SecondMail);
    }
    let mut claims = (0..CLAIMS).filter(|c| !stays_suspended(world, *c)).filter_map(|c| world.claims[c]);
    let left = claims.all(|object| object.deleting.is_some() || object.spec.ended);
    if world.setting.asks.ends() && left {
        return ending_of_who_left(world, model);
    }
    if world.user.is_some_and(|user| user.disabled == Some(By::Operator)) {
        return Ending::Wrong(Finding::LeftDisabled);
    }
    let Some(guest) = world.guest else {
        return Ending::Wrong(Finding::GuestLost);
    };
    let record = &model.records.get(guest.record).record;
    // Whose account somebody disabled is mailed no more; an invitation of theirs can stay owed, or is told as refused.
    if world.user.is_some_and(|user| user.disabled.is_some()) && record.invitation.attempt.is_none() {
        let told = record.user.is_some() || record.invitation.refusal.is_some();
        return if told { Ending::Right } else { Ending::Wrong(Finding::GuestLost) };
    }
    // Nobody is restored beside a user of the same name, whom the late request of a dead process made; that is told.
    if world.unheard && record.refusal.is_some() {
        return Ending::NothingCanTell;
    }
    if !world.setting.asks.is_first() {
        return ending_of_one_more(world, record);
    }
    if world.left {
        return ending_of_who_was_deleted(world, record);
    }
    let adopted = record.user.as_ref().is_some_and(|user| user.origin == Origin::Adopted);
    let recorded =
        record.user.is_some() && record.invitation.attempt.is_none() && (record.invitation.sent > 0 || adopted);
    // A resource that was made again may find a user whom only a question made, and adopts them as it adopts anybody. So may one that is
    // prolonged, if the question of a dead process arrived after the end.
    let found_after_question = adopted && (is_made_again(world) || world.unheard);
    // A request that stands when the invitation is begun is met by it.
    let ours = record.owner.as_ref().is_some_and(|owner| owner.namespace == "a");
    let recorded = recorded && (!ours || is_asked_once_more(world) == handled(record).is_some());
    let invited = world.mails >= 1 || (adopted && world.setting.existed);
    match (recorded, invited, world.uncertain || found_after_question) {
        (true, true, _) => Ending::Right,
        (true, false, true) => Ending::NothingCanTell,
        _ => Ending::Wrong(Finding::GuestLost),
    }
}

/// The resource is gone, or the access has ended, and with it the user or their account, if the resource made them.
fn ending_of_who_left(world: &World, model: &Model) -> Ending {
    let mut claims = world.claims.iter().flatten();
    if claims.any(|claim| claim.deleting.is_some()) {
        return Ending::Wrong(Finding::Stuck);
    }
    let retains = |claim: &Object| claim.spec.retains;
    let disables = world.setting.asks == Asks::Stay;
    let claimed = world.guest.is_some_and(|guest| model.records.get(guest.record).record.user.is_some());
    let ours = !world.setting.existed || disables && world.setting.manages && claimed;
    let may_stay = !ours || world.unheard || world.excused || world.claims.iter().flatten().any(retains);
    match world.user {
        Some(user) if may_stay || disables && (user.disabled.is_some() || world.overruled) => Ending::Right,
        Some(_) => Ending::Wrong(Finding::LeftBehind),
        None if world.setting.existed => Ending::Wrong(Finding::StrangerDeleted),
        None => Ending::Right,
    }
}

/// Whom an administrator has deleted is told as gone, and nothing is counted as sent that did not leave, unless nothing can tell.
fn ending_of_who_was_deleted(world: &World, record: &GuestRecord) -> Ending {
    if record.user.is_none() || record.invitation.attempt.is_some() {
        return Ending::Wrong(Finding::GuestLost);
    }
    // Another user, whom a late send made, is found and followed like anybody, and so mailed no more.
    let found = world.users > 1 && record.user.as_ref().is_some_and(|user| user.origin == Origin::Adopted);
    match (record.invitation.sent > 0, world.mails >= 1, world.uncertain) {
        (true, true, _) | (false, false, _) => Ending::Right,
        (false, true, _) if found => Ending::Right,
        (true, false, true) => Ending::NothingCanTell,
        _ => Ending::Wrong(Finding::GuestLost),
    }
}

/// A mail to a guest who is known: it left, or nothing can tell, or the resource that asked for it is gone.
fn ending_of_one_more(world: &World, record: &GuestRecord) -> Ending {
    let made_again = is_made_again(world);
    let acted_on = match world.setting.asks {
        Asks::Reminder => record.invitation.reminders == 1,
        Asks::Left => record.invitation.sent == 1,
        _ => handled(record).is_some(),
    };
    // Whoever has accepted wants no mail, and a reminder is then never due.
    let accepted = world.user.is_some_and(|user| user.accepted.is_some());
    if accepted && world.mails <= 1 && record.invitation.attempt.is_none() {
        return Ending::Right;
    }
    if world.left && record.invitation.attempt.is_none() && record.user.is_some() {
        return Ending::Right;
    }
    match (acted_on && record.invitation.attempt.is_none(), world.mails == 1, world.uncertain || made_again) {
        (true, true, _) => Ending::Right,
        (true, false, true) => Ending::NothingCanTell,
        _ => Ending::Wrong(Finding::GuestLost),
    }
}

/// The request of the guest's own claim that was handled last.
fn handled(record: &GuestRecord) -> Option<&String> {
    record.claim("a", "guest").and_then(|claim| claim.last_handled.resend.as_ref())
}
