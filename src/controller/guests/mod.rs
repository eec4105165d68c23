//! The guests: one pass is observe -> plan -> act -> report, repeated until there is nothing to do.

mod act;
mod bind;
mod desired;
mod events;
mod notes;
mod observe;
mod pass;
mod permission;
mod person;
mod report;
mod secret;
mod send;
mod tasks;
mod trouble;

pub use desired::asked_for;

use std::sync::Arc;

use futures::{Stream, TryStreamExt};
use kube::runtime::reflector::ObjectRef;
use kube::runtime::watcher::{self, Event};
use kube::runtime::{WatchStreamExt, controller};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::runner;
use crate::api::GuestInvitation;
use crate::store::{Guarded, wakeup_stream};

/// Guests that are worked on at once. Each tenant has a small part of them (`Lanes`), so that the guests of one whose
/// directory hangs leave the others room.
const AT_ONCE: u16 = 256;

/// Runs the controller until `shutdown`.
pub async fn run(
    context: Arc<Context>,
    wakeups: UnboundedReceiver<ObjectRef<Guarded<GuestInvitation>>>,
    shutdown: CancellationToken,
) {
    let events = watch(context.clone());
    let config = controller::Config::default().concurrency(AT_ONCE);
    runner::run(context, events, wakeup_stream(wakeups), config, shutdown, pass::guest).await;
}

/// The watch, which the index reads first: nobody decides on a guest that the index has not seen.
fn watch(context: Arc<Context>) -> impl Stream<Item = Result<Event<Guarded<GuestInvitation>>, watcher::Error>> + Send {
    let events = context.settings.scope.watch::<Guarded<GuestInvitation>>(&context.client);
    events
        .modify(|object| object.meta_mut_fields())
        .inspect_ok(move |event| {
            let (concerned, left) = context.store.index(|index| (index.on(event), index.left_by(event)));
            left.iter().for_each(|name| context.store.wake.person(name));
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
