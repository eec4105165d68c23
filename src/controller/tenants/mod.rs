//! The tenants: connect each directory, keep its mirror by sweeps, and say how it is.

mod connect;
mod mailer;
mod permitted;
mod proof;
mod reconcile;
mod report;
mod rhythm;
mod secrets;
mod sweeper;
mod way;

pub use permitted::{Permitted, permitted};
pub use secrets::Secrets;
pub use way::Way;

use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, TryStreamExt};
use kube::Api;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event, watcher};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::runner::{self, Pace};
use crate::api::EntraTenant;
use crate::store::{Guarded, ObjectKey};

/// Each guest's change wants new counts.
const PACE: Pace = Pace { at_once: 8, between: Duration::from_secs(1) };

/// Runs the controller until `shutdown`.
pub async fn run(context: Arc<Context>, wakeups: UnboundedReceiver<ObjectKey>, shutdown: CancellationToken) {
    let events = watch(context.clone());
    runner::run(context, events, wakeups, PACE, shutdown, reconcile::tenant).await;
}

fn watch(context: Arc<Context>) -> impl Stream<Item = Result<Event<Guarded<EntraTenant>>, watcher::Error>> + Send {
    let api: Api<Guarded<EntraTenant>> = Api::all(context.client.clone());
    watcher(api, context.settings.lists.in_pages())
        .default_backoff()
        .inspect_ok(move |event| {
            context.store.entra_tenants.on(event);
            let change = context.store.tenants.on(event);
            let tenants = &context.store.tenants;
            let concerned = context.store.index(|index| tenants.share_out(event, &change, index.people()));
            for name in &concerned {
                context.store.wake.tenant(name);
                context.store.wake_guests_of(name);
            }
            for name in change.gone.iter().chain(&change.let_go) {
                context.metrics.forget(name);
            }
            for name in change.gone.iter().chain(&change.taken_on) {
                context.store.wake_guests_of(name);
            }
            if !change.taken_on.is_empty() {
                let lists = context.store.guest_lists.keys();
                lists.iter().for_each(|list| context.store.wake.list(&list.namespace, &list.name));
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
