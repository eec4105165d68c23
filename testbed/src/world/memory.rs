//! What a test looks at again and again, kept by a watch: a look costs the API server nothing.
//! It is a moment behind, as every watch is. Whoever has to see their own last write reads the API server.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::StreamExt as _;
use kube::{
    api::DynamicObject,
    runtime::{WatchStreamExt as _, reflector, watcher},
};
use tokio::{sync::Mutex, task::JoinHandle};

use crate::{ControlPlane, Error, Result};

/// How long the first list may take.
const LISTED_WITHIN: Duration = Duration::from_secs(30);

/// Kinds of one namespace that are watched, by api version, kind and namespace.
#[derive(Default)]
pub(super) struct Memory {
    watches: Mutex<HashMap<[String; 3], Watch>>,
}

struct Watch {
    store: reflector::Store<DynamicObject>,
    task: JoinHandle<()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Memory {
    /// All objects of a kind in a namespace, from a watch that the first call begins.
    ///
    /// # Errors
    /// Where the kind is not served, or the first list does not come.
    pub(super) async fn all_of(
        &self,
        plane: &ControlPlane,
        [api_version, kind, namespace]: [&str; 3],
    ) -> Result<Vec<Arc<DynamicObject>>> {
        let key = [api_version, kind, namespace].map(String::from);
        let mut watches = self.watches.lock().await;
        if let Some(watch) = watches.get(&key) {
            return Ok(watch.store.state());
        }
        let (resource, _) = plane.served(api_version, kind).await?;
        let api = plane.api_of(api_version, kind, namespace).await?;
        let writer = reflector::store::Writer::new(resource);
        let store = writer.as_reader();
        let events = reflector(writer, watcher(api, watcher::Config::default()).default_backoff());
        let task = tokio::spawn(events.for_each(|_| std::future::ready(())));
        let watch = Watch { store, task };
        let listed = tokio::time::timeout(LISTED_WITHIN, watch.store.wait_until_ready()).await;
        if !matches!(listed, Ok(Ok(()))) {
            let (what, seconds) = (format!("a first list of {kind}"), LISTED_WITHIN.as_secs());
            return Err(Error::TimedOut { what, seconds, seen: String::new() });
        }
        Ok(watches.entry(key).or_insert(watch).store.state())
    }
}
