//! Every Guest by name, with the questions that the loops have: who has a user, what a claim has, who was ended lately.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use kube::ResourceExt;
use kube::runtime::watcher::Event;
use slab::Slab;

use super::buried::Buried;
use super::guest_entry::{GuestEntry, RecordFacts};
use super::lookup::Lookup;
use crate::api::{Address, Guest, GuestRecord, RelationKind};
use crate::directory::Related;
use crate::packed::Id;
use crate::store::{Guarded, KnownGuest, ObjectKey};

/// Every Guest.
#[derive(Debug, Default)]
pub struct KnownGuests {
    entries: Slab<GuestEntry>,
    by_name: Lookup,
    /// By the directory's id and the user's.
    by_user: Lookup,
    /// The Guest that a claim has, by the claim's uid.
    by_claim: Lookup,
    by_directory: HashMap<Arc<str>, Directory>,
    /// Names that many Guests have in common.
    shared: HashSet<Arc<str>>,
    /// Why those cannot be read that do not match our types now, by name.
    unreadable: HashMap<String, String>,
    /// For whom something is under way or is to be done, by the EntraTenant and their name.
    waiting: BTreeSet<(Arc<str>, Box<str>)>,
    /// The Guests whom nobody has any more and who are in the directory, by the namespace that had them last.
    released: HashMap<Box<str>, HashSet<u32>>,
    /// What the list under way has shown of those that cannot be read, and which others it has not shown yet.
    listing: HashSet<String>,
    unlisted: HashSet<u32>,
    complete: bool,
    buried: Buried,
}

/// The Guests of one directory. A directory without Guests has none.
#[derive(Debug, Default)]
struct Directory {
    guests: HashSet<u32>,
    /// How many there are, by the EntraTenant through which they were written last.
    through: HashMap<Arc<str>, usize>,
    /// When people were disabled or deleted. An end that is under way has no time yet.
    ends: BTreeSet<(Timestamp, u32)>,
}

impl Directory {
    fn put(&mut self, number: u32, facts: &RecordFacts) {
        self.guests.insert(number);
        *self.through.entry(facts.tenant.clone()).or_default() += 1;
        self.ends.extend(facts.ended.map(|at| (at, number)));
    }

    fn remove(&mut self, number: u32, facts: &RecordFacts) {
        self.guests.remove(&number);
        if let Some(count) = self.through.get_mut(&facts.tenant) {
            *count -= 1;
        }
        if let Some(at) = facts.ended {
            self.ends.remove(&(at, number));
        }
    }
}

impl KnownGuests {
    /// Takes in a watch event. Returns the names of the Guests that changed.
    pub(super) fn on(&mut self, event: &Event<Guarded<Guest>>, now: Timestamp) -> Vec<String> {
        match event {
            Event::Init => {
                self.listing.clear();
                self.unlisted = self.entries.iter().filter_map(|(number, _)| u32::try_from(number).ok()).collect();
                Vec::new()
            }
            Event::InitApply(object) => {
                if let Some(number) = self.number(&object.name_any()) {
                    self.unlisted.remove(&number);
                }
                if object.0.is_err() {
                    self.listing.insert(object.name_any());
                }
                self.take(object)
            }
            Event::InitDone => {
                let unlisted = std::mem::take(&mut self.unlisted);
                let gone = unlisted.iter().filter_map(|number| self.numbered(*number));
                let gone: Vec<String> = gone.map(|entry| entry.name.to_string()).collect();
                gone.iter().for_each(|name| self.remove(name));
                let shown = std::mem::take(&mut self.listing);
                self.unreadable.retain(|name, _| shown.contains(name));
                self.complete = true;
                gone
            }
            Event::Apply(object) => self.take(object),
            Event::Delete(object) => {
                self.buried.bury(object.uid().unwrap_or_default(), now);
                self.unreadable.remove(&object.name_any());
                self.remove(&object.name_any());
                vec![object.name_any()]
            }
        }
    }

    /// Takes in what the watch shows. Returns the name of the Guest, if it changed.
    fn take(&mut self, object: &Guarded<Guest>) -> Vec<String> {
        let name = object.name_any();
        match &object.0 {
            Ok(guest) => {
                self.unreadable.remove(&name);
                if self.put(guest) { vec![name] } else { Vec::new() }
            }
            // It keeps what it had: nothing is decided on it meanwhile.
            Err(invalid) => {
                self.unreadable.insert(name, invalid.error.clone());
                Vec::new()
            }
        }
    }

    /// Takes in a Guest that was written or read. Says whether that is news.
    pub(super) fn put(&mut self, guest: &Guest) -> bool {
        if self.buried.holds(guest.metadata.uid.as_deref().unwrap_or_default()) {
            return false; // the answer to our own write came after the watch's last word
        }
        let name = guest.name_any();
        if self.entry(&name).is_some_and(|before| before.is_at_least(guest)) {
            return false;
        }
        self.remove(&name);
        for name in guest.record().into_iter().flat_map(|record| [&record.tenant_id, &record.tenant]) {
            if !self.shared.contains(name.as_str()) {
                self.shared.insert(name.as_str().into());
            }
        }
        let share = |name: &str| self.shared.get(name).map_or_else(|| name.into(), Arc::clone);
        let entry = GuestEntry::of(guest, share);
        let slot = self.entries.vacant_entry();
        let Ok(number) = u32::try_from(slot.key()) else { return false };
        self.by_name.put(&*entry.name, number);
        if let Some(facts) = &entry.facts {
            self.by_directory.entry(facts.tenant_id.clone()).or_default().put(number, facts);
            if let Some(user) = &facts.user {
                self.by_user.put(&(&*facts.tenant_id, user), number);
            }
            facts.claims.iter().for_each(|uid| self.by_claim.put(uid, number));
            if facts.waits {
                self.waiting.insert((facts.tenant.clone(), entry.name.clone()));
            }
            if let Some(namespace) = &facts.left_behind_by {
                self.released.entry(namespace.clone()).or_default().insert(number);
            }
        }
        slot.insert(entry);
        true
    }

    /// Takes out the Guest `name`.
    pub(super) fn remove(&mut self, name: &str) {
        let Some(number) = self.number(name) else { return };
        let Some(entry) = usize::try_from(number).ok().and_then(|number| self.entries.try_remove(number)) else {
            return;
        };
        self.unlisted.remove(&number);
        self.by_name.take(name, number);
        let Some(facts) = &entry.facts else { return };
        self.waiting.remove(&(facts.tenant.clone(), entry.name.clone()));
        if let Some(directory) = self.by_directory.get_mut(&facts.tenant_id) {
            directory.remove(number, facts);
            if directory.guests.is_empty() {
                self.by_directory.remove(&facts.tenant_id);
            }
        }
        if let Some(user) = &facts.user {
            self.by_user.take(&(&*facts.tenant_id, user), number);
        }
        facts.claims.iter().for_each(|uid| self.by_claim.take(uid, number));
        if let Some(namespace) = &facts.left_behind_by
            && let Some(numbers) = self.released.get_mut(namespace)
        {
            numbers.remove(&number);
            if numbers.is_empty() {
                self.released.remove(namespace);
            }
        }
    }

    fn number(&self, name: &str) -> Option<u32> {
        let is = |number: &u32| self.numbered(*number).is_some_and(|entry| *entry.name == *name);
        self.by_name.candidates(name).find(is)
    }

    fn numbered(&self, number: u32) -> Option<&GuestEntry> {
        self.entries.get(usize::try_from(number).ok()?)
    }

    fn entry(&self, name: &str) -> Option<&GuestEntry> {
        self.numbered(self.number(name)?)
    }

    fn entry_of_claim(&self, uid: &Id) -> Option<&GuestEntry> {
        let found = self.by_claim.candidates(uid).filter_map(|number| self.numbered(number));
        let found = found.filter(|entry| entry.facts.as_ref().is_some_and(|facts| facts.claims.contains(uid)));
        // While a claim goes over to another Guest both may name it: the one that was written last has it.
        found.max_by_key(|entry| entry.version)
    }

    fn entries_of_user(&self, tenant_id: &str, id: &str) -> impl Iterator<Item = &GuestEntry> {
        let id = Id::from(id);
        let found: Vec<u32> = self.by_user.candidates(&(tenant_id, &id)).collect();
        let found = found.into_iter().filter_map(|number| self.numbered(number));
        found.filter(move |entry| {
            entry.facts.as_ref().is_some_and(|facts| *facts.tenant_id == *tenant_id && facts.user.as_ref() == Some(&id))
        })
    }

    fn in_directory(&self, tenant_id: &str) -> impl Iterator<Item = &GuestEntry> {
        let numbers = self.by_directory.get(tenant_id).into_iter().flat_map(|directory| &directory.guests);
        numbers.filter_map(|number| self.numbered(*number))
    }

    /// The names of all Guests.
    pub(super) fn names(&self) -> Vec<String> {
        self.entries.iter().map(|(_, entry)| entry.name.to_string()).collect()
    }

    /// The names of the Guests that name a claim which is not among `claims`, or none at all.
    pub(super) fn without(&self, claims: &HashSet<&Id>) -> Vec<String> {
        let has_gone = |entry: &GuestEntry| {
            let mut uids = entry.facts.iter().flat_map(|facts| &facts.claims).peekable();
            uids.peek().is_none() || !uids.all(|uid| claims.contains(uid))
        };
        let all = self.entries.iter().filter(|(_, entry)| has_gone(entry));
        all.map(|(_, entry)| entry.name.to_string()).collect()
    }

    /// Whether a list of all Guests has ended.
    pub fn complete(&self) -> bool {
        self.complete
    }

    /// The Guest `name`.
    pub fn get(&self, name: &str) -> Option<Arc<KnownGuest>> {
        self.entry(name)?.whole().map(Arc::new)
    }

    /// Why the Guest `name` cannot be read, if so.
    pub fn unreadable(&self, name: &str) -> Option<String> {
        self.unreadable.get(name).cloned()
    }

    /// The Guest that the claim with this uid has.
    pub fn of_claim(&self, uid: &str) -> Option<Arc<KnownGuest>> {
        self.entry_of_claim(&Id::from(uid))?.whole().map(Arc::new)
    }

    /// Whether the claim with this uid owns somebody: a place of its namespace is taken.
    pub fn owns(&self, uid: &Id) -> bool {
        let facts = self.entry_of_claim(uid).and_then(|entry| entry.facts.as_ref());
        facts.is_some_and(|facts| facts.keeper.as_ref() == Some(uid))
    }

    /// How many people the namespace `namespace` has left in the directory of the EntraTenant `tenant`, beside whoever has `address`.
    pub fn left_behind(&self, namespace: &str, tenant: &str, address: &Address) -> usize {
        let numbers = self.released.get(namespace).into_iter().flatten();
        let guests = numbers.filter_map(|number| self.numbered(*number)?.whole());
        let records = guests.filter_map(|guest| guest.record);
        records.filter(|record| record.tenant == tenant && record.email != address.as_str()).count()
    }

    /// The Guests of the user `id` in the directory `tenant_id`.
    pub fn of_user(&self, tenant_id: &str, id: &str) -> Vec<Arc<KnownGuest>> {
        let mut found: Vec<&GuestEntry> = self.entries_of_user(tenant_id, id).collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found.into_iter().filter_map(|entry| entry.whole().map(Arc::new)).collect()
    }

    /// The Guest that keeps the user of `guest`: the oldest of those that have the same, if that is another one.
    pub fn older(&self, guest: &KnownGuest) -> Option<Arc<KnownGuest>> {
        let record = guest.record.as_ref()?;
        let uid = Id::from(guest.uid.as_str());
        let oldest =
            self.entries_of_user(&record.tenant_id, &record.user.as_ref()?.id).min_by_key(|other| other.age())?;
        let older = *oldest.name != *guest.name && oldest.age() < (guest.created, &uid);
        older.then(|| oldest.whole().map(Arc::new)).flatten()
    }

    /// The ids of all users of the directory `tenant_id` that Guests have.
    pub fn users(&self, tenant_id: &str) -> HashSet<Id> {
        self.in_directory(tenant_id).filter_map(|entry| entry.facts.as_ref()?.user.clone()).collect()
    }

    /// The relations of users of the directory `tenant_id` that are on record and stand, to be held against the directory.
    pub fn related(&self, tenant_id: &str) -> Related {
        let mut related = Related::default();
        let some = self.in_directory(tenant_id).filter(|entry| entry.facts.as_ref().is_some_and(|facts| facts.related));
        for record in some.filter_map(|entry| entry.whole()?.record) {
            let Some(user) = record.user.as_ref().map(|user| Id::from(user.id.as_str())) else { continue };
            for kind in RelationKind::ALL {
                let all = record.claims.iter().flat_map(|claim| kind.recorded(&claim.relations));
                for id in all.filter(|relation| relation.stands()).filter_map(|relation| relation.id.as_ref()) {
                    related[kind].entry(id.clone()).or_default().insert(user.clone());
                }
            }
        }
        related
    }

    /// Whether the directory `tenant_id` has Guests that were written through the EntraTenant `name`.
    pub fn has_any_through(&self, tenant_id: &str, name: &str) -> bool {
        let directory = self.by_directory.get(tenant_id);
        directory.and_then(|directory| directory.through.get(name)).is_some_and(|count| *count > 0)
    }

    /// The Guests that wait until something can be done through the EntraTenant `name`: something is under way for them, or is to be.
    pub fn waiting_for(&self, name: &str) -> Vec<String> {
        let all = self.waiting.range((Arc::from(name), Box::from(""))..);
        all.take_while(|(tenant, _)| **tenant == *name).map(|(_, person)| person.to_string()).collect()
    }

    /// How many people of the directory `tenant_id` were disabled or deleted since `since`, or are about to be.
    pub fn ended_since(&self, tenant_id: &str, since: Timestamp) -> usize {
        let directory = self.by_directory.get(tenant_id);
        directory.map(|directory| directory.ends.range((since, 0)..).count()).unwrap_or_default()
    }

    /// The claims that `record` names.
    pub fn claims_of(record: &GuestRecord) -> Vec<ObjectKey> {
        let key = |namespace: &str, name: &str| ObjectKey { namespace: namespace.into(), name: name.into() };
        record
            .claims
            .iter()
            .filter(|claim| claim.uid.is_some())
            .map(|claim| key(&claim.namespace, &claim.name))
            .collect()
    }
}
