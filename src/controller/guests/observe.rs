//! Gathers what the decision is made on. Reads memory only; what needs a call is a step of its own.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kube::ResourceExt;

use super::notes::Pass;
use crate::api::GuestInvitation;
use crate::controller::context::Context;
use crate::plan::{Observed, Record, SendAt, Tenant, UserView};
use crate::policy::Permission;
use crate::store::{Connection, ObjectKey, TenantState};

/// What this process knows of the guest, beside its record.
pub fn observed(
    context: &Context,
    guest: &GuestInvitation,
    record: &Record,
    found: &TenantState,
    pass: &Pass,
    permission: Permission,
    now: Timestamp,
) -> Observed {
    let uid = guest.uid().unwrap_or_default();
    let place = &ObjectKey::of(guest);
    let (holder, inherited, listed, rival) = context.store.index(|index| {
        (
            index.holder(place).map(|holder| holder.to_string()),
            index.inherited(place, record),
            index.unwitnessed(place),
            !index.rivals(place).is_empty(),
        )
    });
    let tenant = match (&pass.trouble, found) {
        (Some(trouble), _) => Tenant::Unready(trouble.clone()),
        (None, TenantState::Missing) => Tenant::Missing {
            message: format!(
                "There is no EntraTenant named {:?}. Name an existing one in spec.tenantRef (kubectl get etenant), or ask the platform team for it.",
                guest.spec.tenant_ref.name
            ),
        },
        (None, TenantState::Unready(trouble)) => Tenant::Unready(trouble.explanation.clone()),
        (None, TenantState::Ready(connection)) => Tenant::Ready { send_at: send_at(connection, &uid, pass, now) },
    };
    Observed {
        tenant,
        permission,
        holder,
        new_id: uuid::Uuid::new_v4().to_string(),
        inherited,
        // On a tenant that no operator has worked on before, nobody can have sent.
        unwitnessed: listed && context.store.tenants.worked_before(&guest.spec.tenant_ref.name),
        ticket: pass.ticket.clone(),
        look: pass.look.clone(),
        user: user(found, record, pass),
        user_read_at: pass.user_read_at.filter(|_| pass.user != UserView::Unknown),
        patched: patched(found, record, context, now),
        rival,
        no_link_kept: pass.no_link_kept,
        mail_trouble: found.connection().and_then(|connection| connection.mailer.as_ref().err().cloned()),
        answer: pass.answer.clone(),
        done: pass.done.clone(),
    }
}

/// What was written to the user within the settling time, which a read may not show yet.
fn patched(
    found: &TenantState,
    record: &Record,
    context: &Context,
    now: Timestamp,
) -> BTreeMap<String, Option<String>> {
    match (found.connection(), &record.guest) {
        (Some(connection), Some(guest)) => connection.patched(&guest.id, now, context.settings.timing.settling),
        _ => BTreeMap::new(),
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
    match connection.pacer.place(uid, now) {
        None => SendAt::Unqueued,
        Some(place) if place > now => SendAt::Not(place),
        Some(_) => SendAt::Now,
    }
}

/// What was fetched in this pass, else what the mirror shows.
fn user(found: &TenantState, record: &Record, pass: &Pass) -> UserView {
    if pass.user != UserView::Unknown {
        return pass.user.clone();
    }
    match (found, &record.guest) {
        (TenantState::Ready(connection), Some(guest)) => connection.mirror.read().view(&guest.id),
        _ => UserView::Unknown,
    }
}
