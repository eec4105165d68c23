//! Gathers what the decision is made on. Reads memory only; what needs a call is a step of its own.

use std::sync::PoisonError;

use jiff::Timestamp;
use kube::ResourceExt;

use super::pass::Pass;
use crate::api::{Delivery, GuestInvitation};
use crate::controller::context::Context;
use crate::controller::index::Place;
use crate::controller::tenants::Connection;
use crate::controller::tenants::Found;
use crate::plan::{Record, Seen, SendAt, Tenant, UserView, Wanted};

/// What `guest` asks for. The tenant's defaults fill what it does not say.
pub fn wanted(guest: &GuestInvitation, found: &Found) -> Wanted {
    let default = match found {
        Found::Ready(connection) => connection.defaults.delivery,
        _ => None,
    };
    Wanted {
        generation: guest.metadata.generation.unwrap_or_default(),
        address: guest.spec.address(),
        existing: guest.spec.existing,
        mail: guest.spec.delivery.or(default).unwrap_or_default() == Delivery::Microsoft,
        mail_by_name: guest.spec.delivery == Some(Delivery::Microsoft),
        suspended: guest.spec.suspend,
        deleting: guest.metadata.deletion_timestamp.is_some(),
    }
}

/// What this process knows of the guest at `place`, beside its record.
pub fn seen(
    context: &Context,
    place: &Place,
    guest: &GuestInvitation,
    record: &Record,
    found: &Found,
    pass: &Pass,
    now: Timestamp,
) -> Seen {
    let uid = guest.uid().unwrap_or_default();
    let (holder, inherited, listed) =
        context.index(|index| (index.holder(place), index.inherited(place, record), index.unwitnessed(place)));
    let tenant = match (&pass.trouble, found) {
        (Some((reason, message)), _) => Tenant::Unready { reason: reason.clone(), message: message.clone() },
        (None, Found::Missing) => Tenant::Unready {
            reason: "TenantNotFound".into(),
            message: format!(
                "There is no EntraTenant named {:?}. Name an existing one in spec.tenantRef (kubectl get etenant), or ask the platform team for it.",
                guest.spec.tenant_ref.name
            ),
        },
        (None, Found::Unready(trouble)) => {
            Tenant::Unready { reason: trouble.reason.clone(), message: trouble.message.clone() }
        }
        (None, Found::Ready(connection)) => Tenant::Ready { send_at: send_at(connection, &uid, pass, now) },
    };
    Seen {
        tenant,
        holder,
        new_id: uuid::Uuid::new_v4().to_string(),
        inherited,
        // On a tenant that no operator has worked on before, nobody can have sent.
        unwitnessed: listed && context.tenants.worked_before(&guest.spec.tenant_ref.name),
        ticket: pass.ticket.clone(),
        look: pass.look.clone(),
        user: user(found, record, pass),
        answer: pass.answer.clone(),
    }
}

fn send_at(connection: &Connection, uid: &str, pass: &Pass, now: Timestamp) -> SendAt {
    if connection.is_blocked() {
        return SendAt::Blocked;
    }
    if let Some(until) = connection.graph.gate().closed_until(now) {
        return SendAt::Not(until);
    }
    if pass.ticket.is_some() {
        return SendAt::Now; // its turn was taken when the attempt was written
    }
    match connection.queue.place(uid, now) {
        None => SendAt::Unqueued,
        Some(place) if place > now => SendAt::Not(place),
        Some(_) => SendAt::Now,
    }
}

/// What was fetched in this pass, else what the mirror shows.
fn user(found: &Found, record: &Record, pass: &Pass) -> UserView {
    if pass.user != UserView::Unknown {
        return pass.user.clone();
    }
    match (found, &record.guest) {
        (Found::Ready(connection), Some(guest)) => {
            connection.mirror.read().unwrap_or_else(PoisonError::into_inner).view(&guest.id)
        }
        _ => UserView::Unknown,
    }
}
