//! Every Guest by name, with the questions that the loops have: who has a user, what a claim has, who was ended lately.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use kube::ResourceExt;
use kube::runtime::watcher::Event;

use super::buried::Buried;
use crate::api::{Address, Guest, GuestRecord, GuestState, HowEnded};
use crate::plan::is_vacant;
use crate::store::{Guarded, KnownGuest, ObjectKey};

/// Every Guest.
#[derive(Debug, Default)]
pub struct KnownGuests {
    by_name: HashMap<String, Arc<KnownGuest>>,
    by_directory: HashMap<String, Directory>,
    /// Why those cannot be read that do not match our types now, by name.
    unreadable: HashMap<String, String>,
    /// The Guest that a claim has, by the claim's uid.
    by_claim: HashMap<String, String>,
    /// For whom something is under way or is to be done, by the EntraTenant and their name.
    waiting: BTreeSet<(String, String)>,
    /// The names of the Guests whom nobody has any more and who are in the directory, by the namespace that had them last.
    released: HashMap<String, BTreeSet<String>>,
    listing: Option<HashSet<String>>,
    complete: bool,
    buried: Buried,
}

/// The Guests of one directory. A directory without Guests has none.
#[derive(Debug, Default)]
struct Directory {
    names: HashSet<String>,
    /// How many there are, by the EntraTenant through which they were written last.
    through: HashMap<String, usize>,
    /// The names of the Guests of a user, by id.
    by_user: HashMap<String, BTreeSet<String>>,
    /// When people were disabled or deleted, with the name of their Guest. An end that is under way has no time yet.
    ends: BTreeSet<(Timestamp, String)>,
}

impl Directory {
    fn put(&mut self, name: &str, record: &GuestRecord) {
        self.names.insert(name.to_owned());
        *self.through.entry(record.tenant.clone()).or_default() += 1;
        if let Some(user) = &record.user {
            self.by_user.entry(user.id.clone()).or_default().insert(name.to_owned());
        }
        self.ends.extend(end(record).map(|at| (at, name.to_owned())));
    }

    fn remove(&mut self, name: &str, record: &GuestRecord) {
        self.names.remove(name);
        if let Some(count) = self.through.get_mut(&record.tenant) {
            *count -= 1;
        }
        if let Some(user) = &record.user
            && let Some(names) = self.by_user.get_mut(&user.id)
        {
            names.remove(name);
            if names.is_empty() {
                self.by_user.remove(&user.id);
            }
        }
        if let Some(at) = end(record) {
            self.ends.remove(&(at, name.to_owned()));
        }
    }
}

/// When the person was disabled or deleted, or the end of time while that is under way.
fn end(record: &GuestRecord) -> Option<Timestamp> {
    if record.ending.is_some() {
        return Some(Timestamp::MAX);
    }
    record.ended.as_ref().filter(|ended| ended.how != HowEnded::Retained).map(|ended| ended.at)
}

impl KnownGuests {
    /// Takes in a watch event. Returns the names of the Guests that changed.
    pub(super) fn on(&mut self, event: &Event<Guarded<Guest>>, now: Timestamp) -> Vec<String> {
        match event {
            Event::Init => {
                self.listing = Some(HashSet::new());
                Vec::new()
            }
            Event::InitApply(object) => {
                if let Some(listing) = &mut self.listing {
                    listing.insert(object.name_any());
                }
                self.take(object)
            }
            Event::InitDone => {
                let shown = self.listing.take().unwrap_or_default();
                let gone: Vec<String> = self.by_name.keys().filter(|name| !shown.contains(*name)).cloned().collect();
                gone.iter().for_each(|name| self.remove(name));
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
                if self.put(KnownGuest::of(guest)) { vec![name] } else { Vec::new() }
            }
            // It keeps what it had: nothing is decided on it meanwhile.
            Err(invalid) => {
                self.unreadable.insert(name, invalid.error.clone());
                Vec::new()
            }
        }
    }

    /// Takes in a Guest that was written or read. Says whether that is news.
    pub(super) fn put(&mut self, guest: KnownGuest) -> bool {
        if self.buried.holds(&guest.uid) {
            return false; // the answer to our own write came after the watch's last word
        }
        let same = self.by_name.get(&guest.name).filter(|before| before.uid == guest.uid);
        if same.is_some_and(|before| guest.counted_version() <= before.counted_version()) {
            return false;
        }
        let name = guest.name.clone();
        self.remove(&name);
        if let Some(record) = &guest.record {
            self.by_directory.entry(record.tenant_id.clone()).or_default().put(&name, record);
            self.by_claim.extend(record.claim_uids().map(|uid| (uid.to_owned(), name.clone())));
            let reclaimed = record.reclaim.is_some_and(|reclaim| reclaim.due);
            if record.is_open() || reclaimed || guest.wishes.revoke.is_some() {
                self.waiting.insert((record.tenant.clone(), name.clone()));
            }
            if let Some(namespace) = left_behind_by(record) {
                self.released.entry(namespace.to_owned()).or_default().insert(name.clone());
            }
        }
        self.by_name.insert(name, Arc::new(guest));
        true
    }

    /// Takes out the Guest `name`.
    pub(super) fn remove(&mut self, name: &str) {
        let Some(before) = self.by_name.remove(name) else { return };
        let Some(record) = &before.record else { return };
        self.waiting.remove(&(record.tenant.clone(), name.to_owned()));
        if let Some(directory) = self.by_directory.get_mut(&record.tenant_id) {
            directory.remove(name, record);
            if directory.names.is_empty() {
                self.by_directory.remove(&record.tenant_id);
            }
        }
        if let Some(namespace) = left_behind_by(record)
            && let Some(names) = self.released.get_mut(namespace)
        {
            names.remove(name);
            if names.is_empty() {
                self.released.remove(namespace);
            }
        }
        for uid in record.claim_uids() {
            if self.by_claim.get(uid).is_some_and(|of| of == name) {
                self.by_claim.remove(uid);
            }
        }
    }

    /// The names of all Guests.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.by_name.keys()
    }

    /// Whether a list of all Guests has ended.
    pub fn complete(&self) -> bool {
        self.complete
    }

    /// The Guest `name`.
    pub fn get(&self, name: &str) -> Option<Arc<KnownGuest>> {
        self.by_name.get(name).cloned()
    }

    /// Why the Guest `name` cannot be read, if so.
    pub fn unreadable(&self, name: &str) -> Option<String> {
        self.unreadable.get(name).cloned()
    }

    /// The Guest that the claim with this uid has.
    pub fn of_claim(&self, uid: &str) -> Option<Arc<KnownGuest>> {
        self.get(self.by_claim.get(uid)?)
    }

    /// Whether the claim with this uid owns somebody: a place of its namespace is taken.
    pub fn owns(&self, uid: &str) -> bool {
        let guest = self.by_claim.get(uid).and_then(|name| self.by_name.get(name));
        guest
            .and_then(|guest| guest.record.as_ref())
            .is_some_and(|record| owner(record) == Some(uid) && !is_vacant(record))
    }

    /// How many people the namespace `namespace` has left in the directory of the EntraTenant `tenant`, beside whoever has `address`.
    pub fn left_behind(&self, namespace: &str, tenant: &str, address: &Address) -> usize {
        let names = self.released.get(namespace).into_iter().flatten();
        let records = names.filter_map(|name| self.by_name.get(name)?.record.as_ref());
        records.filter(|record| record.tenant == tenant && record.email != address.as_str()).count()
    }

    /// The Guests of the user `id` in the directory `tenant_id`.
    pub fn of_user(&self, tenant_id: &str, id: &str) -> Vec<Arc<KnownGuest>> {
        let names = self.by_directory.get(tenant_id).and_then(|directory| directory.by_user.get(id));
        names.into_iter().flatten().filter_map(|name| self.get(name)).collect()
    }

    /// The Guest that keeps the user of `guest`: the oldest of those that have the same, if that is another one.
    pub fn older(&self, guest: &KnownGuest) -> Option<Arc<KnownGuest>> {
        let record = guest.record.as_ref()?;
        let age = |guest: &KnownGuest| (guest.created, guest.uid.clone());
        let all = self.of_user(&record.tenant_id, &record.user.as_ref()?.id);
        let oldest = all.into_iter().min_by_key(|other| age(other))?;
        (oldest.name != guest.name && age(&oldest) < age(guest)).then_some(oldest)
    }

    /// The ids of all users of the directory `tenant_id` that Guests have.
    pub fn users(&self, tenant_id: &str) -> HashSet<String> {
        self.by_directory.get(tenant_id).into_iter().flat_map(|directory| directory.by_user.keys()).cloned().collect()
    }

    /// Whether the directory `tenant_id` has Guests that were written through the EntraTenant `name`.
    pub fn has_any_through(&self, tenant_id: &str, name: &str) -> bool {
        let directory = self.by_directory.get(tenant_id);
        directory.and_then(|directory| directory.through.get(name)).is_some_and(|count| *count > 0)
    }

    /// The Guests that wait until something can be done through the EntraTenant `name`: something is under way for them, or is to be.
    pub fn waiting_for(&self, name: &str) -> Vec<String> {
        let all = self.waiting.range((name.to_owned(), String::new())..);
        all.take_while(|(tenant, _)| tenant == name).map(|(_, person)| person.clone()).collect()
    }

    /// How many people of the directory `tenant_id` were disabled or deleted since `since`, or are about to be.
    pub fn ended_since(&self, tenant_id: &str, since: Timestamp) -> usize {
        let directory = self.by_directory.get(tenant_id);
        directory.map(|directory| directory.ends.range((since, String::new())..).count()).unwrap_or_default()
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

/// The namespace that left the person in the directory, if one did and nobody has them now.
fn left_behind_by(record: &GuestRecord) -> Option<&str> {
    let owner = record.owner.as_ref().filter(|_| record.state == GuestState::Released)?;
    Some(&owner.namespace)
}

/// The uid of the owner.
pub fn owner(record: &GuestRecord) -> Option<&str> {
    record.owner.as_ref()?.uid.as_deref()
}
