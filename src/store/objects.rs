//! The objects of a kind of which there are few, as the watch has them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kube::runtime::watcher::Event;
use kube::{Resource, ResourceExt};
use parking_lot::RwLock;

use super::{Guarded, ObjectKey};

/// Every object of one kind.
#[derive(Debug)]
pub struct Objects<K> {
    known: RwLock<Known<K>>,
}

#[derive(Debug)]
struct Known<K> {
    by_key: HashMap<ObjectKey, Arc<Guarded<K>>>,
    /// What the list that is under way has shown.
    listing: Option<HashSet<ObjectKey>>,
}

impl<K> Default for Objects<K> {
    fn default() -> Self {
        Self { known: RwLock::new(Known { by_key: HashMap::new(), listing: None }) }
    }
}

impl<K: Resource<DynamicType = ()> + Clone> Objects<K> {
    /// Takes in a watch event.
    pub fn on(&self, event: &Event<Guarded<K>>) {
        let mut known = self.known.write();
        match event {
            Event::Init => known.listing = Some(HashSet::new()),
            Event::InitApply(object) => {
                let key = ObjectKey::of(object);
                known.listing.get_or_insert_default().insert(key.clone());
                known.by_key.insert(key, Arc::new(slim(object)));
            }
            Event::InitDone => {
                let shown = known.listing.take().unwrap_or_default();
                known.by_key.retain(|key, _| shown.contains(key));
            }
            Event::Apply(object) => {
                known.by_key.insert(ObjectKey::of(object), Arc::new(slim(object)));
            }
            Event::Delete(object) => {
                known.by_key.remove(&ObjectKey::of(object));
            }
        }
    }

    /// Where the objects are.
    pub fn keys(&self) -> Vec<ObjectKey> {
        self.known.read().by_key.keys().cloned().collect()
    }

    /// The object at `key`, if there is one.
    pub fn get(&self, key: &ObjectKey) -> Option<Arc<Guarded<K>>> {
        self.known.read().by_key.get(key).cloned()
    }
}

/// Without the managed fields, which nobody reads and which are half of an object.
fn slim<K: Resource<DynamicType = ()> + Clone>(object: &Guarded<K>) -> Guarded<K> {
    let mut object = object.clone();
    object.managed_fields_mut().clear();
    object
}
