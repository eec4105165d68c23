//! Every claim by key, tenant and namespace, and every Guest by name, user and claim. It is fed by the watches, in their order, and by
//! our own writes.

mod addresses;
mod buried;
mod claim_entry;
mod claims;
mod families;
mod guest_entry;
mod identity;
mod lookup;
mod people;
mod places;
#[cfg(test)]
mod tests;

pub use claims::GuestClaims;
pub use families::Family;
pub use guest_entry::owner;
pub use people::KnownGuests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use kube::ResourceExt;
use kube::core::error_boundary::InvalidObject;
use kube::runtime::watcher::Event;

use super::{Guarded, ObjectKey, Wake};
use crate::api::{Guest, GuestInvitation};
use crate::packed::Id;
use buried::Buried;
use claim_entry::ClaimEntry;
use identity::{counted_version, uid};

/// Every claim and every Guest of the cluster.
#[derive(Debug, Default)]
pub struct Index {
    claims: GuestClaims,
    /// The claims that do not match our types now.
    unreadable: HashMap<ObjectKey, Arc<InvalidObject>>,
    /// What the list that is under way has shown of them.
    listing: HashSet<ObjectKey>,
    people: KnownGuests,
    /// The claims that are about to have a guest, by uid: their record is being written.
    beginning: HashSet<Id>,
    /// The claims that a live read has shown to be gone, by uid.
    gone: HashSet<Id>,
    /// Whether a list of all guests has ended, and whether another one has since.
    complete: bool,
    relisted: bool,
    buried: Buried,
    /// Names that a GuestList wants and another resource has, with the list.
    coveted: HashMap<ObjectKey, String>,
    /// To tell the GuestLists of their guests.
    lists: Option<Wake>,
}

impl Index {
    /// An empty index that wakes the GuestLists whose guests change.
    pub fn waking(lists: Wake) -> Self {
        Self { lists: Some(lists), ..Self::default() }
    }

    /// Takes in a watch event. Returns the guests that have reason to look again, because an address may be free.
    pub fn on(&mut self, event: &Event<Guarded<GuestInvitation>>) -> Vec<ObjectKey> {
        match event {
            Event::Init => {
                self.listing.clear();
                self.claims.begin_list();
                Vec::new()
            }
            Event::InitApply(object) => {
                self.claims.list(&ObjectKey::of(object));
                if object.0.is_err() {
                    self.listing.insert(ObjectKey::of(object));
                }
                self.take(object)
            }
            Event::InitDone => {
                let gone = self.claims.end_list();
                let shown = std::mem::take(&mut self.listing);
                self.unreadable.retain(|place, _| shown.contains(place));
                self.relisted = self.complete;
                self.complete = true;
                gone.iter().flat_map(|place| self.remove(place)).collect()
            }
            Event::Apply(object) => self.take(object),
            Event::Delete(object) => {
                let place = ObjectKey::of(object);
                self.unreadable.remove(&place);
                let others = self.remove(&place);
                self.buried.bury(object.uid().unwrap_or_default(), Timestamp::now());
                others
            }
        }
    }

    /// Takes in a guest that we have just written or read. Returns who has reason to look again, for the watch will not
    /// tell: its event of our own write finds everything known.
    #[must_use]
    pub fn put(&mut self, guest: &GuestInvitation) -> Vec<ObjectKey> {
        self.enter(guest)
    }

    fn take(&mut self, object: &Guarded<GuestInvitation>) -> Vec<ObjectKey> {
        let place = ObjectKey::of(object);
        match &object.0 {
            Ok(guest) => {
                self.unreadable.remove(&place);
                self.enter(guest)
            }
            // What cannot be read keeps the entry that it had: its person is still its guest.
            Err(invalid) => {
                self.unreadable.insert(place, Arc::new(invalid.clone()));
                Vec::new()
            }
        }
    }

    fn enter(&mut self, next: &GuestInvitation) -> Vec<ObjectKey> {
        if self.buried.holds(next.metadata.uid.as_deref().unwrap_or_default()) {
            return Vec::new(); // the answer to our own write came after the watch's last word
        }
        let place = ObjectKey::of(next);
        let mut freed = Vec::new();
        match self.claims.entry(&place) {
            // Known already: an event from before our own write, or told twice.
            Some(before) if before.uid == uid(next) && counted_version(next) <= before.version => return freed,
            Some(before) if before.uid != uid(next) => freed = self.remove(&place),
            Some(_) | None => {}
        }
        let before = self.claims.put(&place, next);
        let now = self.claims.entry(&place);
        let child = |entry: Option<&ClaimEntry>| entry.and_then(|entry| entry.child.clone());
        self.tell_lists(&place, child(before.as_ref()).as_ref(), child(now).as_ref());
        // Who comes to want an address, or ceases to, is news for the others who want it.
        if before.as_ref().map(ClaimEntry::wants) != now.map(ClaimEntry::wants) {
            freed.extend(self.rivals(&place));
        }
        freed
    }

    fn remove(&mut self, place: &ObjectKey) -> Vec<ObjectKey> {
        self.tell_who_covets(place);
        let Some(gone) = self.claims.remove(place) else { return Vec::new() };
        self.tell_lists(place, gone.child.as_ref(), None);
        let mut others: Vec<ObjectKey> = self.claims.wanting(&gone.address).map(|other| other.key()).collect();
        others.extend(self.refused_beside(place, gone.tenant()));
        others
    }

    /// Every guest, to ask who there is.
    pub fn claims(&self) -> &GuestClaims {
        &self.claims
    }

    /// The Guests whose claims an event of the watch shows to be gone, by name.
    pub fn left_by(&self, event: &Event<Guarded<GuestInvitation>>) -> Vec<String> {
        let gone = |uid: String| self.people.of_claim(&uid).map(|guest| guest.name.clone());
        match event {
            // Another one of the namespace takes the person over, and writes that down.
            Event::Delete(object) if self.is_succeeded(object) => Vec::new(),
            Event::Delete(object) => object.uid().and_then(gone).into_iter().collect(),
            // Nobody was decided on before all claims were known, so each Guest looks for itself after the first list. After a later one
            // nobody knows who is gone: those look whose claim is not there.
            Event::InitDone if !self.relisted => self.people.names(),
            Event::InitDone => self.people.without(&self.claims.entries().map(|claim| &claim.uid).collect()),
            Event::Init | Event::InitApply(_) | Event::Apply(_) => Vec::new(),
        }
    }

    fn is_succeeded(&self, object: &Guarded<GuestInvitation>) -> bool {
        let address = object.0.as_ref().ok().map(|guest| guest.spec.address());
        let namespace = object.namespace().unwrap_or_default();
        let wants = |claim: &ClaimEntry| *claim.namespace == *namespace && claim.wants();
        address.is_some_and(|address| self.claims.wanting(&address).any(wants))
    }

    /// Whether the guest at `place` is the one with this uid.
    pub fn has(&self, place: &ObjectKey, uid: &str) -> bool {
        self.claims.entry(place).is_some_and(|guest| guest.uid == Id::from(uid))
    }

    /// Why the claim at `place` cannot be read, if so.
    pub fn unreadable(&self, place: &ObjectKey) -> Option<Arc<InvalidObject>> {
        self.unreadable.get(place).cloned()
    }

    /// Every Guest, to ask who there is.
    pub fn people(&self) -> &KnownGuests {
        &self.people
    }

    /// Takes in a watch event of the Guests. Returns the claims that have reason to look again, and the Guests that changed.
    pub fn on_guest(&mut self, event: &Event<Guarded<Guest>>) -> (Vec<ObjectKey>, Vec<String>) {
        let done = matches!(event, Event::InitDone) && !self.people.complete();
        let before: Vec<ObjectKey> = match event {
            Event::Delete(object) => {
                self.people.get(&object.name_any()).map(|guest| self.freed_by(&guest)).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        let changed = self.people.on(event, Timestamp::now());
        let mut concerned = before;
        concerned.extend(
            changed.iter().filter_map(|name| self.people.get(name)).flat_map(|guest| self.concerned_by(&guest)),
        );
        if done {
            concerned = self.claims.entries().map(ClaimEntry::key).collect();
        }
        (concerned, changed)
    }

    /// Takes in a Guest that we have just written or read. Returns the claims that have reason to look again.
    #[must_use]
    pub fn put_guest(&mut self, guest: &Guest) -> Vec<ObjectKey> {
        let before = self.people.get(&guest.name_any());
        if !self.people.put(guest) {
            return Vec::new();
        }
        let Some(record) = guest.record() else { return Vec::new() };
        let mut concerned = self.concerned(record);
        // Who had a place of the namespace and has none any more leaves it to the others.
        let had = before.and_then(|before| before.record.as_ref()?.owner.clone());
        let has = owner(record);
        if let Some(had) = had.filter(|had| had.uid.is_some() && had.uid.as_deref() != has) {
            let place = ObjectKey { namespace: had.namespace, name: had.name };
            let tenant = self.claims.entry(&place).map(|claim| claim.tenant().to_owned());
            concerned.extend(tenant.map(|tenant| self.refused_beside(&place, &tenant)).unwrap_or_default());
        }
        concerned
    }

    /// The Guest `name` is not there any more.
    pub fn remove_guest(&mut self, name: &str) {
        self.people.remove(name);
    }
}
