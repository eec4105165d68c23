//! One pass over one guest: decide, do the one thing, decide again with what it brought, until there is nothing to do.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kube::Api;
use kube::core::error_boundary::InvalidObject;

use super::again::{BEHIND, after, failed, held, rest, too_many_steps, tried};
use super::notes::Pass;
use super::sight::sight;
use super::write::write;
use super::{act, bind, report};
use crate::api::{GuestInvitation, State};
use crate::controller::again::Again;
use crate::controller::context::Context;
use crate::controller::guard::{Failed, guarded};
use crate::controller::status::WriteError;
use crate::controller::unreadable;
use crate::plan::{Step, Task, Why, plan};
use crate::store::{KnownClaim, LaneKind, ObjectKey, TenantState};

/// More steps than any pass needs: a defect that would loop ends here instead of in a hot loop.
const MOST_STEPS: usize = 40;

/// How long a guest whose tenant nobody has looked at yet waits at most: it is woken.
const ASIDE: Duration = Duration::from_secs(10);

/// One reconcile.
///
/// # Errors
/// When it could not be brought forward: why, and when to try again.
pub async fn guest(place: ObjectKey, context: Arc<Context>) -> Result<Again, Failed> {
    if let Some(invalid) = context.store.index(|index| index.unreadable(&place)) {
        let ended = explain(&invalid, &place, &context).await.map(|()| Again::OnChange);
        return after(ended, &place, invalid.metadata.uid.as_deref().unwrap_or_default(), &context);
    }
    let Some(guest) = context.store.index(|index| index.claims().get(&place)) else {
        return Ok(Again::OnChange);
    };
    if context.store.tenants.is_of_others(guest.tenant()) {
        return Ok(Again::OnChange);
    }
    if let Some(left) = context.store.step_limiter.holds(&guest.uid) {
        return Ok(Again::After(left));
    }
    let _lane = match context.store.lanes.enter(guest.tenant(), comes_for(&guest, &context), &place) {
        Ok(lane) => lane,
        Err(wait) => return Ok(Again::After(wait)),
    };
    let uid = guest.uid.clone();
    match guarded(bring_forward(guest, &context)).await {
        Ok(ended) => after(ended, &place, &uid, &context),
        Err(broken) => Err(failed(broken.into(), &place, &uid, &context)),
    }
}

/// Which lane the guest takes: the decision itself comes later.
fn comes_for(guest: &KnownClaim, context: &Context) -> LaneKind {
    let found = context.store.tenants.get(guest.tenant());
    let due = found
        .as_ref()
        .and_then(TenantState::connection)
        .is_some_and(|connection| connection.scheduler.pacer.is_due(&guest.uid, Timestamp::now()));
    if due { LaneKind::Invitation } else { LaneKind::Other }
}

/// Says on the claim itself why it cannot be read.
async fn explain(invalid: &InvalidObject, place: &ObjectKey, context: &Context) -> Result<(), WriteError> {
    let (namespace, guest, error) = (&place.namespace, &place.name, &invalid.error);
    tracing::error!(namespace, guest, error, "a GuestInvitation cannot be read; the others go on");
    let blank = serde_json::json!({"state": State::Pending});
    unreadable::explain::<GuestInvitation>(invalid, blank, context).await
}

async fn bring_forward(mut guest: Arc<KnownClaim>, context: &Context) -> Result<Again, WriteError> {
    let place = guest.key.clone();
    let api: Api<GuestInvitation> = Api::namespaced(context.client.clone(), &place.namespace);
    let mut pass = Pass::new();
    for _ in 0..MOST_STEPS {
        // Soon after the start nobody has looked at the tenant yet. It is not gone, and nothing is decided without it.
        let Some(found) = context.store.tenants.get(guest.tenant()) else {
            return Ok(Again::After(ASIDE));
        };
        // Whoever deletes it while something is looked up has nothing more to be told.
        if !context.store.index(|index| index.has(&place, &guest.uid)) {
            return Err(WriteError::Gone);
        }
        let now = Timestamp::now();
        let seen = sight(context, &guest, &found, &mut pass, now).await?;
        let step = plan(seen.decision(context));
        tracing::debug!(namespace = place.namespace, guest = place.name, step = %step, "decided");
        if let Some(held) = too_many_steps(context, &guest, &step) {
            return Ok(Again::After(held));
        }
        if let Some(held) = held(context, &guest, &pass, &step) {
            let why = Why::TenantNotReady(held.trouble);
            let told = report::status(&guest, &seen, &why, now);
            report::tell(context, &api, &guest, &told).await?;
            return Ok(Again::After(held.left));
        }
        match step {
            Step::Rest { why, again } => {
                let told = report::status(&guest, &seen, &why, now);
                report::tell(context, &api, &guest, &told).await?;
                return Ok(rest(context, &guest, &pass, (&why, again)));
            }
            Step::Write { record, ticket, why } => {
                write(context, &guest, &seen, (*record, ticket, why), &found, &mut pass).await?;
            }
            // Before the claim is let go: the Guest may say that there is something to undo, and nobody has told us yet.
            Step::Do(Task::Bind(false)) if seen.person.is_outdated(context).await? => {}
            Step::Do(Task::Bind(bound)) => {
                let bound = bind::bind(&api, &guest, bound).await?;
                context.store.know(&bound);
                guest = Arc::new(KnownClaim::of(&bound));
            }
            other => {
                let operation = other.operation();
                act::carry_out(other, context, (&guest, &seen), &found, &mut pass).await;
                tried(context, &guest, &mut pass, operation);
            }
        }
        if pass.outdated && pass.answer.is_none() {
            return Ok(Again::After(BEHIND));
        }
    }
    Err(WriteError::Endless(MOST_STEPS))
}
