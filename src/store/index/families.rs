//! The guests of the GuestLists: who belongs to which, and which list to tell when that changes.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Index;
use crate::api::Address;
use crate::store::{Child, ObjectKey};

/// What the index knows for a list.
#[derive(Debug, Default)]
pub struct Family {
    /// By name, the guests that it owns, and those that it wants and lost.
    pub children: HashMap<String, Arc<Child>>,
    /// The names that it wants and others have.
    pub taken: HashSet<String>,
}

impl Index {
    /// The guests of the GuestList with the uid `list`, those that it wants and lost, and which of the names that it wants
    /// others have. None as long as not all guests have been listed.
    pub fn family<'a>(
        &mut self,
        namespace: &str,
        (name, list): (&str, &str),
        wanted: impl Iterator<Item = (&'a str, Address)>,
    ) -> Option<Family> {
        if !self.complete {
            return None;
        }
        let of_list = |child: &&Arc<Child>| child.list.as_deref() == Some(list);
        let mut children: HashMap<String, Arc<Child>> = self
            .claims
            .beside(namespace)
            .filter_map(|guest| Some((guest.name.to_string(), guest.child.as_ref().filter(of_list)?.clone())))
            .collect();
        let mut taken = HashSet::new();
        for (wanted, address) in wanted {
            if children.contains_key(wanted) {
                continue;
            }
            let place = ObjectKey { namespace: namespace.to_owned(), name: wanted.to_owned() };
            let Some(guest) = self.claims.entry(&place) else { continue };
            match guest.child.as_ref().filter(|child| child.has_lost(name) && guest.address == address) {
                Some(lost) => {
                    children.insert(wanted.to_owned(), lost.clone());
                }
                None => {
                    taken.insert(wanted.to_owned());
                    self.coveted.insert(place, name.to_owned());
                }
            }
        }
        Some(Family { children, taken })
    }

    /// The GuestList of the same namespace that made the resource whose guest the person of `place` is, if a list did.
    pub fn holding_list(&self, place: &ObjectKey) -> Option<String> {
        let mut beside = self.rivals_of(place).filter(|rival| *rival.namespace == *place.namespace);
        let holder = beside.find(|rival| self.people.owns(&rival.uid))?;
        let child = holder.child.as_ref().filter(|child| child.list.is_some())?;
        Some(format!("{}/{}", holder.namespace, child.list_name))
    }

    /// Wakes the lists that own the guest at `place`, before and from now on, if it is another one to them.
    pub(super) fn tell_lists(&self, place: &ObjectKey, before: Option<&Arc<Child>>, now: Option<&Arc<Child>>) {
        let Some(lists) = self.lists.as_ref().filter(|_| before != now) else { return };
        let names: HashSet<&str> = before.into_iter().chain(now).map(|child| child.list_name.as_str()).collect();
        names.into_iter().for_each(|list| lists.list(&place.namespace, list));
    }

    /// Wakes the list that wants the name of `place` and could not have it.
    pub(super) fn tell_who_covets(&mut self, place: &ObjectKey) {
        if let (Some(list), Some(lists)) = (self.coveted.remove(place), &self.lists) {
            lists.list(&place.namespace, &list);
        }
    }
}
