//! The part of the cluster that is watched: all of it, or some namespaces, as one stream of events either way.
//! A reflector takes one listing at a time for the whole, so the listings of several namespaces are made into one.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Debug;

use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client, Resource, ResourceExt};
use serde::de::DeserializeOwned;

use super::pages::in_pages;

/// The namespaces whose guests and lists the operator keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every namespace, by one watch.
    Cluster,
    /// These, by a watch each: no right beyond them is needed.
    Namespaces(BTreeSet<String>),
}

impl Scope {
    /// These namespaces; all of them if there are none.
    pub fn of(namespaces: impl IntoIterator<Item = String>) -> Self {
        let namespaces: BTreeSet<String> = namespaces.into_iter().filter(|name| !name.is_empty()).collect();
        if namespaces.is_empty() { Self::Cluster } else { Self::Namespaces(namespaces) }
    }

    /// Whether the namespace `name` is watched.
    pub fn has(&self, name: &str) -> bool {
        match self {
            Self::Cluster => true,
            Self::Namespaces(names) => names.contains(name),
        }
    }

    /// Watches one kind, and tries again, more and more slowly, while that fails.
    pub fn watch<K>(&self, client: &Client) -> BoxStream<'static, Result<Event<K>, watcher::Error>>
    where
        K: Resource<DynamicType = (), Scope = kube::core::NamespaceResourceScope>,
        K: Clone + Debug + DeserializeOwned + Send + 'static,
    {
        let one = |api: Api<K>| watcher(api, in_pages()).default_backoff();
        match self {
            Self::Cluster => one(Api::all(client.clone())).boxed(),
            Self::Namespaces(namespaces) => {
                let each = namespaces.iter().map(|name| {
                    let namespace = name.clone();
                    let events = one(Api::namespaced(client.clone(), name));
                    events.map_ok(move |event| (namespace.clone(), event)).boxed()
                });
                let mut whole = Whole::of(namespaces);
                let events = stream::select_all(each);
                let events =
                    events.map_ok(move |(namespace, event)| stream::iter(whole.take(&namespace, event)).map(Ok));
                events.try_flatten().boxed()
            }
        }
    }
}

/// What is known of all namespaces together. Nothing is told before each has been listed once: a decision on a guest must not
/// miss another for the same address.
struct Whole<K> {
    parts: HashMap<String, NamespaceView<K>>,
    complete: bool,
}

/// What is known of one namespace.
struct NamespaceView<K> {
    objects: HashMap<String, K>,
    /// The names that the listing under way has brought.
    listing: BTreeSet<String>,
    listed: bool,
}

impl<K: ResourceExt + Clone> Whole<K> {
    fn of(namespaces: &BTreeSet<String>) -> Self {
        let part = || NamespaceView { objects: HashMap::new(), listing: BTreeSet::new(), listed: false };
        Self { parts: namespaces.iter().map(|name| (name.clone(), part())).collect(), complete: false }
    }

    /// Takes in an event of one namespace; returns what that means for the whole.
    fn take(&mut self, namespace: &str, event: Event<K>) -> Vec<Event<K>> {
        let Some(part) = self.parts.get_mut(namespace) else { return Vec::new() };
        let told = part.take(event);
        if self.complete {
            return told;
        }
        self.complete = self.parts.values().all(|part| part.listed);
        if !self.complete {
            return Vec::new();
        }
        let objects = self.parts.values().flat_map(|part| part.objects.values().cloned());
        [Event::Init].into_iter().chain(objects.map(Event::InitApply)).chain([Event::InitDone]).collect()
    }
}

impl<K: ResourceExt + Clone> NamespaceView<K> {
    /// Takes in an event; returns it as changes of single objects.
    fn take(&mut self, event: Event<K>) -> Vec<Event<K>> {
        match event {
            Event::Init => {
                self.listing.clear();
                Vec::new()
            }
            Event::InitApply(object) => {
                self.listing.insert(object.name_any());
                self.apply(object)
            }
            Event::InitDone => {
                self.listed = true;
                let gone: Vec<String> =
                    self.objects.keys().filter(|name| !self.listing.contains(*name)).cloned().collect();
                gone.iter().filter_map(|name| self.objects.remove(name)).map(Event::Delete).collect()
            }
            Event::Apply(object) => self.apply(object),
            Event::Delete(object) => {
                self.objects.remove(&object.name_any());
                vec![Event::Delete(object)]
            }
        }
    }

    fn apply(&mut self, object: K) -> Vec<Event<K>> {
        self.objects.insert(object.name_any(), object.clone());
        vec![Event::Apply(object)]
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::ConfigMap;

    use super::*;

    fn object(name: &str) -> ConfigMap {
        let mut object = ConfigMap::default();
        object.metadata.name = Some(name.into());
        object
    }

    fn told(events: Vec<Event<ConfigMap>>) -> Vec<String> {
        let word = |event: Event<ConfigMap>| match event {
            Event::Init => "begin".to_owned(),
            Event::InitDone => "end".to_owned(),
            Event::InitApply(object) => format!("has {}", object.name_any()),
            Event::Apply(object) => format!("put {}", object.name_any()),
            Event::Delete(object) => format!("drop {}", object.name_any()),
        };
        events.into_iter().map(word).collect()
    }

    #[test]
    fn the_listings_of_all_namespaces_are_told_as_one_and_later_ones_as_changes() {
        let mut whole = Whole::of(&["a", "b"].map(String::from).into());
        let nothing: [&str; 0] = [];
        for event in [Event::Init, Event::InitApply(object("a1")), Event::InitApply(object("a2")), Event::InitDone] {
            assert_eq!(told(whole.take("a", event)), nothing, "b is not known yet");
        }
        // What happens to the first meanwhile is not lost.
        assert_eq!(told(whole.take("a", Event::Delete(object("a1")))), nothing);
        assert_eq!(told(whole.take("b", Event::Init)), nothing);
        assert_eq!(told(whole.take("b", Event::InitDone)), ["begin", "has a2", "end"]);

        assert_eq!(told(whole.take("b", Event::Apply(object("b1")))), ["put b1"]);
        assert_eq!(told(whole.take("a", Event::Init)), nothing);
        assert_eq!(told(whole.take("a", Event::InitApply(object("a3")))), ["put a3"]);
        assert_eq!(told(whole.take("a", Event::InitDone)), ["drop a2"], "b keeps its own");
    }

    #[test]
    fn no_namespace_means_all_of_them() {
        assert_eq!(Scope::of([String::new()]), Scope::Cluster);
        assert_eq!(
            Scope::of(["b".into(), "a".into(), "b".into()]),
            Scope::Namespaces(["a", "b"].map(String::from).into())
        );
    }
}
