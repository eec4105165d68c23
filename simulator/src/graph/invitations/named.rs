//! `invitedUser.id` is given: a reset (page "Reset redemption status for a guest user") or the conversion of an internal
//! account (page "Invite internal users to B2B"). The id, the groups, the sponsors and the user principal name stay.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::errors::{forbidden, refused};
use super::invitee::{self, Invitee};
use super::request::Wanted;
use crate::graph::access::Caller;
use crate::graph::errors::GraphError;
use crate::settings::{StateAfterReset, Variants};
use crate::state::Tenant;
use crate::state::provider::domain;
use crate::state::user::User;

pub(super) struct Circumstances<'a> {
    pub(super) now: Timestamp,
    /// How far the invitation service runs behind a change of a user's addresses.
    pub(super) lag: Duration,
    pub(super) variants: &'a Variants,
}

pub(super) fn invite(
    tenant: &mut Tenant,
    caller: &Caller,
    wanted: &Wanted,
    id: &str,
    circumstances: &Circumstances<'_>,
) -> Result<Invitee, GraphError> {
    let user = tenant.directory.get(id).ok_or_else(|| GraphError::not_found(id))?;
    let seen = tenant.directory.as_of(&user.id, circumstances.lag).unwrap_or(user);
    if !has_address(seen, wanted) {
        return Err(refused(
            "The email you're using to invite this user doesn't match any emails on the user object. Please add this email to the user object and try again.",
        ));
    }
    if !user.account_enabled {
        return Err(invitee::blocked(user));
    }
    // Without a reset a guest is invited as if only its address were given.
    if !wanted.reset && user.is_external() {
        return invitee::existing(user, circumstances.variants);
    }
    if tenant.config.owns(domain(&wanted.email)) {
        return Err(refused("Invitee is in inviter tenant"));
    }
    if wanted.reset {
        may_be_reset(tenant, caller, user)?;
    } else {
        may_be_converted(caller, user, circumstances.variants)?;
    }
    let (id, now, variants) = (user.id.clone(), circumstances.now, circumstances.variants);
    let unchanged = wanted.reset && variants.state_after_reset == StateAfterReset::Unchanged;
    if wanted.reset
        && let Some(before) = tenant.directory.get(&id)
    {
        tenant.resets.remember(before);
    }
    let email = wanted.email.clone();
    let user = tenant.directory.change(&id, |user| {
        if unchanged {
            user.awaits_redemption = true;
        } else {
            user.set_state("PendingAcceptance", now);
        }
        user.identities.retain(|identity| identity.sign_in_type != "federated");
        user.invited_address = Some(email);
    });
    Ok(Invitee { user: user.ok_or_else(|| GraphError::not_found(&id))?, mails: true, completed: false })
}

/// In `mail`; for a reset `otherMails` will do.
fn has_address(user: &User, wanted: &Wanted) -> bool {
    let same = |known: &str| known.eq_ignore_ascii_case(&wanted.email);
    let in_mail = user.mail.as_deref().is_some_and(same);
    let others_do = wanted.reset || user.is_external();
    in_mail || (others_do && user.other_mails.iter().any(|known| same(known)))
}

fn may_be_reset(tenant: &Tenant, caller: &Caller, user: &User) -> Result<(), GraphError> {
    // An app cannot reset whoever holds a directory role, and a person needs one to reset anybody.
    let allowed = match &caller.user {
        None => !user.holds_directory_role,
        Some(id) => tenant.directory.get(id).is_some_and(|person| person.holds_directory_role),
    };
    if !allowed {
        return Err(forbidden("Generic authorization exception."));
    }
    if !user.is_external() {
        return Err(refused("The redemption of a user that is no B2B collaboration user cannot be reset."));
    }
    Ok(())
}

fn may_be_converted(caller: &Caller, user: &User, variants: &Variants) -> Result<(), GraphError> {
    if variants.convert_needs_user_write && !caller.may_write_users() {
        return Err(forbidden("Generic authorization exception."));
    }
    if user.property("onPremisesUserPrincipalName") != Value::Null {
        return Err(refused("The user is synchronised from on-premises and cannot be converted."));
    }
    Ok(())
}
