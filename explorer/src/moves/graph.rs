//! What Graph does with a request.

use crate::api::AttemptKind;
use crate::model::{At, Model};
use crate::mutations::Mutation;
use crate::world::World;
use crate::world::clock::TIMEOUT;
use crate::world::objects::ModelUser;
use crate::world::pass::{AnswerKey, Flight, PostKey};
use crate::world::setting::Asks;

/// Graph does the request.
pub fn work(world: &mut World, flight: &mut Flight, model: &Model) {
    // Whose account is disabled cannot be invited again (412).
    if world.user.is_some_and(|user| user.disabled.is_some()) {
        flight.answer = Some(AnswerKey::Refused);
        return;
    }
    let now = world.now;
    world.unheard |= world.user.is_none() && is_unheard(world, flight, model);
    let nth = world.users;
    world.users += u8::from(world.user.is_none());
    let user = *world.user.get_or_insert(ModelUser::new(nth, now, false));
    // A decision is a tick old at most when its request leaves, and it begins with a look.
    let known = user.accepted.is_some_and(|accepted| accepted + 1 < flight.left);
    flight.answer = Some(AnswerKey::Done(now, user.nth));
    if flight.post.mails() {
        world.note(known, crate::finding::Finding::AcceptedGuestMailed);
        world.mails = world.mails.saturating_add(1);
    }
}

/// The request or its answer is lost. Within the client's time it is a fault, and after that what always happens.
pub fn lose(world: &mut World, At(p, c): At, model: &Model) -> Option<()> {
    let flight = world.pass(p, c).flight.take()?;
    if world.now - flight.left < TIMEOUT || flight.answer.is_some() {
        world.budget.lost = world.budget.lost.checked_sub(1)?;
    }
    // A mail to whom an administrator had just deleted makes another, whom then nothing names.
    world.unheard |= world.left && matches!(flight.post, PostKey::Send(_, AttemptKind::Resend));
    // Whoever asked may leave now. Then the attempt counts as sent, also for the others who share the person.
    world.uncertain |= world.setting.asks == Asks::Left;
    let answer = if model.lacks(Mutation::RetryAfterLostAnswer) { AnswerKey::NotSent } else { AnswerKey::Lost };
    world.pass(p, c).answer = Some((flight.post, answer));
    Some(())
}

/// Whether the request makes a user whom nobody off-boards: a question that left after the deletion, or any request for an attempt that
/// another process has settled by now.
fn is_unheard(world: &World, flight: &Flight, model: &Model) -> bool {
    let open = world.guest.and_then(|guest| model.records.get(guest.record).attempt);
    let asked_late = matches!(flight.post, PostKey::Ask(_)) && flight.unheard;
    world.setting.asks.ends() && (asked_late || open.is_none_or(|open| open != flight.post.attempt()))
}
