//! When a guest is looked at again.

use std::error::Error;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use super::notes::Pass;
use crate::api::{Explanation, Reason};
use crate::controller::again::Again;
use crate::controller::context::Context;
use crate::controller::guard::Failed;
use crate::controller::status::WriteError;
use crate::plan::{Answer, Step, Why};
use crate::store::{KnownClaim, ObjectKey, PatienceHold, STUBBORN};

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
        Err(WriteError::Gone) => {
            context.store.patience.forget(uid);
            Ok(Again::OnChange)
        }
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

/// What stands in the way of `step`, because it has failed for this guest before. Whoever holds the right to act goes on: the attempt is on
/// record, and would wait for its fate.
pub fn held(context: &Context, guest: &KnownClaim, pass: &Pass, step: &Step) -> Option<PatienceHold> {
    let operation = step.operation().filter(|_| pass.ticket.is_none())?;
    context.store.patience.holds(&guest.uid, operation, asked(guest))
}

/// After `operation` was carried out: how it went for this guest.
pub fn tried(context: &Context, guest: &KnownClaim, pass: &mut Pass, operation: Option<&'static str>) {
    let Some(operation) = operation else { return };
    let patience = &context.store.patience;
    let unknown = matches!(pass.answer, Some((_, Answer::Lost | Answer::NotSent)));
    match &pass.trouble {
        None if !unknown => patience.succeeded(&guest.uid, operation),
        Some(trouble) if pass.own_trouble => {
            let told = |count| stubborn(trouble, count);
            let held = patience.failed(&guest.uid, operation, asked(guest), told);
            (pass.trouble, pass.again) = (Some(held.trouble), Some(held.left));
        }
        _ => {}
    }
}

/// The words for what has failed `count` times in a row.
fn stubborn(trouble: &Explanation, count: u32) -> Explanation {
    if count < STUBBORN || trouble.reason != Reason::GraphError {
        return trouble.clone();
    }
    let message = format!(
        "{} This has failed {STUBBORN} times in a row or more, so it is tried once an hour; change the resource to have it tried now.",
        trouble.message
    );
    Explanation::new(Reason::GraphKeepsFailing, message)
}

/// When to come back, after a rest that was decided for `why`.
pub fn rest(context: &Context, guest: &KnownClaim, pass: &Pass, (why, again): (&Why, Option<Duration>)) -> Again {
    let failures = failures(&guest.uid);
    if pass.own_trouble {
        return Again::After(pass.again.unwrap_or_default());
    }
    if pass.trouble.is_some() {
        let wait = context.store.backoff.failed(&failures);
        return Again::After(pass.again.unwrap_or_default().max(wait));
    }
    context.store.backoff.succeeded(&failures);
    if again.is_none() {
        context.store.patience.forget(&guest.uid);
    }
    match why {
        // The queue spreads its guests itself, and has those of one moment come together.
        Why::Queued => again.into(),
        _ => again.map(|again| again.mul_f64(1.0 + 0.05 * fastrand::f64())).into(),
    }
}

/// A guest's failures.
fn failures(uid: &str) -> String {
    format!("guest/{uid}")
}

/// A digest of what people ask for. Who changes it has what failed tried again.
fn asked(guest: &KnownClaim) -> u64 {
    let mut print = std::hash::DefaultHasher::new();
    (guest.generation, &guest.requests, guest.deleting.is_some()).hash(&mut print);
    print.finish()
}
