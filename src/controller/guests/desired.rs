//! What a GuestInvitation asks for, with the tenant's defaults filled in.

use crate::api::{
    Address, Defaults, Delivery, Existing, Explanation, Grant, GuestSpec, PerRelation, Reason, Reminders, Span,
};
use crate::plan::{Desired, Remind};
use crate::store::{KnownClaim, TenantState};

/// What `guest` asks for.
pub fn desired(guest: &KnownClaim, found: &TenantState, wishes: &GuestSpec) -> Desired {
    let mut desired = match found.connection() {
        Some(connection) => {
            Desired { mail_limit: connection.mail_limit, ..asked_for(guest, &connection.defaults, connection.observe) }
        }
        None => asked_for(guest, &Defaults::default(), false),
    };
    // What the platform team grants counts like what an access rule allows.
    let granted = match wishes.grant {
        Some(Grant::Own) => Existing::Own,
        Some(Grant::Manage) => Existing::Manage,
        Some(Grant::Follow) | None => Existing::Refuse,
    };
    if desired.existing != Existing::Refuse {
        desired.existing = desired.existing.max(granted);
    }
    desired.granted_all = wishes.grant == Some(Grant::Own);
    desired
}

/// What `guest` asks for of a tenant with these defaults, which may only be observed.
pub fn asked_for(guest: &KnownClaim, defaults: &Defaults, observe: bool) -> Desired {
    let spec = &guest.spec;
    let delivery = spec.delivery.or(defaults.delivery).unwrap_or_default();
    let mut properties = spec.profile.as_ref().map(crate::api::Profile::properties).unwrap_or_default();
    if let Some(name) = &spec.display_name {
        properties.insert("displayName".into(), name.clone());
    }
    Desired {
        uid: guest.uid.clone(),
        generation: guest.generation,
        created_at: guest.created,
        existing: spec.existing,
        delivery,
        delivery_by_name: spec.delivery.is_some_and(|delivery| delivery != Delivery::None),
        suspended: spec.suspend,
        deleting: guest.deleting,
        finalizer: guest.is_bound(),
        observe,
        requests: guest.requests.clone(),
        reminders: spec.reminders.as_ref().or(defaults.reminders.as_ref()).and_then(remind),
        expires_after: spec.expires_after.as_ref().and_then(|span| span.length().ok()),
        access_until: spec.access_until,
        policy: spec.deletion_policy.or(defaults.deletion_policy).unwrap_or_default(),
        policy_by_name: spec.deletion_policy.is_some(),
        relations: PerRelation::of(|kind| kind.declared(spec).to_vec()),
        properties,
        redeem_as: spec.redeem_as.as_ref().map_or_else(|| guest.address.clone(), Address::from),
        link_secret: spec.redeem_url_secret_ref.as_ref().map(|secret| secret.name.clone()),
        problem: problem(guest, delivery),
        ..Desired::new(guest.address.clone())
    }
}

fn remind(reminders: &Reminders) -> Option<Remind> {
    Some(Remind { after: reminders.after.length().ok()?, limit: reminders.limit })
}

/// What the schema cannot see: a tenant's default decides, or an older schema let it through.
fn problem(guest: &KnownClaim, delivery: Delivery) -> Option<Explanation> {
    let body = guest.spec.message.as_ref().is_some_and(|message| message.body.is_some());
    if body && delivery == Delivery::Microsoft {
        let message = "Microsoft drops the text of an application's invitation and says nothing, so nothing was sent. Set delivery: Mail, so that the operator mails it, or leave message.body out.";
        return Some(Explanation::new(Reason::MessageNotDelivered, message));
    }
    let wrong = |span: &Option<Span>| span.as_ref().and_then(|span| span.length().err());
    wrong(&guest.spec.expires_after)
        .map(|error| Explanation::new(Reason::InvalidDuration, format!("expiresAfter: {error}.")))
}
