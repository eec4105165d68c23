//! Whom an invitation means: a guest that is there, an account that forbids it, one that was deleted, or somebody new.
//! What the documents leave open is a switch in [`crate::settings::Variants`].

use std::time::Duration;

use serde_json::Value;

use super::request::Wanted;
use super::{Invitee, forbidden, refused, sponsors};
use crate::graph::access::Caller;
use crate::graph::errors::GraphError;
use crate::settings::SoftDeleted;
use crate::state::provider::domain;
use crate::state::user::User;
use crate::state::{Tenant, World};

pub(super) fn find_or_make(world: &mut World, caller: &Caller, wanted: &Wanted) -> Result<Invitee, GraphError> {
    let now = world.now();
    let variants = world.settings.variants.clone();
    let lag = world.settings.lag.reset_after_change;
    let young = world.settings.lag.write_after_create;
    let tenant = world.tenant_mut(&caller.tenant).ok_or_else(|| GraphError::not_found(&caller.tenant))?;
    let sponsors = sponsors::of_new_guest(tenant, caller, wanted.sponsors.as_deref(), &variants, young)?;
    if let Some(id) = &wanted.user_id {
        return named(tenant, caller, wanted, id, now, lag);
    }
    if let Some(known) = known(tenant, &wanted.email) {
        return existing(known, variants.accepted_repeat_mails);
    }
    if tenant.config.owns(domain(&wanted.email)) {
        return Err(refused("Invitee is in inviter tenant"));
    }
    let contact = tenant.directory.contacts.iter().any(|known| known.eq_ignore_ascii_case(&wanted.email));
    let mails = !contact || variants.contact_clash_mails;

    let deleted = tenant.directory.deleted(now).find(|user| user.answers_to(&wanted.email)).cloned();
    if let Some(deleted) = deleted {
        if !deleted.is_external() || variants.soft_deleted == SoftDeleted::Refused {
            return Err(refused("Non-external user already exists with the given mail address and can't be invited."));
        }
        if variants.soft_deleted == SoftDeleted::Restored {
            tenant.directory.restore(&deleted.id, now);
            let user = tenant.directory.change(&deleted.id, |user| user.set_state("PendingAcceptance", now));
            let user = user.ok_or_else(|| GraphError::not_found(&deleted.id))?;
            return Ok(Invitee { user, mails });
        }
    }
    let mut user = tenant.new_guest(&wanted.email, wanted.display_name.as_deref(), &wanted.user_type, now);
    user.sponsors = sponsors;
    if !variants.user_never_appears {
        tenant.directory.add(user.clone(), false);
    }
    Ok(Invitee { user, mails })
}

/// A guest answers to more addresses than an account of the tenant's own.
fn known<'a>(tenant: &'a Tenant, email: &str) -> Option<&'a User> {
    tenant.directory.at(email).find(
        |user| {
            if user.is_external() { user.answers_to(email) } else { user.owns_address(email) }
        },
    )
}

fn existing(known: &User, accepted_repeat_mails: bool) -> Result<Invitee, GraphError> {
    let start = format!("The invited user already exists in the directory as objectID: {}", known.id);
    if !known.account_enabled {
        return Err(blocked(&start));
    }
    if !known.is_external() {
        let text = format!("{start}. They can use that account to sign in to shared apps and resources.");
        return Err(refused(text));
    }
    let mails = known.is_pending() || accepted_repeat_mails;
    Ok(Invitee { user: known.clone(), mails })
}

/// `invitedUser.id` is given: a reset, or the conversion of an internal account (page "Invite internal users to B2B").
fn named(
    tenant: &mut Tenant,
    caller: &Caller,
    wanted: &Wanted,
    id: &str,
    now: jiff::Timestamp,
    lag: Duration,
) -> Result<Invitee, GraphError> {
    let user = tenant.directory.get(id).ok_or_else(|| GraphError::not_found(id))?;
    let same = |known: &str| known.eq_ignore_ascii_case(&wanted.email);
    // The invitation service may not have heard of a new address yet.
    let seen = tenant.directory.as_of(&user.id, lag).unwrap_or(user);
    let in_mail = seen.mail.as_deref().is_some_and(same);
    let in_others = seen.other_mails.iter().any(|known| same(known));
    let known = in_mail || (wanted.reset && in_others);
    if !known {
        return Err(refused(
            "The email you're using to invite this user doesn't match any emails on the user object. Please add this email to the user object and try again.",
        ));
    }
    if !user.account_enabled {
        let start = format!("The invited user already exists in the directory as objectID: {}", user.id);
        return Err(blocked(&start));
    }
    if wanted.reset && user.holds_directory_role && caller.user.is_none() {
        return Err(forbidden("Generic authorization exception."));
    }
    if !wanted.reset && user.property("onPremisesUserPrincipalName") != Value::Null {
        return Err(refused("The user is synchronised from on-premises and cannot be converted."));
    }
    let id = user.id.clone();
    let email = wanted.email.clone();
    let user = tenant.directory.change(&id, |user| {
        user.set_state("PendingAcceptance", now);
        user.identities.retain(|identity| identity.sign_in_type != "federated");
        user.invited_address = Some(email);
    });
    Ok(Invitee { user: user.ok_or_else(|| GraphError::not_found(&id))?, mails: true })
}

fn blocked(start: &str) -> GraphError {
    let text = format!(
        "{start}, but the account is blocked from signing in. If the account is unblocked, they can use that account to sign in to shared apps and resources."
    );
    GraphError::new(412, "PreconditionFailed", text)
}
