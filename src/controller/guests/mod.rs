//! The guests: one pass is observe -> plan -> act -> report, repeated until there is nothing to do.

mod act;
mod bind;
mod desired;
mod events;
mod notes;
mod observe;
mod pass;
mod permission;
mod relations;
mod report;
mod secret;
mod send;
mod tasks;
mod trouble;

pub use desired::asked_for;

use std::sync::Arc;

use futures::{Stream, StreamExt, TryStreamExt};
use kube::runtime::reflector::{ObjectRef, store};
use kube::runtime::watcher::{self, Event};
use kube::runtime::{Controller, WatchStreamExt, controller};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use crate::api::GuestInvitation;
use crate::store::{Guarded, wakeup_stream};

/// Guests that are worked on at once. Each tenant has a small part of them (`Lanes`), so that the guests of one whose
/// directory hangs leave the others room.
const AT_ONCE: u16 = 256;

/// Runs the controller until `shutdown`.
///
/// No predicate filters the events: status content is deterministic, so our own write brings one more pass that finds
/// nothing to do, and a status edited by hand is put right.
pub async fn run(
    context: Arc<Context>,
    wakeups: UnboundedReceiver<ObjectRef<Guarded<GuestInvitation>>>,
    shutdown: CancellationToken,
) {
    let (reader, writer) = store();
    let guests = watch(context.clone()).reflect(writer).applied_objects();
    Controller::for_stream(guests, reader)
        .with_config(controller::Config::default().concurrency(AT_ONCE))
        .reconcile_on(wakeup_stream(wakeups))
        .graceful_shutdown_on(shutdown.cancelled_owned())
        .run(
            |object, context| async move {
                let metrics = context.metrics.clone();
                metrics.pass("GuestInvitation", pass::guest(object, context)).await
            },
            |_, failed, _| failed.again(),
            context,
        )
        .for_each(|ended| async {
            if let Err(error) = ended {
                tracing::debug!(%error, "a guest's reconcile ended early");
            }
        })
        .await;
}

/// The watch, which the index reads first: nobody decides on a guest that the index has not seen.
fn watch(context: Arc<Context>) -> impl Stream<Item = Result<Event<Guarded<GuestInvitation>>, watcher::Error>> + Send {
    let events = context.settings.scope.watch::<Guarded<GuestInvitation>>(&context.client);
    events
        .modify(|object| object.meta_mut_fields())
        .inspect_ok(move |event| {
            let concerned = context.store.index(|index| index.on(event));
            context.store.wake_guests(&concerned);
        })
        .inspect_err(|error| tracing::warn!(%error, "watching GuestInvitations"))
}

/// Dropping what nobody reads: managed fields are half of an object's memory.
trait Slim {
    fn meta_mut_fields(&mut self);
}

impl Slim for Guarded<GuestInvitation> {
    fn meta_mut_fields(&mut self) {
        kube::ResourceExt::managed_fields_mut(self).clear();
    }
}
