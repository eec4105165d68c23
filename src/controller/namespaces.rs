//! The labels of namespaces, which rules of an EntraTenant may pick namespaces by.
//! An operator that may not list namespaces works all the same: only rules by label stay undecided, and the guests say so.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use futures::StreamExt;
use k8s_openapi::api::core::v1::Namespace;
use kube::core::PartialObjectMeta;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, ResourceExt};
use parking_lot::RwLock;
use tokio_util::sync::CancellationToken;

use super::context::Context;

type Labels = BTreeMap<String, String>;

/// The labels by namespace; none as long as nobody could list them.
#[derive(Debug, Default)]
pub struct Namespaces {
    known: RwLock<Option<HashMap<String, Labels>>>,
}

impl Namespaces {
    /// The labels of `namespace`, if they can be read.
    pub fn labels(&self, namespace: &str) -> Option<Labels> {
        self.known.read().as_ref()?.get(namespace).cloned()
    }

    /// Puts the known labels to `next`; returns the namespaces for which that is news.
    fn replace(&self, next: Option<HashMap<String, Labels>>) -> Vec<String> {
        let mut known = self.known.write();
        let before = std::mem::replace(&mut *known, next).unwrap_or_default();
        let after = known.iter().flatten().map(|(name, _)| name);
        let names: HashSet<&String> = before.keys().chain(after).collect();
        let differ = |name: &&&String| known.as_ref().and_then(|known| known.get(**name)) != before.get(**name);
        names.iter().filter(differ).map(|name| (*name).clone()).collect()
    }

    /// Puts one namespace to `labels`; returns whether that is news.
    fn put(&self, name: &str, labels: Option<Labels>) -> bool {
        let mut known = self.known.write();
        let Some(known) = known.as_mut() else { return false };
        match labels {
            Some(labels) => known.insert(name.to_owned(), labels.clone()) != Some(labels),
            None => known.remove(name).is_some(),
        }
    }
}

/// Watches the namespaces until `shutdown`, and wakes the guests of those whose labels change.
pub async fn run(context: Arc<Context>, shutdown: CancellationToken) {
    let api: Api<PartialObjectMeta<Namespace>> = Api::all(context.client.clone());
    let mut events =
        watcher(api, watcher::Config::default()).default_backoff().take_until(shutdown.cancelled_owned()).boxed();
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
                let news = context.namespaces.replace(Some(std::mem::take(&mut listing)));
                news.iter().for_each(|name| context.wake_guests_in(name));
            }
            Ok(Event::Apply(namespace)) => {
                let name = namespace.name_any();
                if context.namespaces.put(&name, Some(namespace.labels().clone())) {
                    context.wake_guests_in(&name);
                }
            }
            Ok(Event::Delete(namespace)) => {
                context.namespaces.put(&namespace.name_any(), None);
            }
            Err(error) if is_forbidden(&error) => {
                // What was read before may have changed since.
                let news = context.namespaces.replace(None);
                news.iter().for_each(|name| context.wake_guests_in(name));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn labelled(labels: &[(&str, &str)]) -> Labels {
        labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn only_what_changes_is_news() {
        let namespaces = Namespaces::default();
        assert!(!namespaces.put("a", Some(labelled(&[]))), "nothing is known before a list has ended");
        let list = |tier: &str| HashMap::from([("a".to_owned(), labelled(&[("tier", tier)]))]);
        assert_eq!(namespaces.replace(Some(list("1"))), ["a"]);
        assert!(namespaces.replace(Some(list("1"))).is_empty());
        assert!(!namespaces.put("a", Some(labelled(&[("tier", "1")]))));
        assert!(namespaces.put("a", Some(labelled(&[("tier", "2")]))));
        assert_eq!(namespaces.labels("a"), Some(labelled(&[("tier", "2")])));
        assert_eq!(namespaces.replace(None), ["a"], "what cannot be read any more is news too");
        assert_eq!(namespaces.labels("a"), None);
    }
}
