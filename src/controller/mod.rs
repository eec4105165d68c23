//! The operator at work: watch -> observe -> plan -> act -> report -> status, for guests, for tenants and for lists.
//! All effects pass two ports, the kube client and Graph; all decisions are made in `plan`.

mod access;
mod again;
mod context;
mod guard;
mod guests;
mod lease;
mod lists;
mod live;
mod metrics;
mod namespaces;
mod pages;
mod people;
mod recorder;
mod relations;
mod runner;
mod schema;
mod scope;
mod settings;
mod status;
mod surplus;
mod tenants;
mod unreadable;

pub use guests::asked_for;
pub use lease::{Election, WrongElection};
pub use metrics::Metrics;
pub use pages::ListStrategy;
pub use schema::{SchemaGap, served_schema_gaps};
pub use scope::Scope;
pub use settings::Settings;
pub use status::said;
pub use tenants::{Permitted, Secrets, Way, permitted};

use std::time::Duration;

use futures::FutureExt;
use kube::Client;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::telemetry::Readiness;
use context::Context;

/// The operator cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A controller's stream ended, which it does only when something is badly wrong.
    #[error("the {0} controller stopped by itself; exiting, so that Kubernetes starts a new one")]
    Stopped(&'static str),
    /// Another replica may work now.
    #[error(
        "this replica may not work any more, as it does not hold the lease; exiting, so that Kubernetes starts a new one"
    )]
    LeaseLost,
}

/// How often the served CRDs are looked at while they are missing or too old.
const SCHEMA_AGAIN: Duration = Duration::from_secs(5);

/// How long after the last request could have ended the process ends all the same. The chart's terminationGracePeriodSeconds leaves room
/// for it.
const MARGIN: Duration = Duration::from_secs(8);

/// Runs until `shutdown`. Waits first until the API server serves every field that this version writes: an older CRD would
/// drop parts of the send protocol's record without a word.
///
/// # Errors
/// When a controller ends by itself, or the lease is lost.
pub async fn run(
    client: Client,
    settings: Settings,
    metrics: Metrics,
    readiness: Readiness,
    shutdown: CancellationToken,
) -> Result<(), Error> {
    loop {
        let gaps = tokio::select! {
            gaps = served_schema_gaps(&client) => gaps,
            () = shutdown.cancelled() => return Ok(()),
        };
        match gaps {
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
    // A replica that stands by is ready to take over.
    readiness.ready();
    let scope = settings.scope.clone();
    readiness.remark(move || scope.remark());
    let overdue = overdue(shutdown.clone(), settings.timing.request_timeout + MARGIN);
    let Some(election) = settings.election.clone() else {
        return tokio::select! {
            ended = work(client, settings, metrics, shutdown) => ended,
            () = overdue => Ok(()),
        };
    };
    let Some(held) = lease::acquire(client.clone(), &settings.namespace, election, &shutdown).await else {
        return Ok(());
    };
    let ended = tokio::select! {
        ended = work(client, settings, metrics, shutdown) => ended,
        () = held.lost() => return Err(Error::LeaseLost),
        () = overdue => Ok(()),
    };
    held.release().await;
    ended
}

/// Returns when what was begun has not ended so long after `shutdown`. Requests have a time limit each; this is for what nobody foresaw.
async fn overdue(shutdown: CancellationToken, grace: Duration) {
    shutdown.cancelled().await;
    tokio::time::sleep(grace).await;
    tracing::warn!(?grace, "something that was begun does not end; stopping all the same");
}

/// The controllers, until `shutdown` and until what they had begun is done.
async fn work(client: Client, settings: Settings, metrics: Metrics, shutdown: CancellationToken) -> Result<(), Error> {
    metrics.lead(true);
    let (context, wakeups) = Context::new(client, settings, metrics);
    tracing::info!("watching GuestInvitations, Guests, EntraTenants and GuestLists");
    // A task each: one that is woken does not have the others polled. Whoever drops this future, because the lease is lost, ends them.
    let mut controllers = JoinSet::new();
    // When one ends, all end; but each finishes first what it has begun, as a request that is cut off leaves a question open.
    let stop = shutdown.child_token();
    let named = |name| move |()| name;
    controllers.spawn(guests::run(context.clone(), wakeups.guests, stop.clone()).map(named("GuestInvitation")));
    controllers.spawn(people::run(context.clone(), wakeups.people, stop.clone()).map(named("Guest")));
    controllers.spawn(tenants::run(context.clone(), wakeups.tenants, stop.clone()).map(named("EntraTenant")));
    controllers.spawn(lists::run(context.clone(), wakeups.lists, stop.clone()).map(named("GuestList")));
    controllers.spawn(namespaces::run(context.clone(), stop.clone()).map(named("namespace")));
    let mut by_itself = None;
    while let Some(ended) = controllers.join_next().await {
        if !stop.is_cancelled() {
            by_itself = Some(ended.unwrap_or_else(|error| {
                tracing::error!(%error, "a controller broke");
                "broken"
            }));
            stop.cancel();
        }
    }
    by_itself.map_or(Ok(()), |name| Err(Error::Stopped(name)))
}
