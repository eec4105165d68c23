//! One pass over one Guest: decide, do the one thing, decide again with what it brought, until there is nothing to do.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kube::Api;

use super::act;
use crate::api::Guest;
use crate::controller::again::Again;
use crate::controller::context::Context;
use crate::controller::guard::{Failed, guarded};
use crate::controller::live;
use crate::controller::status::{TIMEOUT, WriteError};
use crate::plan::{GuestStep, Unclaimed, unclaimed};
use crate::store::{Connection, KnownGuest, ObjectKey, TenantState, owner};

/// More steps than any pass needs.
const MOST_STEPS: usize = 20;

/// When to look again after something was in the way.
const SOON: Duration = Duration::from_secs(10);

/// One reconcile.
///
/// # Errors
/// When it could not be brought forward: why, and when to try again.
pub async fn person(place: ObjectKey, context: Arc<Context>) -> Result<Again, Failed> {
    let name = place.name;
    let key = format!("person/{name}");
    if let Some(error) = context.store.index(|index| index.people().unreadable(&name)) {
        tracing::error!(guest = name, error, "a Guest cannot be read; nothing is done for this person");
        return Ok(Again::OnChange);
    }
    let cause: Box<dyn Error + Send + Sync> = match guarded(bring_forward(&name, &context)).await {
        Ok(Ok(action)) => {
            context.store.backoff.succeeded(&key);
            return Ok(action);
        }
        Ok(Err(WriteError::Gone)) => return Ok(Again::OnChange),
        Ok(Err(WriteError::Conflict)) => {
            live::person(&context, &name).await.map_err(|error| Failed::new(error.into(), SOON))?;
            return Ok(Again::After(Duration::from_millis(200)));
        }
        Ok(Err(error)) => error.into(),
        Err(broken) => broken.into(),
    };
    tracing::error!(
        guest = name,
        error = cause.to_string(),
        "the Guest could not be brought forward; the others go on"
    );
    Err(Failed::new(cause, context.store.backoff.failed(&key)))
}

async fn bring_forward(name: &str, context: &Context) -> Result<Again, WriteError> {
    let mut seen = Unclaimed::default();
    for _ in 0..MOST_STEPS {
        // The index is told of our own writes before the watch is.
        let Some(guest) = context.store.index(|index| index.people().get(name)) else {
            return Ok(Again::OnChange);
        };
        let Some(record) = &guest.record else { return Ok(Again::OnChange) };
        if context.store.tenants.is_of_others(&record.tenant) {
            return Ok(Again::OnChange);
        }
        if !context.store.tenants.know_others() {
            return Ok(Again::After(SOON));
        }
        live::look_for_unseen(context, record).await?;
        let found = context.store.tenants.get(&record.tenant);
        observe(context, &guest, found.as_ref(), &mut seen);
        let now = Timestamp::now();
        let timing = &context.settings.timing;
        let step = context.store.index(|index| unclaimed(&guest.wishes, record, index, &seen, now, timing));
        match step {
            GuestStep::Rest(again) => return Ok(again.into()),
            GuestStep::Write(next) => {
                let written = guest.with(*next);
                let api: Api<Guest> = Api::all(context.client.clone());
                let written = tokio::time::timeout(TIMEOUT, api.replace(name, &Default::default(), &written)).await??;
                context.store.know_guest(&written, None);
                seen = Unclaimed::default();
            }
            GuestStep::Forget => return forget(context, &guest).await,
            // Somebody may just have taken the person, or the platform team another view of them.
            GuestStep::Do(_) if !stands(context, &guest, found.as_ref()).await? => return Ok(Again::After(SOON)),
            other => match found.as_ref().and_then(TenantState::connection) {
                Some(connection) if act::carry_out(other, (record, now), timing, connection, &mut seen).await => {}
                _ => return Ok(Again::After(SOON)),
            },
        }
    }
    Err(WriteError::Endless(MOST_STEPS))
}

/// What is known beside the record, as far as memory tells.
fn observe(context: &Context, guest: &KnownGuest, found: Option<&TenantState>, seen: &mut Unclaimed) {
    let connection = found.and_then(TenantState::connection);
    seen.reachable = connection.is_some_and(|connection| !connection.observe);
    seen.older = context.store.index(|index| index.people().older(guest)).map(|older| older.name.clone());
    let user = guest.record.as_ref().and_then(|record| record.user.as_ref());
    let swept = connection.zip(user).map(|(connection, user)| connection.mirror.read().view(&user.id));
    seen.swept = swept.unwrap_or_default();
    // What the platform team says is meant.
    let stopped = |connection: &Arc<Connection>| {
        context.store.index(|index| connection.ends_stopped(index.people(), Timestamp::now()))
    };
    seen.ends_stopped = connection.filter(|_| guest.wishes.revoke.is_none()).and_then(stopped);
}

/// Whether the Guest and its EntraTenant, read live, are as they were decided on.
async fn stands(context: &Context, guest: &KnownGuest, found: Option<&TenantState>) -> Result<bool, WriteError> {
    let person = live::person_stands(context, &guest.name, Some(&guest.version)).await?;
    let tenant = guest.record.as_ref().map(|record| record.tenant.as_str()).unwrap_or_default();
    Ok(person
        && match found.and_then(TenantState::connection) {
            Some(connection) => live::active_tenant(context, tenant, connection).await?.is_some(),
            None => false,
        })
}

/// Deletes the Guest, if it is still the one that was decided on.
async fn forget(context: &Context, guest: &KnownGuest) -> Result<Again, WriteError> {
    let name = &guest.name;
    tracing::info!(
        guest = name,
        owner = guest.record.as_ref().and_then(owner),
        "nobody has this person, who is gone for 30 days: the Guest goes too"
    );
    let params = kube::api::DeleteParams::default().preconditions(kube::api::Preconditions {
        uid: Some(guest.uid.clone()),
        resource_version: Some(guest.version.clone()),
    });
    let api: Api<Guest> = Api::all(context.client.clone());
    tokio::time::timeout(TIMEOUT, api.delete(name, &params)).await??;
    Ok(Again::OnChange)
}
