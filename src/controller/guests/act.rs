//! Carries a step out and notes what it brought. The only place that lets an invitation leave.

use jiff::Timestamp;
use kube::ResourceExt;

use super::pass::{Pass, connection};
use crate::api::{AttemptKind, GuestInvitation, UserType};
use crate::controller::context::Context;
use crate::controller::index::Place;
use crate::controller::tenants::{Connection, Found, Trouble};
use crate::directory;
use crate::graph::{Class, GraphError, Invitation, Reach, refused};
use crate::plan::{Answer, Post, Record, Refused, Step, Ticket, UserView};

/// Where a redemption ends when nobody says.
const MY_APPS: &str = "https://myapps.microsoft.com";

/// Carries `step` out, unless it is a write or a rest.
pub async fn carry_out(step: Step, context: &Context, guest: &GuestInvitation, found: &Found, pass: &mut Pass) {
    let Some(connection) = connection(found) else { return };
    let uid = guest.uid().unwrap_or_default();
    match step {
        Step::Queue => connection.queue.enter(&uid, Timestamp::now()),
        Step::Look => match directory::look(&connection.graph, &guest.spec.address()).await {
            Ok(look) => pass.look = Some(look),
            Err(error) => trouble(context, guest, connection, &error, pass),
        },
        Step::Fetch(id) => match directory::fetch(&connection.graph, &id).await {
            Ok(Some(user)) => pass.user = UserView::Found(user),
            Ok(None) => pass.user = UserView::Missing,
            Err(error) => trouble(context, guest, connection, &error, pass),
        },
        Step::Post(post) => {
            let answer = send(&post, context, guest, connection, pass).await;
            connection.queue.leave(&uid);
            pass.look = None;
            pass.user = UserView::Unknown;
            pass.answer = Some((post, answer));
        }
        Step::Write { .. } | Step::Rest { .. } => {}
    }
}

/// Nothing left for this guest, so the address is free again for whoever was told that it was not.
pub fn give_address_back(context: &Context, guest: &GuestInvitation) {
    let uid = guest.uid().unwrap_or_default();
    let (tenant, address) = (&guest.spec.tenant_ref.name, guest.spec.address());
    let place = Place { namespace: guest.namespace().unwrap_or_default(), name: guest.name_any() };
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
    found: &Found,
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
        let mut mirror = connection.mirror.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        mirror.put(user.id.clone(), Some(user.clone()));
    }
}

async fn send(
    post: &Post,
    context: &Context,
    guest: &GuestInvitation,
    connection: &Connection,
    pass: &mut Pass,
) -> Answer {
    let (kind, latest) = match post {
        Post::Send { kind, .. } => {
            // Acting uses the ticket up, whatever comes of it.
            let decided_at = pass.ticket.take().map(|ticket| ticket.decided_at);
            let Some(latest) = decided_at.and_then(|at| at.checked_add(context.settings.timing.freshness).ok()) else {
                return Answer::NotSent;
            };
            (Some(*kind), Some(latest))
        }
        Post::Ask { .. } => (None, None),
    };
    let mail = matches!(kind, Some(AttemptKind::Invite | AttemptKind::Resend));
    match connection.graph.invite(&invitation(guest, connection, mail), latest).await {
        Ok(invited) => Answer::Done { invitation: invited.id, user: invited.user_id, graph_time: invited.graph_time },
        Err(error) => answer(&error, context, guest, connection, pass),
    }
}

/// What a failed POST says about the mail.
fn answer(
    error: &GraphError,
    context: &Context,
    guest: &GuestInvitation,
    connection: &Connection,
    pass: &mut Pass,
) -> Answer {
    match (error.reach, error.class) {
        (Reach::Unknown, _) => Answer::Lost,
        (_, Class::Blocked) => {
            tracing::error!(tenant = guest.spec.tenant_ref.name, %error, "Microsoft blocks invitations from this directory; nothing more is sent until a person resumes");
            connection.set_blocked(true);
            context.wake.tenant(&guest.spec.tenant_ref.name);
            Answer::NotSent
        }
        (Reach::NotSent, _) | (_, Class::Throttled | Class::Auth) => {
            trouble(context, guest, connection, error, pass);
            Answer::NotSent
        }
        (Reach::Answered, _) => {
            let (reason, message, retry_after) = refused(error);
            Answer::Refused(Refused { reason, message, retry_after })
        }
    }
}

/// Notes a failed call: for the whole tenant where it is the tenant's, else for this guest.
fn trouble(context: &Context, guest: &GuestInvitation, connection: &Connection, error: &GraphError, pass: &mut Pass) {
    if let Some(trouble) = Trouble::of(error) {
        pass.failed(&trouble.reason, trouble.message.clone(), None);
        connection.set_trouble(Some(trouble));
        context.wake.tenant(&guest.spec.tenant_ref.name);
    } else if error.class == Class::Throttled {
        pass.failed(
            "Throttled",
            "Microsoft Graph asked this tenant to wait; it goes on by itself.".into(),
            error.retry_after,
        );
    } else {
        let what =
            error.status.map_or_else(|| error.message.clone(), |status| format!("{} (HTTP {status})", error.message));
        pass.failed("GraphError", format!("Microsoft Graph did not answer {} as it should: {what}. It is tried again; the operator's log has the request-id.", error.operation), error.retry_after);
    }
}

fn invitation(guest: &GuestInvitation, connection: &Connection, mail: bool) -> Invitation {
    let (spec, defaults) = (&guest.spec, &connection.defaults);
    let message = spec.message.clone().unwrap_or_default();
    let redirect = spec.redirect_url.as_ref().or(defaults.redirect_url.as_ref());
    Invitation {
        email: spec.address().as_str().to_owned(),
        redirect_url: redirect.map_or(MY_APPS, |url| url.as_str()).to_owned(),
        display_name: spec.display_name.clone(),
        user_type: match spec.user_type {
            UserType::Guest => "Guest",
            UserType::Member => "Member",
        },
        language: message.language.as_ref().or(defaults.language.as_ref()).map(|language| language.as_str().to_owned()),
        cc: message.cc.first().map(|cc| cc.as_str().to_owned()),
        send: mail,
        reset: None,
    }
}
