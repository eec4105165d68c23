//! What the simulator's journal counts: mails, and calls of Graph.

use entra_simulator::Simulator;

use super::variants;
use crate::world::World;

/// The simulator of the world.
///
/// # Panics
/// Where the world was started without one.
pub fn simulator(world: &World) -> &Simulator {
    world.entra.as_ref().unwrap().simulator()
}

/// The mails that left for an address.
pub fn mails(world: &World, address: &str) -> usize {
    simulator(world).invitation_mails(address).len()
}

/// How often an operation was asked for.
pub fn calls(world: &World, operation: &str) -> usize {
    simulator(world).count(operation)
}

/// The POSTs for a guest, in order: whether each asked for a mail.
pub fn posts(world: &World, address: &str) -> Vec<bool> {
    let posts = simulator(world).requests("createInvitation");
    let bodies = posts.iter().filter_map(|post| post.body.as_ref());
    bodies
        .filter(|body| body["invitedUserEmailAddress"] == address)
        .map(|body| body["sendInvitationMessage"] == true)
        .collect()
}

/// How many mails Graph sends when `times` are asked for, for a guest who stays pending.
pub fn repeated(times: usize) -> usize {
    if variants().pending_repeat_mails { times } else { times.min(1) }
}

/// The mails that a guest has got of whom one was wanted: one, whatever was lost. Only if the operator's question has made the
/// guest may Graph hold the mail that follows for a repeat.
pub fn one_mail(posts: &[bool]) -> usize {
    if posts.ends_with(&[false, true]) { usize::from(variants().pending_repeat_mails) } else { 1 }
}
