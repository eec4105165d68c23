//! Watches the labels of namespaces, which rules of an EntraTenant may pick namespaces by.
//! An operator that may not list namespaces works all the same: only rules by label stay undecided, and the guests say so.

use std::collections::HashMap;
use std::sync::Arc;

use futures::StreamExt;
use k8s_openapi::api::core::v1::Namespace;
use kube::core::PartialObjectMeta;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, ResourceExt};
use tokio_util::sync::CancellationToken;

use super::context::Context;

/// Watches the namespaces until `shutdown`, and wakes the guests of those whose labels change.
pub async fn run(context: Arc<Context>, shutdown: CancellationToken) {
    let api: Api<PartialObjectMeta<Namespace>> = Api::all(context.client.clone());
    let mut events = watcher(api, context.settings.lists.in_pages())
        .default_backoff()
        .take_until(shutdown.cancelled_owned())
        .boxed();
    let mut listing = HashMap::new();
    let mut told = false;
    while let Some(event) = events.next().await {
        match event {
            Ok(Event::Init) => listing.clear(),
            Ok(Event::InitApply(namespace)) => {
                listing.insert(namespace.name_any(), namespace.labels().clone());
            }
            Ok(Event::InitDone) => {
                told = false;
                let news = context.store.namespaces.replace(Some(std::mem::take(&mut listing)));
                news.iter().for_each(|name| context.store.wake_guests_in(name));
            }
            Ok(Event::Apply(namespace)) => {
                let name = namespace.name_any();
                if context.store.namespaces.put(&name, Some(namespace.labels().clone())) {
                    context.store.wake_guests_in(&name);
                }
            }
            Ok(Event::Delete(namespace)) => {
                context.store.namespaces.put(&namespace.name_any(), None);
            }
            Err(error) if is_forbidden(&error) => {
                // What was read before may have changed since.
                let news = context.store.namespaces.replace(None);
                news.iter().for_each(|name| context.store.wake_guests_in(name));
                if !std::mem::replace(&mut told, true) {
                    tracing::warn!(%error, "namespaces cannot be read: rules of EntraTenants that pick them by label stay undecided");
                }
            }
            Err(error) => tracing::warn!(%error, "watching namespaces"),
        }
    }
}

fn is_forbidden(error: &watcher::Error) -> bool {
    match error {
        watcher::Error::InitialListFailed(kube::Error::Api(status))
        | watcher::Error::WatchStartFailed(kube::Error::Api(status))
        | watcher::Error::WatchFailed(kube::Error::Api(status))
        | watcher::Error::WatchError(status) => status.is_forbidden(),
        _ => false,
    }
}
