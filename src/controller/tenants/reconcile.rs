//! One tenant: connect, sign in, report.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kube::{Api, ResourceExt};
use serde_json::json;

use super::permitted::{Permitted, permitted};
use super::report::{TenantFindings, status};
use super::rhythm::Rhythm;
use super::{connect, sweeper};
use crate::api::conditions::{PERMITTED, READY, Truth, find};
use crate::api::{EntraTenant, RESUME, Reason};
use crate::controller::again::Again;
use crate::controller::context::Context;
use crate::controller::guard::{Failed, ReconcileStopped, guarded};
use crate::controller::status::{self as api_status, WriteError};
use crate::controller::unreadable;
use crate::store::{Connection, ObjectKey, TenantState, TenantTrouble};

/// How often a tenant that is well is looked at: a changed Secret is noticed no later.
const CALM: Duration = Duration::from_secs(60);

/// The longest that a tenant in trouble is left alone.
const TROUBLED: Duration = Duration::from_secs(30);

/// So long has Graph to be silent before it counts as unreachable: a few calls that are cut off happen to everybody.
const SILENT: Duration = Duration::from_secs(10);

/// A pause of Graph's that is longer than this is told: shorter ones come and go.
const LONG_PAUSE: Duration = Duration::from_secs(60);

/// The age from which a token that lacks a permission is not kept: it carries what was granted when it was made.
const RENEW: Duration = Duration::from_secs(50);

/// Brings one tenant forward.
///
/// # Errors
/// When it could not be brought forward: why, and when to try again.
pub async fn tenant(place: ObjectKey, context: Arc<Context>) -> Result<Again, Failed> {
    let Some(object) = context.store.entra_tenants.get(&place) else { return Ok(Again::OnChange) };
    let name = place.name;
    if context.store.tenants.is_of_others(&name) {
        return Ok(Again::OnChange);
    }
    let key = format!("tenant/{name}");
    let ended: Result<Result<Again, WriteError>, ReconcileStopped> = match &object.0 {
        Err(invalid) => {
            tracing::error!(tenant = name, error = %invalid.error, "an EntraTenant cannot be read; the others go on");
            let explanation = unreadable::explanation::<EntraTenant>(invalid);
            let trouble = TenantTrouble { explanation, signed_in: Truth::Unknown };
            context.store.tenants.put(&name, TenantState::Unready(trouble));
            context.store.wake_guests_of(&name);
            Ok(unreadable::explain::<EntraTenant>(invalid, json!({}), &context).await.map(|()| Again::OnChange))
        }
        Ok(tenant) => guarded(bring_forward(tenant, &name, &context)).await,
    };
    let cause: Box<dyn Error + Send + Sync> = match ended {
        Ok(Ok(action)) => {
            context.store.backoff.succeeded(&key);
            return Ok(action);
        }
        // The watch brings the newer version, and with it the next reconcile; this is for the case that it does not.
        Ok(Err(WriteError::Conflict)) => return Ok(Again::After(Duration::from_millis(500))),
        Ok(Err(WriteError::Gone)) => return Ok(Again::OnChange),
        Ok(Err(error)) => error.into(),
        Err(broken) => broken.into(),
    };
    tracing::error!(tenant = name, error = cause.to_string(), "the tenant could not be brought forward");
    Err(Failed::new(cause, context.store.backoff.failed(&key)))
}

async fn bring_forward(tenant: &EntraTenant, name: &str, context: &Arc<Context>) -> Result<Again, WriteError> {
    // A rule that is withdrawn holds at once, also while the directory cannot be reached.
    if context.store.tenants.put_access(name, tenant.spec.rules()) {
        context.store.wake_guests_of(name);
    }
    let (connection, trouble) = match connected(tenant, name, context).await {
        Ok(connection) => {
            if lacks_permissions(tenant) {
                connection.graph.renew_token(RENEW).await;
            }
            let trouble = check(&connection).await;
            (Some(connection), trouble)
        }
        Err(trouble) => (None, Some(trouble)),
    };
    let now = Timestamp::now();
    let asked = tenant.annotations().get(RESUME).cloned();
    let handled = tenant.status.as_ref().and_then(|status| status.last_handled_resume.clone());
    let resumed = asked.filter(|asked| Some(asked) != handled.as_ref());
    if let (Some(connection), Some(_)) = (&connection, &resumed) {
        connection.set_blocked(false);
        connection.set_full(None);
        connection.resume_ends(now);
        context.store.wake_guests_of(name);
    }
    let found = match (&connection, &trouble) {
        (Some(connection), None) => TenantState::Ready(connection.clone()),
        (_, Some(trouble)) => TenantState::Unready(trouble.clone()),
        (None, None) => TenantState::Missing,
    };
    let well = matches!(found, TenantState::Ready(_));
    let mut news = context.store.tenants.put(name, found);
    if context.store.tenants.has_gone(name) {
        return Err(WriteError::Gone);
    }
    if news {
        // Another trouble than before: somebody is at work on it, and waits to hear of the next.
        context.store.backoff.succeeded(&format!("sign-in/{name}"));
    }
    // What a look has shown to last stays on the connection: the next look asks Graph again, and not for a token alone.
    if let Some(connection) = &connection {
        news |= connection.set_trouble(trouble.clone()).is_some() && well;
    }
    if news {
        context.store.wake_guests_of(name);
    }
    let blocked = connection.as_ref().is_some_and(|connection| connection.is_blocked());
    let counts = context.store.index(|index| index.claims().counts(name));
    context.metrics.tenant(name, well, blocked, counts);
    let permitted = match &connection {
        Some(connection) => {
            let guests = context.store.index(|index| index.claims().uses(name));
            permitted(&connection.graph, connection.defaults.deletion_policy, &guests).await
        }
        None => Permitted::NotTold,
    };
    let findings = TenantFindings {
        expires: connection.as_ref().and_then(|connection| connection.expires),
        permitted,
        blocked,
        full: connection.as_ref().is_some_and(|connection| connection.full_until(now).is_some()),
        ends_stopped: connection
            .as_ref()
            .and_then(|connection| context.store.index(|index| connection.ends_stopped(index.people(), now))),
        mail: connection
            .as_ref()
            .filter(|_| tenant.spec.mail.is_some())
            .map(|connection| connection.mailer.as_ref().map(|_| ()).map_err(Clone::clone)),
        counts,
        resumed,
        paused_until: connection.as_ref().and_then(|connection| long_pause(connection, now)),
        sweeps: connection.as_ref().map(|connection| connection.sweeps_so_far.lock().clone()).unwrap_or_default(),
        trouble: trouble.clone(),
    };
    let paused_until = findings.paused_until;
    let next = status(tenant, findings, now);
    if tenant.status.as_ref() != Some(&next) {
        let api: Api<EntraTenant> = Api::all(context.client.clone());
        api_status::write(&api, name, tenant.resource_version().as_deref(), &next).await?;
    }
    match trouble {
        None => {
            context.store.backoff.succeeded(&format!("sign-in/{name}"));
            let left = paused_until.and_then(|until| Duration::try_from(until.duration_since(now)).ok());
            Ok(Again::After(left.map_or(CALM, |left| left.min(CALM))))
        }
        Some(trouble) => {
            tracing::warn!(
                tenant = name,
                reason = trouble.explanation.reason.as_str(),
                message = trouble.explanation.message,
                "the tenant cannot be worked with"
            );
            let wait = context.store.backoff.failed(&format!("sign-in/{name}")).min(TROUBLED);
            // Trouble that came back is not looked at for a while. The pass that does comes just when that is over: a wait of its own on
            // top of it was half a minute more.
            let look_in = connection.as_ref().and_then(|connection| connection.look_in());
            Ok(Again::After(look_in.map_or(wait, |left| left.min(wait))))
        }
    }
}

/// The connection at hand if it still fits, else a new one. A tenant in trouble keeps its connection, and with it its queue and mirror.
async fn connected(tenant: &EntraTenant, name: &str, context: &Arc<Context>) -> Result<Arc<Connection>, TenantTrouble> {
    if let Some(taken) = context.store.tenants.taken(name) {
        context.store.tenants.release(name);
        return Err(taken);
    }
    let parts = connect::parts(context, tenant).await?;
    let before = context.store.tenants.kept(name);
    if let Some(connection) = before.as_ref().filter(|connection| connection.made_from == parts.made_from) {
        return Ok(connection.clone());
    }
    let connection = Arc::new(connect::connection(context, tenant, parts, before)?);
    sweeper::start(context.clone(), name.to_owned(), &connection, Rhythm::of(&tenant.spec.sweep));
    context.store.tenants.keep(name, connection.clone());
    tracing::info!(tenant = name, "connected the directory anew");
    Ok(connection)
}

/// Whether the last look at the tenant found a permission missing, by the token or by an answer of Graph's.
fn lacks_permissions(tenant: &EntraTenant) -> bool {
    let conditions = tenant.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    [PERMITTED, READY]
        .iter()
        .filter_map(|kind| find(conditions, kind))
        .any(|condition| Reason::named(&condition.reason) == Some(Reason::PermissionMissing))
}

/// Until when Graph has asked the tenant to wait, if that is long.
fn long_pause(connection: &Connection, now: Timestamp) -> Option<Timestamp> {
    let until = connection.graph.gate().closed_until(now)?;
    (Duration::try_from(until.duration_since(now)).ok()? > LONG_PAUSE).then_some(until)
}

/// Whether the directory can be worked with, now.
async fn check(connection: &Connection) -> Option<TenantTrouble> {
    if let Some(trouble) = connection.lasting_trouble()
        && !is_granted_by_now(connection, &trouble).await
    {
        return Some(trouble);
    }
    let silent = connection.graph.silence().lasts(Instant::now()).is_some_and(|lasts| lasts >= SILENT);
    let checked = match connection.trouble() {
        None if !silent => connection.graph.sign_in().await,
        // After trouble a token alone proves too little.
        _ => connection.graph.probe().await,
    };
    let error = checked.err()?;
    let silence = || TenantTrouble::of_silence(&error).filter(|_| silent);
    TenantTrouble::of(&error).or_else(silence).or_else(|| connection.trouble())
}

/// Whether the token carries by now what Graph had refused for want of it. Then there is nothing to wait for.
async fn is_granted_by_now(connection: &Connection, trouble: &TenantTrouble) -> bool {
    trouble.explanation.reason == Reason::PermissionMissing
        && connection.graph.permissions().await.is_some_and(|held| held.allows_what_every_guest_needs())
}
