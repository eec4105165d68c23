//! The Guests themselves: claims that vanished are taken off the record, attempts that nobody settles any more are settled, `revoke` is
//! carried out, and whoever is gone for long is forgotten. What a claim asks for is done in `guests`.

mod act;
mod pass;

use std::sync::Arc;

use futures::{Stream, TryStreamExt};
use kube::runtime::reflector::ObjectRef;
use kube::runtime::watcher::{self, Event, watcher};
use kube::runtime::{WatchStreamExt, controller};
use kube::{Api, ResourceExt};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::runner;
use crate::api::Guest;
use crate::store::{Guarded, wakeup_stream};

/// Guests that are worked on at once.
const AT_ONCE: u16 = 16;

/// Runs the controller until `shutdown`.
pub async fn run(
    context: Arc<Context>,
    wakeups: UnboundedReceiver<ObjectRef<Guarded<Guest>>>,
    shutdown: CancellationToken,
) {
    let events = watch(context.clone());
    let config = controller::Config::default().concurrency(AT_ONCE);
    runner::run(context, events, wakeup_stream(wakeups), config, shutdown, pass::person).await;
}

/// The watch, which the index reads first: nobody decides on a Guest that the index has not seen.
fn watch(context: Arc<Context>) -> impl Stream<Item = Result<Event<Guarded<Guest>>, watcher::Error>> + Send {
    let api: Api<Guarded<Guest>> = Api::all(context.client.clone());
    watcher(api, watcher::Config::default())
        .default_backoff()
        .modify(|object| ResourceExt::managed_fields_mut(object).clear())
        .inspect_ok(move |event| {
            let (concerned, _) = context.store.index(|index| index.on_guest(event));
            context.store.wake_guests(&concerned);
            if matches!(event, Event::InitDone) {
                let tenants = &context.store.tenants;
                for name in context.store.index(|index| tenants.share_out_anew(index.people())) {
                    context.store.wake.tenant(&name);
                }
            }
        })
        .inspect_err(|error| tracing::warn!(%error, "watching Guests"))
}
