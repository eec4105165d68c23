//! One pass over one guest: decide, do the one thing, decide again with what it brought, until there is nothing to do.

use std::error::Error;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kube::runtime::controller::Action;
use kube::{Api, ResourceExt};

use super::notes::Pass;
use super::{act, bind, desired, events, observe, permission, report};
use crate::api::{AttemptKind, GuestInvitation, State};
use crate::controller::context::Context;
use crate::controller::guard::{Failed, guarded};
use crate::controller::status::{self, WriteError};
use crate::controller::unreadable;
use crate::plan::{Record, Step, Task, UserView, plan};
use crate::store::{Guarded, ObjectKey};

/// More steps than any pass needs: a defect that would loop ends here instead of in a hot loop.
const MOST_STEPS: usize = 40;

/// When a guest is looked at again of whom the store has not heard what the index has heard.
const BEHIND: Duration = Duration::from_millis(200);

/// How long a guest that found no lane, or whose tenant nobody has looked at yet, waits at most: it is woken.
const ASIDE: Duration = Duration::from_secs(10);

/// One reconcile.
///
/// # Errors
/// When it could not be brought forward: why, and when to try again.
pub async fn guest(object: Arc<Guarded<GuestInvitation>>, context: Arc<Context>) -> Result<Action, Failed> {
    let place = ObjectKey::of(&*object);
    let uid = object.uid().unwrap_or_default();
    let key = format!("guest/{uid}");
    if let Some(left) = context.store.step_limiter.holds(&uid) {
        return Ok(Action::requeue(left));
    }
    // What its last send could not leave for was written down, and our own write is no reason to try it again.
    let sending = object.0.as_ref().ok().map(sending).unwrap_or_default();
    if let Some(left) = context.store.backoff.left(&sending) {
        return Ok(Action::requeue(left));
    }
    // The index hears of everything first: this very guest is gone, or is another one by now.
    if object.0.is_ok() && !context.store.index(|index| index.has(&place, &uid)) {
        return Ok(Action::requeue(BEHIND));
    }
    let lane = object.0.as_ref().ok().map(|guest| context.store.lanes.enter(&guest.spec.tenant_ref.name, &place));
    if matches!(lane, Some(None)) {
        // It is woken when one is free; this is for the case that the wake-up goes to a guest that is deleted meanwhile.
        return Ok(Action::requeue(ASIDE));
    }
    let ended = match &object.0 {
        Ok(guest) => guarded(bring_forward(guest.clone(), &place, &key, &context)).await,
        Err(invalid) => {
            let (namespace, guest, error) = (&place.namespace, &place.name, &invalid.error);
            tracing::error!(namespace, guest, error, "a GuestInvitation cannot be read; the others go on");
            let blank = serde_json::json!({"state": State::Pending});
            Ok(unreadable::explain::<GuestInvitation>(invalid, blank, &context).await.map(|()| Action::await_change()))
        }
    };
    let cause: Box<dyn Error + Send + Sync> = match ended {
        Ok(Ok(action)) => return Ok(action),
        Ok(Err(WriteError::Gone)) => return Ok(Action::await_change()),
        Ok(Err(WriteError::Conflict)) => return Ok(Action::requeue(BEHIND)),
        Ok(Err(error)) => error.into(),
        Err(broken) => broken.into(),
    };
    tracing::error!(
        namespace = place.namespace,
        guest = place.name,
        error = cause.to_string(),
        "the guest could not be brought forward; the others go on"
    );
    Err(Failed::new(cause, context.store.backoff.failed(&key)))
}

async fn bring_forward(
    mut guest: GuestInvitation,
    place: &ObjectKey,
    key: &str,
    context: &Context,
) -> Result<Action, WriteError> {
    let api: Api<GuestInvitation> = Api::namespaced(context.client.clone(), &place.namespace);
    let uid = guest.uid();
    // The store may not have heard of our own last write yet, and what was refused then would be tried again.
    if context.store.index(|index| index.is_behind(&guest)) {
        guest = current(&api, place, uid.as_deref()).await?;
    }
    let mut pass = Pass::new();
    for _ in 0..MOST_STEPS {
        // Soon after the start nobody has looked at the tenant yet. It is not gone, and nothing is decided without it.
        let Some(found) = context.store.tenants.get(&guest.spec.tenant_ref.name) else {
            return Ok(Action::requeue(ASIDE));
        };
        let now = Timestamp::now();
        let desired = desired::desired(&guest, &found);
        let record = Record::of(guest.status.as_ref());
        let (permission, before) = permission::permission(context, place, &guest, &found);
        let observed = observe::observed(context, &guest, &record, &found, &pass, permission, now);
        let step = plan(&desired, &record, &observed, now, &context.settings.timing);
        tracing::debug!(namespace = place.namespace, guest = place.name, step = ?brief(&step), "decided");
        if !matches!(step, Step::Rest { .. })
            && let Some(held) = context.store.step_limiter.step(uid.as_deref().unwrap_or_default())
        {
            let (namespace, name) = (&place.namespace, &place.name);
            let last = brief(&step);
            tracing::error!(namespace, guest = name, last, held = ?held, "the guest is brought forward again and again without coming to rest, as when the directory contradicts itself or somebody undoes what is done; it goes on slowly");
            return Ok(Action::requeue(held));
        }
        let (record, ticket, why) = match step {
            Step::Rest { why, again } => {
                let next = report::status(&guest, &desired, &record.attest(&desired, &observed), &why, now);
                if !report::stands(&guest, &next) {
                    match status::write(&api, &guest, &next).await {
                        Ok(written) => report::took(context, &written),
                        // Decide again on the newer version, which the watch brings; soon, in case it has brought it already.
                        Err(WriteError::Conflict) => return Ok(Action::requeue(Duration::from_millis(200))),
                        Err(error) => return Err(error),
                    }
                }
                return Ok(rest(context, key, &sending(&guest), &pass, again));
            }
            Step::Write { record, ticket, why } => (record, ticket, why),
            Step::Do(Task::Bind(bound)) => {
                match bind::bind(&api, &guest, bound).await {
                    Ok(bound) => {
                        guest = bound;
                        context.store.know(&guest);
                    }
                    Err(WriteError::Conflict) => return Ok(Action::requeue(Duration::from_millis(200))),
                    Err(error) => return Err(error),
                }
                continue;
            }
            other => {
                act::carry_out(other, context, &guest, &found, &mut pass).await;
                continue;
            }
        };
        // The first send to an address takes it before the intent is written; whoever comes second decides again.
        let first = record
            .invitation
            .attempt
            .as_ref()
            .filter(|attempt| ticket.is_some() && matches!(attempt.kind, AttemptKind::Invite | AttemptKind::Add));
        if let Some(attempt) = first
            && !context.store.index(|index| {
                let placed = before.is_none_or(|before| index.before(place) <= before);
                placed && index.take_address(place, attempt, now)
            })
        {
            continue;
        }
        let next = report::status(&guest, &desired, &record, &why, now);
        match status::write(&api, &guest, &next).await {
            Ok(written) => {
                guest = written;
                act::keep_books(context, &guest, &found, &record, ticket, &mut pass);
                events::publish(context, &guest, &why).await;
                report::took(context, &guest);
            }
            Err(WriteError::Conflict) => {
                // The answer and the ticket are still ours: decide again on what is there now.
                if first.is_some() {
                    act::give_address_back(context, &guest);
                }
                guest = current(&api, place, uid.as_deref()).await?;
                context.store.know(&guest);
            }
            Err(error) => return Err(error),
        }
        pass.look = None;
        pass.user = UserView::Unknown;
        pass.done = None;
    }
    Err(WriteError::Endless(MOST_STEPS))
}

/// The guest as it is now, if it is still the one with this uid.
async fn current(
    api: &Api<GuestInvitation>,
    place: &ObjectKey,
    uid: Option<&str>,
) -> Result<GuestInvitation, WriteError> {
    let current = status::read(api, &place.name).await?;
    current.filter(|current| current.uid().as_deref() == uid).ok_or(WriteError::Gone)
}

/// When to come back.
fn rest(context: &Context, key: &str, sending: &str, pass: &Pass, again: Option<Duration>) -> Action {
    if pass.unsent {
        return Action::requeue(context.store.backoff.failed(sending));
    }
    if pass.trouble.is_some() {
        let wait = context.store.backoff.failed(key);
        return Action::requeue(pass.again.unwrap_or_default().max(wait));
    }
    context.store.backoff.succeeded(key);
    context.store.backoff.succeeded(sending);
    again.map_or_else(Action::await_change, |again| Action::requeue(again.mul_f64(1.0 + 0.05 * fastrand::f64())))
}

/// A guest's sends, as long as nobody changes or asks for anything.
fn sending(guest: &GuestInvitation) -> String {
    let mut print = std::hash::DefaultHasher::new();
    (guest.metadata.generation, guest.annotations()).hash(&mut print);
    format!(
        "send/{}/{:x}/{}",
        guest.uid().unwrap_or_default(),
        print.finish(),
        guest.metadata.deletion_timestamp.is_some()
    )
}

/// A step's name, without a person's data.
fn brief(step: &Step) -> String {
    match step {
        Step::Queue => "queue".into(),
        Step::Look => "look".into(),
        Step::LookAmongDeleted => "look among the deleted".into(),
        Step::Fetch(_) => "fetch".into(),
        Step::Write { why, .. } => format!("write {why:?}"),
        Step::Post(post) => format!("{post:?}"),
        Step::Do(task) => task.would().map_or_else(|| "bind or find".into(), |would| format!("to {would}")),
        Step::Rest { why, again } => format!("rest {why:?} {again:?}"),
    }
}
