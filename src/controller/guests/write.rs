//! Puts what was decided on record: into the Guest, under compare-and-swap.

use jiff::Timestamp;

use super::notes::Pass;
use super::sight::Sight;
use super::{act, events};
use crate::controller::context::Context;
use crate::controller::live;
use crate::controller::status::WriteError;
use crate::plan::{Bond, Record, UserView, Why};
use crate::store::{KnownClaim, TenantState};

/// Puts a record into the Guest, under compare-and-swap. What was decided on is looked at anew afterwards.
///
/// # Errors
/// When the API server does not take it, or nobody knows. After a conflict it is decided again.
pub async fn write(
    context: &Context,
    guest: &KnownClaim,
    seen: &Sight,
    (next, ticket, why): (Record, Option<Timestamp>, Why),
    found: &TenantState,
    pass: &mut Pass,
) -> Result<(), WriteError> {
    // Nothing is written in mode Observe: what would be is decided on further, up to the first deed.
    if seen.desired.observe {
        pass.would = Some(next);
        return Ok(());
    }
    let begins = seen.record.bond != Bond::Owns && next.bond == Bond::Owns;
    // Whoever takes over a person whom another had is read live first: they may be gone themselves.
    if begins && seen.record.guest.is_some() && !live::stands(context, guest).await? {
        pass.outdated = true;
        return Ok(());
    }
    if begins && !context.store.index(|index| index.begin(&guest.key, seen.before)) {
        return Ok(()); // others of the namespace were quicker
    }
    let uid = &seen.key.uid;
    let written = seen.person.write(context, guest, &seen.key, &next).await;
    context.store.index(|index| index.begun(uid));
    match written {
        Ok(written) => {
            context.store.know_guest(&written, Some(&guest.key));
            act::keep_books(found, &next, ticket, pass);
            events::publish(context, guest, &why, (&seen.record, &next)).await;
            context.store.wake.tenant(guest.tenant());
        }
        // The answer and the ticket are still ours: decide again on what is there now.
        Err(WriteError::Conflict) => {
            if let Some(name) = &seen.person.name {
                live::person(context, name).await?;
            }
        }
        Err(error) => return Err(error),
    }
    pass.look = None;
    pass.user = UserView::Unknown;
    pass.done = None;
    Ok(())
}
