//! `POST /invitations` (page "Create invitation"): read, refuse or find or make the guest, mail, answer.
//! It is not idempotent: every call makes a new invitation with a new ticket, and a mail if one is asked for.

mod answer;
mod guest;
mod mail;
mod named;
mod refusals;
mod request;
mod sponsors;

use super::Call;
use super::access::Caller;
use super::errors::GraphError;
use crate::answer::Answer;
use crate::state::State;
use crate::state::user::User;
use request::Wanted;

/// The guest an invitation is for, and whether the mail that was asked for goes out.
struct Invitee {
    user: User,
    mails: bool,
    /// There is nothing left to redeem: `status` says so.
    completed: bool,
}

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

/// `code` is coarse on /invitations; only the text tells the cases apart.
fn refused(text: impl Into<String>) -> GraphError {
    GraphError::new(400, "BadRequest", text)
}

fn forbidden(text: &str) -> GraphError {
    GraphError::new(403, "Forbidden", text)
}
