//! Carries a step out and notes what it brought.

use jiff::Timestamp;
use kube::ResourceExt;

use super::pass::{Pass, connection};
use super::{send, tasks};
use crate::api::{Explanation, GuestInvitation, Reason};
use crate::controller::context::Context;
use crate::controller::index::ObjectKey;
use crate::controller::tenants::{Connection, TenantState, TenantTrouble};
use crate::directory;
use crate::graph::{Class, GraphError};
use crate::plan::{Answer, Post, Record, Step, Ticket, UserView};

/// Carries `step` out, unless it is a write or a rest.
pub async fn carry_out(step: Step, context: &Context, guest: &GuestInvitation, found: &TenantState, pass: &mut Pass) {
    let Some(connection) = connection(found) else { return };
    let uid = guest.uid().unwrap_or_default();
    match step {
        Step::Queue => connection.pacer.enter(&uid, Timestamp::now()),
        Step::Look | Step::LookAmongDeleted => {
            let deleted = step == Step::LookAmongDeleted;
            match directory::look(&connection.graph, &guest.spec.address(), deleted).await {
                Ok(look) => pass.look = Some(look),
                Err(error) => trouble(context, guest, connection, &error, pass),
            }
        }
        Step::Fetch(id) => {
            pass.user_read_at = Some(Timestamp::now());
            match directory::fetch(&connection.graph, &id).await {
                Ok(Some(user)) => pass.user = UserView::Found(user),
                Ok(None) => pass.user = UserView::Missing,
                Err(error) => trouble(context, guest, connection, &error, pass),
            }
        }
        Step::Post(post) => {
            let answer = send::send(&post, context, guest, connection, pass).await;
            if let (Post::Send { kind, .. }, Answer::Done { .. } | Answer::Mailed { .. }) = (&post, &answer) {
                context.metrics.sent(&guest.spec.tenant_ref.name, *kind);
            }
            // Of the tenant's own troubles all its guests hear when they pass.
            let own =
                connection.trouble().is_none() && connection.graph.gate().closed_until(Timestamp::now()).is_none();
            pass.unsent |= own && !connection.is_blocked() && pass.trouble.is_some() && answer == Answer::NotSent;
            connection.pacer.leave(&uid);
            pass.look = None;
            pass.user = UserView::Unknown;
            pass.answer = Some((post, answer));
        }
        Step::Do(task) => {
            if let Some(outcome) = tasks::carry_out(&task, context, guest, connection, pass).await {
                pass.done = Some((task, outcome));
            }
        }
        Step::Write { .. } | Step::Rest { .. } => {}
    }
}

/// Nothing left for this guest, so the address is free again for whoever was told that it was not.
pub fn give_address_back(context: &Context, guest: &GuestInvitation) {
    let uid = guest.uid().unwrap_or_default();
    let (tenant, address) = (&guest.spec.tenant_ref.name, guest.spec.address());
    let place = ObjectKey { namespace: guest.namespace().unwrap_or_default(), name: guest.name_any() };
    let rivals = context.index(|index| {
        index.ledger.take_back(tenant, &address, &uid);
        index.rivals(&place)
    });
    for rival in rivals {
        context.wake.guest(&rival.namespace, &rival.name);
    }
}

/// After a write: who may act on the new attempt, and what the memory of sends has to know.
pub fn keep_books(
    context: &Context,
    guest: &GuestInvitation,
    found: &TenantState,
    record: &Record,
    ticket: Option<Timestamp>,
    pass: &mut Pass,
) {
    let uid = guest.uid().unwrap_or_default();
    let (tenant, address) = (&guest.spec.tenant_ref.name, guest.spec.address());
    let acted = pass.answer.take().is_some() || pass.ticket.is_some();
    pass.ticket = None;
    match (&record.invitation.attempt, ticket) {
        (Some(attempt), Some(decided_at)) => {
            let now = Timestamp::now();
            context.index(|index| index.ledger.begin(tenant, &address, &uid, attempt, now));
            pass.ticket = Some(Ticket { attempt: attempt.id.clone(), decided_at });
        }
        (None, _) if acted && record.guest.is_none() => give_address_back(context, guest),
        _ => {}
    }
    // What was just read of the user by id is newer than the mirror.
    if let (Some(connection), UserView::Found(user)) = (connection(found), &pass.user) {
        let mut mirror = connection.mirror.write();
        mirror.put(user.id.clone(), Some(user.clone()));
    }
}

/// Microsoft blocks invitations: the breaker opens for the whole tenant.
pub fn blocked(error: &GraphError, context: &Context, guest: &GuestInvitation, connection: &Connection) {
    tracing::error!(tenant = guest.spec.tenant_ref.name, %error, "Microsoft blocks invitations from this directory; nothing more is sent until a person resumes");
    connection.set_blocked(true);
    context.wake.tenant(&guest.spec.tenant_ref.name);
}

/// Notes a failed call: for the whole tenant where it is the tenant's, else for this guest.
pub fn trouble(
    context: &Context,
    guest: &GuestInvitation,
    connection: &Connection,
    error: &GraphError,
    pass: &mut Pass,
) {
    if let Some(trouble) = TenantTrouble::of(error) {
        pass.failed(trouble.explanation.clone(), None);
        connection.set_trouble(Some(trouble));
        context.wake.tenant(&guest.spec.tenant_ref.name);
    } else if error.class == Class::Throttled {
        let message = "Microsoft Graph asked this tenant to wait; it goes on by itself.";
        pass.failed(Explanation::new(Reason::Throttled, message), error.retry_after);
    } else {
        let what =
            error.status.map_or_else(|| error.message.clone(), |status| format!("{} (HTTP {status})", error.message));
        let message = format!(
            "Microsoft Graph did not answer {} as it should: {what}. It is tried again; the operator's log has the request-id.",
            error.operation
        );
        pass.failed(Explanation::new(Reason::GraphError, message), error.retry_after);
    }
}
