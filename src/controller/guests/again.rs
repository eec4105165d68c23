//! When a guest is looked at again.

use std::error::Error;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use super::notes::Pass;
use crate::controller::again::Again;
use crate::controller::context::Context;
use crate::controller::guard::Failed;
use crate::controller::status::WriteError;
use crate::plan::Step;
use crate::store::{KnownClaim, ObjectKey};

/// When a guest is looked at again whom somebody else has written meanwhile.
pub const BEHIND: Duration = Duration::from_millis(200);

/// What comes after a pass that ended by itself.
///
/// # Errors
/// Why it could not be brought forward, and when to try again.
pub fn after(
    ended: Result<Again, WriteError>,
    place: &ObjectKey,
    uid: &str,
    context: &Context,
) -> Result<Again, Failed> {
    match ended {
        Ok(again) => Ok(again),
        Err(WriteError::Gone) => Ok(Again::OnChange),
        Err(WriteError::Conflict) => Ok(Again::After(BEHIND)),
        Err(error) => Err(failed(error.into(), place, uid, context)),
    }
}

/// What comes after a pass that failed because of `cause`.
pub fn failed(cause: Box<dyn Error + Send + Sync>, place: &ObjectKey, uid: &str, context: &Context) -> Failed {
    tracing::error!(
        namespace = place.namespace,
        guest = place.name,
        error = cause.to_string(),
        "the guest could not be brought forward; the others go on"
    );
    Failed::new(cause, context.store.backoff.failed(&failures(uid)))
}

/// How long the guest is left alone: it went in circles, or its last send could not leave. Our own write of that is no reason to try it
/// again.
pub fn waits(guest: &KnownClaim, context: &Context) -> Option<Duration> {
    context.store.step_limiter.holds(&guest.uid).or_else(|| context.store.backoff.left(&sending(guest)))
}

/// How long the guest is left alone, if it has gone in circles.
pub fn too_many_steps(context: &Context, guest: &KnownClaim, step: &Step) -> Option<Duration> {
    if matches!(step, Step::Rest { .. }) {
        return None;
    }
    let held = context.store.step_limiter.step(&guest.uid)?;
    let (namespace, name, last) = (&guest.key.namespace, &guest.key.name, step.to_string());
    tracing::error!(namespace, guest = name, last, held = ?held, "the guest is brought forward again and again without coming to rest, as when the directory contradicts itself or somebody undoes what is done; it goes on slowly");
    Some(held)
}

/// When to come back.
pub fn rest(context: &Context, guest: &KnownClaim, pass: &Pass, again: Option<Duration>) -> Again {
    let (failures, sending) = (failures(&guest.uid), sending(guest));
    if pass.unsent {
        return Again::After(context.store.backoff.failed(&sending));
    }
    if pass.trouble.is_some() {
        let wait = context.store.backoff.failed(&failures);
        return Again::After(pass.again.unwrap_or_default().max(wait));
    }
    context.store.backoff.succeeded(&failures);
    context.store.backoff.succeeded(&sending);
    again.map(|again| again.mul_f64(1.0 + 0.05 * fastrand::f64())).into()
}

/// A guest's failures.
fn failures(uid: &str) -> String {
    format!("guest/{uid}")
}

/// A guest's sends, as long as nobody changes or asks for anything.
fn sending(guest: &KnownClaim) -> String {
    let mut print = std::hash::DefaultHasher::new();
    (guest.generation, &guest.requests, guest.deleting.is_some()).hash(&mut print);
    format!("send/{}/{:x}", guest.uid, print.finish())
}
