//! From an EntraTenant to a connection: the way in, the own mail, and a digest that tells when both have changed.

use std::sync::Arc;

use kube::ResourceExt;

use super::mailer::{self, MailParts};
use super::proof;
use super::secrets::Secrets;
use super::way::Way;
use crate::api::conditions::{INVITATIONS_BLOCKED, is_true};
use crate::api::{EntraTenant, EntraTenantSpec};
use crate::controller::context::Context;
use crate::schedule::Scheduler;
use crate::store::{Connection, TenantTrouble};

/// What a connection is made from. Equal parts make equal connections.
pub struct Parts {
    way: Way,
    mail: MailParts,
    /// A digest of everything, to tell whether the connection at hand still fits.
    pub made_from: String,
}

/// Reads everything that the connection needs.
///
/// # Errors
/// What is wrong with the EntraTenant or its Secret, and how to put it right.
pub async fn parts(context: &Context, tenant: &EntraTenant) -> Result<Parts, TenantTrouble> {
    let spec = &tenant.spec;
    let secrets = Secrets { client: &context.client, namespace: &context.settings.namespace };
    let way = Way::read(secrets, spec).await?;
    let mail = mailer::parts(context, spec.mail.as_ref()).await;
    let made_from = format!(
        "{} {:?} {:?} {:?} {:?} {:x}",
        way.digest(),
        spec.defaults,
        spec.sweep,
        spec.pacing,
        spec.mode,
        proof::hashed(&format!("{:?}", (spec.mail.as_ref(), mail.password())))
    );
    Ok(Parts { way, mail, made_from })
}

/// Makes the connection, which takes the place of `before`. Nothing is called yet.
///
/// # Errors
/// When the certificates to trust cannot be read.
pub fn connection(
    context: &Context,
    tenant: &EntraTenant,
    parts: Parts,
    before: Option<Arc<Connection>>,
) -> Result<Connection, TenantTrouble> {
    let expires = parts.way.expires();
    let graph = parts.way.graph(context.settings.timing.request_timeout)?;
    let graph = graph.metered(context.metrics.graph.of(&tenant.name_any()));
    let blocked = tenant.status.as_ref().is_some_and(|status| is_true(&status.conditions, INVITATIONS_BLOCKED));
    let mailer = mailer::mailer(parts.mail, context.settings.timing.request_timeout);
    let scheduler = scheduler(&tenant.spec, before);
    let connection = Connection::new(parts.made_from, graph, scheduler, &tenant.spec, mailer, expires, blocked);
    if let Some(resumed_at) = tenant.status.as_ref().and_then(|status| status.resumed_at) {
        connection.resume_ends(resumed_at);
    }
    Ok(connection)
}

/// The scheduler of the directory. What Graph has said to an earlier connection counts on.
fn scheduler(spec: &EntraTenantSpec, before: Option<Arc<Connection>>) -> Arc<Scheduler> {
    let same = before.filter(|before| before.tenant_id.eq_ignore_ascii_case(&spec.tenant_id));
    match same {
        Some(before) => {
            before.scheduler.pacer.declare(&spec.pacing);
            before.scheduler.clone()
        }
        None => Arc::new(Scheduler::new(&spec.pacing)),
    }
}
