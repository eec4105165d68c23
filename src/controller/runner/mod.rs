//! The runner that drives every kind: events of the watch and wake-ups from elsewhere become passes, so many at once, until the end.
//!
//! It knows objects by their keys only; what is kept of them is the store's. `kube::runtime::Controller` keeps each object whole beside
//! that, and its debounce puts off an object that is triggered all the time without end (docs/decisions/0010-own-runner.md).

mod queue;

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::stream::FuturesUnordered;
use futures::{Stream, StreamExt};
use kube::Resource;
use kube::runtime::watcher::{self, Event};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use super::again::Again;
use super::context::Context;
use super::guard::Failed;
use crate::store::{Guarded, ObjectKey};
use queue::Queue;

/// How many objects of a kind are worked on, and how often.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How many at once.
    pub at_once: usize,
    /// The least time from one pass over an object to the next.
    pub between: Duration,
}

/// Runs the passes of one kind until `shutdown`, and then to the end of those that have begun. The first pass begins when all objects
/// are listed.
///
/// No predicate filters the events: what is written is the same for the same facts, so our own write brings one more pass that
/// finds nothing to do, and what somebody has edited by hand is put right.
pub async fn run<K, F>(
    context: Arc<Context>,
    events: impl Stream<Item = Result<Event<Guarded<K>>, watcher::Error>> + Send,
    mut wakeups: UnboundedReceiver<ObjectKey>,
    pace: Pace,
    shutdown: CancellationToken,
    pass: impl Fn(ObjectKey, Arc<Context>) -> F,
) where
    K: Resource<DynamicType = ()> + Clone,
    F: Future<Output = Result<Again, Failed>> + Send,
{
    let kind: &'static str = std::any::type_name::<K>().rsplit("::").next().unwrap_or_default();
    let mut events = pin!(events);
    let (mut queue, mut running, mut listed) = (Queue::new(pace.between), FuturesUnordered::new(), false);
    loop {
        let room = |running: &FuturesUnordered<_>| listed && running.len() < pace.at_once;
        while room(&running)
            && let Some(key) = queue.take(Instant::now())
        {
            // On the heap: each function that a future is handed to would keep room for it twice.
            let passing = context.metrics.pass(kind, Box::pin(pass(key.clone(), context.clone())));
            running.push(async move { (key, passing.await) });
        }
        let next_at = queue.next_at().filter(|_| room(&running));
        let due = async {
            match next_at {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => break,
            event = events.next() => match event {
                Some(Ok(Event::Apply(object) | Event::InitApply(object))) => {
                    tracing::trace!(kind, key = %ObjectKey::of(&object), "changed");
                    queue.ask(ObjectKey::of(&object), Instant::now());
                }
                Some(Ok(Event::InitDone)) => listed = true,
                Some(Ok(Event::Init | Event::Delete(_)) | Err(_)) => {}
                None => break,
            },
            Some(key) = wakeups.recv() => {
                tracing::trace!(kind, %key, "woken");
                queue.ask(key, Instant::now());
            }
            Some((key, ended)) = running.next() => {
                let again = ended.unwrap_or_else(|failed| {
                    tracing::debug!(kind, %key, %failed, "a pass ended early");
                    failed.again()
                });
                let at = match again {
                    Again::OnChange => None,
                    Again::After(wait) => Instant::now().checked_add(wait),
                };
                queue.ended(key, at);
            }
            () = due => {}
        }
    }
    // A request that is cut off leaves a question open.
    while running.next().await.is_some() {}
}
