//! Whom an invitation means: a guest that is there, an account that forbids it, one that was deleted, or somebody new.
//! What the documents leave open is a switch in [`crate::settings::Variants`].

use super::errors::refused;
use super::invitee::{Invitee, existing};
use super::request::Wanted;
use super::{named, sponsors};
use crate::graph::access::Caller;
use crate::graph::errors::GraphError;
use crate::graph::relations::UserRelation;
use crate::settings::{AutomaticRedemption, SoftDeleted};
use crate::state::provider::domain;
use crate::state::user::{ObjectIdentity, User};
use crate::state::{Tenant, World};

pub(super) fn find_or_make(world: &mut World, caller: &Caller, wanted: &Wanted) -> Result<Invitee, GraphError> {
    let now = world.now();
    let variants = world.settings.variants.clone();
    let lag = world.settings.lag.reset_after_change;
    let automatic = world.settings.policy_of(&caller.tenant).redeems_automatically(domain(&wanted.email));
    let settings = world.settings.clone();
    let tenant = world.tenant_mut(&caller.tenant).ok_or_else(|| GraphError::not_found(&caller.tenant))?;
    let sponsors = sponsors::of_new_guest(tenant, caller, wanted.sponsors.as_deref(), &settings)?;
    if let Some(id) = &wanted.user_id {
        return named::invite(tenant, caller, wanted, id, &named::Circumstances { now, lag, variants: &variants });
    }
    if let Some(known) = known(tenant, &wanted.email) {
        return existing(known, &variants);
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
            return Ok(Invitee { user, mails, completed: false });
        }
    }
    let mut user = tenant.new_guest(&wanted.email, wanted.display_name.as_deref(), &wanted.user_type, now);
    *user.related_mut(UserRelation::Sponsors.row().name) = sponsors;
    if automatic {
        redeem_automatically(&mut user, variants.automatic_redemption);
    }
    if !variants.user_never_appears {
        tenant.directory.add(user.clone(), false);
    }
    let completed = automatic && variants.automatic_redemption == AutomaticRedemption::Accepted;
    Ok(Invitee { user, mails, completed })
}

fn redeem_automatically(user: &mut User, state: AutomaticRedemption) {
    match state {
        AutomaticRedemption::Pending => {}
        AutomaticRedemption::Unset => {
            user.external_user_state = None;
            user.external_user_state_change_date_time = None;
        }
        AutomaticRedemption::Accepted => {
            user.external_user_state = Some("Accepted".to_owned());
            user.identities.push(ObjectIdentity {
                sign_in_type: "federated".to_owned(),
                issuer: "ExternalAzureAD".to_owned(),
                issuer_assigned_id: None,
            });
        }
    }
}

/// A guest answers to more addresses than an account of the tenant's own.
fn known<'a>(tenant: &'a Tenant, email: &str) -> Option<&'a User> {
    tenant.directory.at(email).find(
        |user| {
            if user.is_external() { user.answers_to(email) } else { user.owns_address(email) }
        },
    )
}
