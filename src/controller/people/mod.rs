//! The Guests themselves: claims that vanished are taken off the record, attempts that nobody settles any more are settled, `revoke` is
//! carried out, and whoever is gone for long is forgotten. What a claim asks for is done in `guests`.

mod act;
mod pass;

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
use crate::api::Guest;
use crate::store::{Guarded, ObjectKey};

const PACE: Pace = Pace { at_once: 16, between: Duration::ZERO };

/// Runs the controller until `shutdown`.
pub async fn run(context: Arc<Context>, wakeups: UnboundedReceiver<ObjectKey>, shutdown: CancellationToken) {
    let events = watch(context.clone());
    runner::run(context, events, wakeups, PACE, shutdown, pass::person).await;
}

/// The watch, which the index reads first: nobody decides on a Guest that the index has not seen.
fn watch(context: Arc<Context>) -> impl Stream<Item = Result<Event<Guarded<Guest>>, watcher::Error>> + Send {
    let api: Api<Guarded<Guest>> = Api::all(context.client.clone());
    watcher(api, context.settings.lists.in_large_pages())
        .default_backoff()
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
