//! `POST /invitations` (page "Create invitation"): read, refuse or find or make the guest, mail, answer.
//! It is not idempotent: every call makes a new invitation with a new ticket, and a mail if one is asked for.

mod answer;
mod errors;
mod guest;
mod invitee;
mod mail;
mod named;
mod refusals;
mod request;
mod sponsors;

use super::access::Caller;
use super::call::Call;
use super::errors::GraphError;
use crate::answer::Answer;
use crate::state::State;
use request::Wanted;

pub(crate) fn create(state: &State, call: &Call, caller: &Caller) -> Result<Answer, GraphError> {
    let taken = state.world().settings.variants.invited_sponsors;
    let wanted = Wanted::read(state, call, taken)?;
    let mut world = state.world();
    let world = &mut *world;
    refusals::check(world, caller, &wanted)?;
    let invitee = guest::find_or_make(world, caller, &wanted)?;

    let tenant = world.tenant_mut(&caller.tenant).ok_or_else(|| GraphError::not_found(&caller.tenant))?;
    let invitation = tenant.invite(&invitee.user.id, &wanted.email, &wanted.redirect_url);
    let redeem_url = invitation.redeem_url(&state.origin, &tenant.config.id);
    if wanted.send && invitee.mails {
        mail::send(world, caller, &wanted, &invitee.user, &invitation, &redeem_url);
    }
    Ok(answer::created(state, &wanted, &invitation, &redeem_url, &invitee))
}
