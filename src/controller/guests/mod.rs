//! The guests: one pass is observe -> plan -> act -> report, repeated until there is nothing to do.

mod act;
mod again;
mod bind;
mod desired;
mod events;
mod links;
mod notes;
mod observe;
mod pass;
mod permission;
mod person;
mod report;
mod secret;
mod send;
mod sight;
mod tasks;
mod trouble;
mod write;

pub use desired::asked_for;

use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, TryStreamExt};
use kube::runtime::watcher::{self, Event};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::runner::{self, Pace};
use crate::api::GuestInvitation;
use crate::store::{Guarded, ObjectKey};

/// Each tenant has a small part of them (`Lanes`), so that the guests of one whose directory hangs leave the others room.
const PACE: Pace = Pace { at_once: 256, between: Duration::ZERO };

/// Runs the controller until `shutdown`.
pub async fn run(context: Arc<Context>, wakeups: UnboundedReceiver<ObjectKey>, shutdown: CancellationToken) {
    let events = watch(context.clone());
    runner::run(context, events, wakeups, PACE, shutdown, pass::guest).await;
}

/// The watch, which the index reads first: nobody decides on a guest that the index has not seen.
fn watch(context: Arc<Context>) -> impl Stream<Item = Result<Event<Guarded<GuestInvitation>>, watcher::Error>> + Send {
    let events = context.settings.scope.watch::<Guarded<GuestInvitation>>(&context.client, context.settings.lists);
    events
        .inspect_ok(move |event| {
            let (concerned, left) = context.store.index(|index| (index.on(event), index.left_by(event)));
            left.iter().for_each(|name| context.store.wake.person(name));
            context.store.wake_guests(&concerned);
        })
        .inspect_err(|error| tracing::warn!(%error, "watching GuestInvitations"))
}
