//! The operator at work: watch -> observe -> plan -> act -> report -> status, for guests, for tenants and for lists.
//! All effects pass two ports, the kube client and Graph; all decisions are made in `plan`.

mod backoff;
mod context;
mod guard;
mod guests;
mod index;
mod lists;
mod queue;
mod schema;
mod status;
mod tenants;
mod wake;

pub use schema::{SchemaGap, served_schema_gaps};

use std::time::Duration;

use kube::Client;
use tokio_util::sync::CancellationToken;

use crate::plan::Timing;
use crate::telemetry::Readiness;
use context::Context;

/// How the operator was told to run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The operator's own namespace, where the tenants' Secrets are.
    pub namespace: String,
    /// The spans of the send protocol.
    pub timing: Timing,
}

/// The operator cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A controller's stream ended, which it does only when something is badly wrong.
    #[error("the {0} controller stopped by itself; exiting, so that Kubernetes starts a new one")]
    Stopped(&'static str),
}

/// How often the served CRDs are looked at while they are missing or too old.
const SCHEMA_AGAIN: Duration = Duration::from_secs(5);

/// Runs until `shutdown`. Waits first until the API server serves every field that this version writes: an older CRD would
/// drop parts of the send protocol's record without a word.
///
/// # Errors
/// When a controller ends by itself.
pub async fn run(
    client: Client,
    settings: Settings,
    readiness: Readiness,
    shutdown: CancellationToken,
) -> Result<(), Error> {
    loop {
        match served_schema_gaps(&client).await {
            Ok(()) => break,
            Err(gap) => {
                tracing::error!(%gap, "waiting for the CustomResourceDefinitions");
                readiness.not_ready(gap.to_string());
            }
        }
        tokio::select! {
            () = tokio::time::sleep(SCHEMA_AGAIN) => {}
            () = shutdown.cancelled() => return Ok(()),
        }
    }
    let (context, wakeups) = Context::new(client, settings);
    readiness.ready();
    tracing::info!("watching GuestInvitations, EntraTenants and GuestLists");
    tokio::select! {
        () = guests::run(context.clone(), wakeups.guests, shutdown.clone()) => {}
        () = tenants::run(context.clone(), wakeups.tenants, shutdown.clone()) => {}
        () = lists::run(context.clone(), wakeups.lists, shutdown.clone()) => {}
    }
    if shutdown.is_cancelled() { Ok(()) } else { Err(Error::Stopped("guests, tenants or lists")) }
}
