//! What each GuestInvitation declares and has on record, found by its key, and by tenant with address or user, and by namespace.
//! Each question reads the part that it is about; none goes over all guests.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use slab::Slab;

use super::claim_entry::ClaimEntry;
use super::lookup::Lookup;
use crate::api::{Address, GuestCounts, GuestInvitation};
use crate::store::{KnownClaim, ObjectKey, UseCounts};

/// Every guest that the cluster declares.
#[derive(Debug, Default)]
pub struct GuestClaims {
    entries: Slab<ClaimEntry>,
    by_key: Lookup,
    /// Whatever tenant they name: a directory may have had another EntraTenant before.
    by_address: Lookup,
    by_tenant: HashMap<Arc<str>, TenantClaims>,
    by_namespace: HashMap<Arc<str>, HashSet<u32>>,
    /// Those that the list under way has not shown yet.
    unlisted: HashSet<u32>,
}

/// The guests of one tenant. A tenant without guests has none.
#[derive(Debug, Default)]
struct TenantClaims {
    entries: HashSet<u32>,
    counts: GuestCounts,
    uses: UseCounts,
}

impl GuestClaims {
    /// The guest at `place`, with all that is known of it.
    pub fn get(&self, place: &ObjectKey) -> Option<Arc<KnownClaim>> {
        self.entry(place)?.whole().map(Arc::new)
    }

    /// The guest at `place`.
    pub fn entry(&self, place: &ObjectKey) -> Option<&ClaimEntry> {
        self.numbered(self.number(place)?)
    }

    fn number(&self, place: &ObjectKey) -> Option<u32> {
        let is = |entry: &ClaimEntry| *entry.namespace == *place.namespace && *entry.name == *place.name;
        let mut found = self.by_key.candidates(&(place.namespace.as_str(), place.name.as_str()));
        found.find(|number| self.numbered(*number).is_some_and(is))
    }

    fn numbered(&self, number: u32) -> Option<&ClaimEntry> {
        self.entries.get(usize::try_from(number).ok()?)
    }

    fn all<'a>(&'a self, numbers: impl IntoIterator<Item = &'a u32>) -> impl Iterator<Item = &'a ClaimEntry> {
        numbers.into_iter().filter_map(|number| self.numbered(*number))
    }

    /// Every guest.
    pub(super) fn entries(&self) -> impl Iterator<Item = &ClaimEntry> {
        self.entries.iter().map(|(_, entry)| entry)
    }

    /// Puts the guest at `place` to `guest`. Returns what was there.
    pub(super) fn put(&mut self, place: &ObjectKey, guest: &GuestInvitation) -> Option<ClaimEntry> {
        let before = self.remove(place);
        let namespace = shared(&self.by_namespace, &place.namespace);
        let tenant = shared(&self.by_tenant, &guest.spec.tenant_ref.name);
        let entry = ClaimEntry::of(guest, namespace.clone(), tenant.clone());
        let slot = self.entries.vacant_entry();
        let Ok(number) = u32::try_from(slot.key()) else { return before };
        self.by_key.put(&(&*entry.namespace, &*entry.name), number);
        self.by_address.put(&entry.address, number);
        self.by_namespace.entry(namespace).or_default().insert(number);
        let of_tenant = self.by_tenant.entry(tenant).or_default();
        of_tenant.entries.insert(number);
        of_tenant.uses.add(entry.uses);
        of_tenant.counts.add(entry.state);
        slot.insert(entry);
        before
    }

    /// Takes out the guest at `place`.
    pub(super) fn remove(&mut self, place: &ObjectKey) -> Option<ClaimEntry> {
        let number = self.number(place)?;
        let entry = self.entries.try_remove(usize::try_from(number).ok()?)?;
        self.unlisted.remove(&number);
        self.by_key.take(&(&*entry.namespace, &*entry.name), number);
        self.by_address.take(&entry.address, number);
        if let Some(all) = self.by_namespace.get_mut(&entry.namespace) {
            all.remove(&number);
            if all.is_empty() {
                self.by_namespace.remove(&entry.namespace);
            }
        }
        if let Some(tenant) = self.by_tenant.get_mut(&entry.tenant) {
            tenant.entries.remove(&number);
            tenant.uses.remove(entry.uses);
            tenant.counts.remove(entry.state);
            if tenant.entries.is_empty() {
                self.by_tenant.remove(&entry.tenant);
            }
        }
        Some(entry)
    }

    /// A list of all guests begins.
    pub(super) fn begin_list(&mut self) {
        self.unlisted = self.entries.iter().filter_map(|(number, _)| u32::try_from(number).ok()).collect();
    }

    /// The list under way shows the guest at `place`.
    pub(super) fn list(&mut self, place: &ObjectKey) {
        if !self.unlisted.is_empty()
            && let Some(number) = self.number(place)
        {
            self.unlisted.remove(&number);
        }
    }

    /// The list has ended. Returns where guests were that it has not shown.
    pub(super) fn end_list(&mut self) -> Vec<ObjectKey> {
        let unlisted = std::mem::take(&mut self.unlisted);
        self.all(&unlisted).map(ClaimEntry::key).collect()
    }

    /// The guests of `tenant` that want `address`.
    pub(super) fn of_address<'a>(&'a self, tenant: &str, address: &Address) -> impl Iterator<Item = &'a ClaimEntry> {
        self.wanting(address).filter(move |entry| entry.tenant() == tenant)
    }

    /// Everybody who wants `address`, in whatever tenant.
    pub(super) fn wanting<'a>(&'a self, address: &Address) -> impl Iterator<Item = &'a ClaimEntry> {
        let found = self.by_address.candidates(address).filter_map(|number| self.numbered(number));
        found.filter(move |entry| entry.address == *address)
    }

    /// The guests of the namespace `name`.
    pub(super) fn beside(&self, name: &str) -> impl Iterator<Item = &ClaimEntry> {
        self.all(self.by_namespace.get(name).into_iter().flatten())
    }

    /// The guests of the namespace `name`.
    pub fn in_namespace(&self, name: &str) -> Vec<ObjectKey> {
        self.beside(name).map(ClaimEntry::key).collect()
    }

    /// The guests of `tenant`.
    pub fn of_tenant(&self, tenant: &str) -> Vec<ObjectKey> {
        let numbers = self.by_tenant.get(tenant).into_iter().flat_map(|tenant| &tenant.entries);
        self.all(numbers).map(ClaimEntry::key).collect()
    }

    /// The guests of the tenants that are meant.
    pub fn of_tenants(&self, meant: impl Fn(&str) -> bool) -> Vec<ObjectKey> {
        let tenants = self.by_tenant.iter().filter(|(name, _)| meant(name));
        self.all(tenants.flat_map(|(_, tenant)| &tenant.entries)).map(ClaimEntry::key).collect()
    }

    /// How many guests `tenant` has, by state.
    pub fn counts(&self, tenant: &str) -> GuestCounts {
        self.by_tenant.get(tenant).map(|tenant| tenant.counts).unwrap_or_default()
    }

    /// What the guests of `tenant` use.
    pub fn uses(&self, tenant: &str) -> UseCounts {
        self.by_tenant.get(tenant).map(|tenant| tenant.uses.clone()).unwrap_or_default()
    }
}

/// The key of `map` that is `name`, so that all have it in common.
fn shared<V>(map: &HashMap<Arc<str>, V>, name: &str) -> Arc<str> {
    map.get_key_value(name).map_or_else(|| name.into(), |(key, _)| key.clone())
}
