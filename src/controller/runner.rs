//! The runner that drives every kind: events of the watch and wake-ups from elsewhere become passes, so many at once, until the end.

use std::fmt::Debug;
use std::sync::Arc;

use futures::{Stream, StreamExt};
use kube::Resource;
use kube::runtime::controller::{self, Action};
use kube::runtime::reflector::{ObjectRef, store};
use kube::runtime::watcher::{self, Event};
use kube::runtime::{Controller, WatchStreamExt};
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::guard::Failed;
use crate::store::Guarded;

/// Runs the passes of one kind until `shutdown`.
///
/// No predicate filters the events: what is written is the same for the same facts, so our own write brings one more pass that
/// finds nothing to do, and what somebody has edited by hand is put right.
pub async fn run<K, F>(
    context: Arc<Context>,
    events: impl Stream<Item = Result<Event<Guarded<K>>, watcher::Error>> + Send + 'static,
    wakeups: impl Stream<Item = ObjectRef<Guarded<K>>> + Send + 'static,
    config: controller::Config,
    shutdown: CancellationToken,
    pass: impl Fn(Arc<Guarded<K>>, Arc<Context>) -> F + Copy + Send + Sync + 'static,
) where
    K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug + Send + Sync + 'static,
    F: Future<Output = Result<Action, Failed>> + Send + 'static,
{
    let kind: &'static str = std::any::type_name::<K>().rsplit("::").next().unwrap_or_default();
    let (reader, writer) = store();
    Controller::for_stream(events.reflect(writer).applied_objects(), reader)
        .with_config(config)
        .reconcile_on(wakeups)
        .graceful_shutdown_on(shutdown.cancelled_owned())
        .run(
            move |object, context| async move {
                let metrics = context.metrics.clone();
                metrics.pass(kind, pass(object, context)).await
            },
            |_, failed, _| failed.again(),
            context,
        )
        .for_each(|ended| async move {
            if let Err(error) = ended {
                tracing::debug!(kind, %error, "a reconcile ended early");
            }
        })
        .await;
}
