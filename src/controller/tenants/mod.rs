//! The tenants: connect each directory, keep its mirror by sweeps, and say how it is.

mod connect;
mod connection;
mod declared;
mod lanes;
mod mailer;
mod permitted;
mod proof;
mod reconcile;
mod registry;
mod report;
mod sweeper;
mod troubles;
mod way;

pub use connection::{Connection, TenantTrouble};
pub use lanes::Lanes;
pub use mailer::Mailer;
pub use permitted::{Permitted, Uses, permitted};
pub use registry::{TenantState, Tenants};
pub use way::{Secrets, Way};

use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt, TryStreamExt};
use kube::Api;
use kube::runtime::reflector::{ObjectRef, store};
use kube::runtime::watcher::{self, Event, watcher};
use kube::runtime::{Controller, WatchStreamExt, controller};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::wake::{self, Guarded};
use crate::api::EntraTenant;

/// How long triggers for one tenant are gathered: each guest's change wants new counts.
const GATHER: Duration = Duration::from_millis(500);

/// Runs the controller until `shutdown`.
pub async fn run(
    context: Arc<Context>,
    wakeups: UnboundedReceiver<ObjectRef<Guarded<EntraTenant>>>,
    shutdown: CancellationToken,
) {
    let (reader, writer) = store();
    let tenants = watch(context.clone()).reflect(writer).applied_objects();
    Controller::for_stream(tenants, reader)
        .with_config(controller::Config::default().concurrency(8).debounce(GATHER))
        .reconcile_on(wake::stream(wakeups))
        .graceful_shutdown_on(shutdown.cancelled_owned())
        .run(
            |object, context| async move {
                let metrics = context.metrics.clone();
                metrics.pass("EntraTenant", reconcile::tenant(object, context)).await
            },
            |_, error, _| error.again(),
            context,
        )
        .for_each(|ended| async {
            if let Err(error) = ended {
                tracing::debug!(%error, "a tenant's reconcile ended early");
            }
        })
        .await;
}

fn watch(context: Arc<Context>) -> impl Stream<Item = Result<Event<Guarded<EntraTenant>>, watcher::Error>> + Send {
    let api: Api<Guarded<EntraTenant>> = Api::all(context.client.clone());
    watcher(api, watcher::Config::default())
        .default_backoff()
        .inspect_ok(move |event| {
            let change = context.tenants.on(event);
            for name in &change.gone {
                context.metrics.forget(name);
                context.wake_guests_of(name);
            }
            if change.completed {
                // Whose tenant there is not has waited for just this.
                let lacks = |tenant: &str| context.tenants.lacks(tenant);
                for guest in context.index(|index| index.guests_of_tenants(lacks)) {
                    context.wake.guest(&guest.namespace, &guest.name);
                }
            }
        })
        .inspect_err(|error| tracing::warn!(%error, "watching EntraTenants"))
}
