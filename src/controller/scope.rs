//! The part of the cluster that is watched: all of it, or some namespaces, as one stream of events either way.
//! A reflector takes one listing at a time for the whole, so the listings of several namespaces are made into one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Debug;
use std::sync::Arc;

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client, Resource, ResourceExt};
use parking_lot::Mutex;
use serde::de::DeserializeOwned;

use super::pages::ListStrategy;
use crate::api::GuestInvitation;

/// The namespaces whose guests and lists the operator keeps.
#[derive(Clone, Debug)]
pub enum Scope {
    /// Every namespace, by one watch.
    Cluster,
    /// These, by a watch each: no right beyond them is needed.
    Namespaces(WatchedNamespaces),
}

/// The namespaces that are watched, and which of them cannot be read: they do not exist yet, or the operator has no right there.
#[derive(Clone, Debug)]
pub struct WatchedNamespaces {
    names: BTreeSet<String>,
    unread: Arc<Mutex<Unread>>,
}

/// Why a kind in a namespace has never been listed, by namespace and kind: there may be a right to the one kind and none to the other.
type Unread = BTreeMap<(String, String), String>;

impl WatchedNamespaces {
    /// Those whose GuestInvitations can be read.
    pub fn read(&self) -> Vec<String> {
        self.names.iter().filter(|name| self.reads(name)).cloned().collect()
    }

    fn reads(&self, name: &str) -> bool {
        self.names.contains(name)
            && !self.unread.lock().contains_key(&(name.to_owned(), GuestInvitation::plural(&()).into_owned()))
    }

    /// Notes that `kind` was listed in the namespace `name`, or why it cannot be.
    fn note(&self, name: &str, kind: &str, why: Option<String>) {
        let mut unread = self.unread.lock();
        let place = (name.to_owned(), kind.to_owned());
        match why {
            None => {
                if unread.remove(&place).is_some() {
                    tracing::info!(namespace = name, kind, "the namespace can be read now");
                }
            }
            Some(why) => {
                if unread.get(&place) != Some(&why) {
                    tracing::warn!(
                        namespace = name,
                        kind,
                        why,
                        "the namespace cannot be read, so nothing is done in it; it is tried again"
                    );
                    unread.insert(place, why);
                }
            }
        }
    }
}

impl Scope {
    /// These namespaces; all of them if there are none.
    pub fn of(namespaces: impl IntoIterator<Item = String>) -> Self {
        let names: BTreeSet<String> = namespaces.into_iter().filter(|name| !name.is_empty()).collect();
        if names.is_empty() {
            Self::Cluster
        } else {
            Self::Namespaces(WatchedNamespaces { names, unread: Arc::default() })
        }
    }

    /// Whether the namespace `name` is watched and can be read.
    pub fn has(&self, name: &str) -> bool {
        match self {
            Self::Cluster => true,
            Self::Namespaces(watched) => watched.reads(name),
        }
    }

    /// Which namespaces cannot be read, in words; nothing where all can.
    pub fn remark(&self) -> Option<String> {
        let Self::Namespaces(watched) = self else { return None };
        let unread = watched.unread.lock();
        let each: Vec<String> =
            unread.iter().map(|((name, _), why)| format!("the namespace {name} cannot be read ({why})")).collect();
        (!each.is_empty()).then(|| each.join(", "))
    }

    /// Watches one kind, and tries again, more and more slowly, while that fails.
    pub fn watch<K>(&self, client: &Client, lists: ListStrategy) -> BoxStream<'static, Result<Event<K>, watcher::Error>>
    where
        K: Resource<DynamicType = (), Scope = kube::core::NamespaceResourceScope>,
        K: Clone + Debug + DeserializeOwned + Send + 'static,
    {
        let one = |api: Api<K>| watcher(api, lists.in_pages()).default_backoff();
        match self {
            Self::Cluster => one(Api::all(client.clone())).boxed(),
            Self::Namespaces(watched) => {
                let each = watched.names.iter().map(|name| {
                    let namespace = name.clone();
                    let events = one(Api::namespaced(client.clone(), name));
                    events.map(move |event| (namespace.clone(), event)).boxed()
                });
                let mut whole = Whole::of(&watched.names);
                let watched = watched.clone();
                let kind = K::plural(&()).into_owned();
                let told = stream::select_all(each).map(move |(namespace, event)| {
                    let listed = matches!(event, Ok(Event::InitDone));
                    let (told, error) = match event {
                        Ok(event) => (whole.take(&namespace, event), None),
                        Err(error) => (whole.fail(&namespace), Some(error)),
                    };
                    if listed {
                        watched.note(&namespace, &kind, None);
                    } else if let Some(error) = error.as_ref().filter(|_| !whole.has_listed(&namespace)) {
                        watched.note(&namespace, &kind, Some(said(error)));
                    }
                    stream::iter(told.into_iter().map(Ok).chain(error.map(Err)))
                });
                told.flatten().boxed()
            }
        }
    }
}

/// Why a namespace cannot be read, without anything that differs from try to try.
fn said(error: &watcher::Error) -> String {
    match error {
        watcher::Error::InitialListFailed(kube::Error::Api(status))
        | watcher::Error::WatchStartFailed(kube::Error::Api(status))
        | watcher::Error::WatchFailed(kube::Error::Api(status))
        | watcher::Error::WatchError(status) => status.message.clone(),
        other => other.to_string(),
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
    /// It was tried, and could not be listed. It holds up no other.
    failed: bool,
}

impl<K: ResourceExt + Clone> Whole<K> {
    fn of(namespaces: &BTreeSet<String>) -> Self {
        let part = || NamespaceView { objects: HashMap::new(), listing: BTreeSet::new(), listed: false, failed: false };
        Self { parts: namespaces.iter().map(|name| (name.clone(), part())).collect(), complete: false }
    }

    /// Takes in an event of one namespace; returns what that means for the whole.
    fn take(&mut self, namespace: &str, event: Event<K>) -> Vec<Event<K>> {
        let Some(part) = self.parts.get_mut(namespace) else { return Vec::new() };
        let told = part.take(event);
        if self.complete { told } else { self.completed() }
    }

    /// Takes in that one namespace cannot be listed or watched; returns what that means for the whole.
    fn fail(&mut self, namespace: &str) -> Vec<Event<K>> {
        let Some(part) = self.parts.get_mut(namespace) else { return Vec::new() };
        part.failed = true;
        if self.complete { Vec::new() } else { self.completed() }
    }

    /// Whether the namespace was listed once.
    fn has_listed(&self, namespace: &str) -> bool {
        self.parts.get(namespace).is_some_and(|part| part.listed)
    }

    /// All that is known, once each namespace was listed or could not be.
    fn completed(&mut self) -> Vec<Event<K>> {
        self.complete = self.parts.values().all(|part| part.listed || part.failed);
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
    fn a_namespace_that_cannot_be_read_holds_up_no_other_and_is_taken_up_later() {
        let mut whole = Whole::of(&["a", "b"].map(String::from).into());
        let nothing: [&str; 0] = [];
        for event in [Event::Init, Event::InitApply(object("b1")), Event::InitDone] {
            assert_eq!(told(whole.take("b", event)), nothing, "a is not known yet");
        }
        assert_eq!(told(whole.fail("a")), ["begin", "has b1", "end"]);
        assert_eq!(told(whole.fail("a")), nothing);
        assert!(!whole.has_listed("a") && whole.has_listed("b"));
        assert_eq!(told(whole.take("a", Event::Init)), nothing);
        assert_eq!(told(whole.take("a", Event::InitApply(object("a1")))), ["put a1"]);
        assert_eq!(told(whole.take("a", Event::InitDone)), nothing);
        assert!(whole.has_listed("a"));
    }

    #[test]
    fn no_namespace_means_all_of_them() {
        assert!(matches!(Scope::of([String::new()]), Scope::Cluster));
        let Scope::Namespaces(watched) = Scope::of(["b".into(), "a".into(), "b".into()]) else { panic!("some") };
        assert_eq!(watched.read(), ["a", "b"]);
    }
}
