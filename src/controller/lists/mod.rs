//! The lists: one GuestInvitation is kept for each entry. What they know of their guests is in the index, which the
//! guests' own watch feeds; there is no second watch.

mod apply;
mod pass;
mod report;
mod survey;
mod wanted;

use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, TryStreamExt};
use kube::ResourceExt;
use kube::runtime::watcher::{self, Event};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::runner::{self, Pace};
use crate::api::GuestList;
use crate::store::{Guarded, ObjectKey};

/// Each list has a few writes under way. Each guest's change wants new counts of its list, and a thousand guests change at once.
const PACE: Pace = Pace { at_once: 4, between: Duration::from_secs(1) };

/// Runs the controller until `shutdown`.
pub async fn run(context: Arc<Context>, wakeups: UnboundedReceiver<ObjectKey>, shutdown: CancellationToken) {
    let events = watch(context.clone());
    runner::run(context, events, wakeups, PACE, shutdown, pass::list).await;
}

fn watch(context: Arc<Context>) -> impl Stream<Item = Result<Event<Guarded<GuestList>>, watcher::Error>> + Send {
    let events = context.settings.scope.watch::<Guarded<GuestList>>(&context.client, context.settings.lists);
    events
        .inspect_ok(move |event| {
            context.store.guest_lists.on(event);
            if let Event::Delete(gone) = event {
                context.store.lists.forget(&gone.uid().unwrap_or_default());
            }
        })
        .inspect_err(|error| tracing::warn!(%error, "watching GuestLists"))
}
