//! The tenants: connect each directory, keep its mirror by sweeps, and say how it is.

mod connect;
mod mailer;
mod permitted;
mod proof;
mod reconcile;
mod report;
mod secrets;
mod sweeper;
mod way;

pub use permitted::{Permitted, permitted};
pub use secrets::Secrets;
pub use way::Way;

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
use crate::api::EntraTenant;
use crate::store::{Guarded, wakeup_stream};

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
        .reconcile_on(wakeup_stream(wakeups))
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
            let change = context.store.tenants.on(event);
            for name in &change.gone {
                context.metrics.forget(name);
                context.store.wake_guests_of(name);
            }
            if change.completed {
                // Whose tenant there is not has waited for just this.
                let lacks = |tenant: &str| context.store.tenants.lacks(tenant);
                let waiting = context.store.index(|index| index.claims().of_tenants(lacks));
                context.store.wake_guests(&waiting);
            }
        })
        .inspect_err(|error| tracing::warn!(%error, "watching EntraTenants"))
}
