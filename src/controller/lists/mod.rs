//! The lists: one GuestInvitation is kept for each entry. What they know of their guests is in the index, which the
//! guests' own watch feeds; there is no second watch.

mod apply;
mod gather;
mod pass;
mod report;
mod survey;
mod wanted;

use std::sync::Arc;

use futures::{Stream, StreamExt, TryStreamExt};
use kube::ResourceExt;
use kube::runtime::reflector::{ObjectRef, store};
use kube::runtime::watcher::{self, Event};
use kube::runtime::{Controller, WatchStreamExt, controller};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use super::context::Context;
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
    let (reader, writer) = store();
    let lists = watch(context.clone()).reflect(writer).applied_objects();
    Controller::for_stream(lists, reader)
        .with_config(controller::Config::default().concurrency(AT_ONCE))
        .reconcile_on(gather::gathered(wakeups))
        .graceful_shutdown_on(shutdown.cancelled_owned())
        .run(
            |object, context| async move {
                let metrics = context.metrics.clone();
                metrics.pass("GuestList", pass::list(object, context)).await
            },
            |_, failed, _| failed.again(),
            context,
        )
        .for_each(|ended| async {
            if let Err(error) = ended {
                tracing::debug!(%error, "a list's reconcile ended early");
            }
        })
        .await;
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
