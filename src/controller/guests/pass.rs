//! One pass over one guest: decide, do the one thing, decide again with what it brought, until there is nothing to do.

use std::error::Error;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kube::runtime::controller::Action;
use kube::{Api, ResourceExt};

use super::notes::Pass;
use super::person::ClaimedPerson;
use super::{act, bind, desired, events, observe, permission, report};
use crate::api::{GuestInvitation, State};
use crate::controller::context::Context;
use crate::controller::guard::{Failed, guarded};
use crate::controller::live;
use crate::controller::status::{self, WriteError};
use crate::controller::unreadable;
use crate::plan::{Bond, ClaimKey, Desired, Observed, Record, Step, Task, UserView, Why, plan};
use crate::store::{Guarded, ObjectKey, TenantState};

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
    key_of_failures: &str,
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
        let seen = sight(context, place, &guest, &found, &mut pass, now).await?;
        let step = plan(&seen.desired, &seen.record, &seen.observed, now, &context.settings.timing);
        tracing::debug!(namespace = place.namespace, guest = place.name, step = ?brief(&step), "decided");
        if let Some(held) = too_many_steps(context, place, &seen.key.uid, &step) {
            return Ok(Action::requeue(held));
        }
        match step {
            Step::Rest { why, again } => {
                let told = report::status(&guest, &seen.person, &seen.desired, &seen.record, &why, now);
                report::tell(context, &api, &guest, &told).await?;
                return Ok(rest(context, key_of_failures, &sending(&guest), &pass, again));
            }
            Step::Write { record, ticket, why } => {
                write(context, place, &guest, &seen, (*record, ticket, why), &found, &mut pass).await?;
            }
            // Before the claim is let go: the Guest may say that there is something to undo, and nobody has told us yet.
            Step::Do(Task::Bind(false)) if is_outdated(context, &seen.person).await? => {}
            Step::Do(Task::Bind(bound)) => {
                guest = bind::bind(&api, &guest, bound).await?;
                context.store.know(&guest);
            }
            other => act::carry_out(other, context, &guest, &seen.record, &found, &mut pass).await,
        }
        if pass.outdated && pass.answer.is_none() {
            return Ok(Action::requeue(BEHIND));
        }
    }
    Err(WriteError::Endless(MOST_STEPS))
}

/// What one decision rests on.
struct Sight {
    key: ClaimKey,
    person: ClaimedPerson,
    desired: Desired,
    record: Record,
    observed: Observed,
    /// How many places of the namespace were taken before this claim, if that counts.
    before: Option<u32>,
}

/// Gathers what the decision rests on.
async fn sight(
    context: &Context,
    place: &ObjectKey,
    guest: &GuestInvitation,
    found: &TenantState,
    pass: &mut Pass,
    now: Timestamp,
) -> Result<Sight, WriteError> {
    let key = claim_key(guest);
    let person = ClaimedPerson::of(context, guest, found);
    if let Some(known) = &person.guest {
        live::look_for_unseen(context, known).await?;
    }
    look_for_a_successor(context, place, guest, pass).await?;
    let desired = desired::desired(guest, found, &person.wishes());
    let record = person.record_for(&key, pass);
    let (permission, before) = permission::permission(context, place, guest, found);
    let observed = observe::observed(context, guest, (&key, &person, &record), found, pass, permission, now);
    Ok(Sight { key, person, desired, record, observed, before })
}

/// Puts a record into the Guest, under compare-and-swap. What was decided on is looked at anew afterwards.
async fn write(
    context: &Context,
    place: &ObjectKey,
    guest: &GuestInvitation,
    seen: &Sight,
    (next, ticket, why): (Record, Option<Timestamp>, Why),
    found: &TenantState,
    pass: &mut Pass,
) -> Result<(), WriteError> {
    // Nothing is written in mode Observe: what would be is decided on further, up to the first deed.
    if seen.desired.observe {
        pass.would = Some(next);
        return Ok(());
    }
    let begins = seen.record.bond != Bond::Owns && next.bond == Bond::Owns;
    // Whoever takes over a person whom another had is read live first: they may be gone themselves.
    if begins && seen.record.guest.is_some() && !live::stands(context, guest).await? {
        pass.outdated = true;
        return Ok(());
    }
    if begins && !context.store.index(|index| index.begin(place, seen.before)) {
        return Ok(()); // others of the namespace were quicker
    }
    let uid = &seen.key.uid;
    let written = seen.person.write(context, guest, &seen.key, &next).await;
    context.store.index(|index| index.begun(uid));
    match written {
        Ok(written) => {
            context.store.know_guest(&written, Some(place));
            act::keep_books(found, &next, ticket, pass);
            events::publish(context, guest, &why).await;
            context.store.wake.tenant(&guest.spec.tenant_ref.name);
        }
        // The answer and the ticket are still ours: decide again on what is there now.
        Err(WriteError::Conflict) => {
            if let Some(name) = &seen.person.name {
                live::person(context, name).await?;
            }
        }
        Err(error) => return Err(error),
    }
    pass.look = None;
    pass.user = UserView::Unknown;
    pass.done = None;
    Ok(())
}

/// How long the guest is left alone, if it has gone in circles.
fn too_many_steps(context: &Context, place: &ObjectKey, uid: &str, step: &Step) -> Option<Duration> {
    if matches!(step, Step::Rest { .. }) {
        return None;
    }
    let held = context.store.step_limiter.step(uid)?;
    let (namespace, name, last) = (&place.namespace, &place.name, brief(step));
    tracing::error!(namespace, guest = name, last, held = ?held, "the guest is brought forward again and again without coming to rest, as when the directory contradicts itself or somebody undoes what is done; it goes on slowly");
    Some(held)
}

/// Which claim this is.
fn claim_key(guest: &GuestInvitation) -> ClaimKey {
    ClaimKey {
        namespace: guest.namespace().unwrap_or_default(),
        name: guest.name_any(),
        uid: guest.uid().unwrap_or_default(),
    }
}

/// Whether the Guest, read live, is another one than was decided on.
async fn is_outdated(context: &Context, person: &ClaimedPerson) -> Result<bool, WriteError> {
    let Some(name) = &person.name else { return Ok(false) };
    let live = live::person(context, name).await?;
    let version = |guest: Option<&crate::api::Guest>| guest.and_then(ResourceExt::resource_version);
    Ok(version(live.as_ref()) != version(person.guest.as_deref()))
}

/// Of a claim that is being deleted: whether another of its namespace may take the person over.
async fn look_for_a_successor(
    context: &Context,
    place: &ObjectKey,
    guest: &GuestInvitation,
    pass: &mut Pass,
) -> Result<(), WriteError> {
    let leaves = guest.metadata.deletion_timestamp.is_some() && pass.successor.is_none();
    if leaves && !context.store.index(|index| index.successors(place)).is_empty() {
        let claims = live::claims(context, guest.spec.email.as_str()).await?;
        pass.successor = Some(permission::successor(context, guest, &claims));
    }
    Ok(())
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
