//! The lists: one GuestInvitation is kept for each entry. What they know of their guests is in the index, which the
//! guests' own watch feeds; there is no second watch.

mod apply;
mod gather;
mod pass;
mod report;
mod survey;
mod wanted;

use std::sync::Arc;

use futures::{Stream, TryStreamExt};
use kube::ResourceExt;
use kube::runtime::reflector::ObjectRef;
use kube::runtime::watcher::{self, Event};
use kube::runtime::{WatchStreamExt, controller};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::runner;
use crate::api::GuestList;
use crate::store::Guarded;

/// Lists that are worked on at once, each with a few writes under way.
const AT_ONCE: u16 = 4;

/// Runs the controller until `shutdown`.
pub async fn run(
    context: Arc<Context>,
    wakeups: UnboundedReceiver<ObjectRef<Guarded<GuestList>>>,
    shutdown: CancellationToken,
) {
    let events = watch(context.clone());
    let config = controller::Config::default().concurrency(AT_ONCE);
    runner::run(context, events, gather::gathered(wakeups), config, shutdown, pass::list).await;
}

fn watch(context: Arc<Context>) -> impl Stream<Item = Result<Event<Guarded<GuestList>>, watcher::Error>> + Send {
    let events = context.settings.scope.watch::<Guarded<GuestList>>(&context.client);
    events
        .modify(|list| list.managed_fields_mut().clear())
        .inspect_ok(move |event| {
            if let Event::Delete(gone) = event {
                context.store.lists.forget(&gone.uid().unwrap_or_default());
            }
        })
        .inspect_err(|error| tracing::warn!(%error, "watching GuestLists"))
}
