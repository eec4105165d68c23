//! What each GuestInvitation declares and has on record, found by its key, and by tenant with address or user, and by namespace.
//! Each question reads the part that it is about; none goes over all guests.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::api::{Address, GuestCounts};
use crate::store::{KnownClaim, ObjectKey, UseCounts};

/// Every guest that the cluster declares.
#[derive(Debug, Default)]
pub struct GuestClaims {
    by_key: HashMap<ObjectKey, Arc<KnownClaim>>,
    /// Whatever tenant they name: a directory may have had another EntraTenant before.
    by_address: HashMap<Address, HashSet<ObjectKey>>,
    by_tenant: HashMap<String, TenantClaims>,
    by_namespace: HashMap<String, HashSet<ObjectKey>>,
}

/// The guests of one tenant. A tenant without guests has none.
#[derive(Debug, Default)]
struct TenantClaims {
    by_address: HashMap<Address, HashSet<ObjectKey>>,
    counts: GuestCounts,
    uses: UseCounts,
}

impl GuestClaims {
    /// The guest at `place`.
    pub fn get(&self, place: &ObjectKey) -> Option<&Arc<KnownClaim>> {
        self.by_key.get(place)
    }

    /// Where all guests are.
    pub(super) fn places(&self) -> impl Iterator<Item = &ObjectKey> {
        self.by_key.keys()
    }

    /// Puts the guest at `place` to `guest`.
    pub(super) fn put(&mut self, place: ObjectKey, guest: Arc<KnownClaim>) {
        let _ = self.remove(&place);
        let tenant = match self.by_tenant.get_mut(guest.tenant()) {
            Some(tenant) => tenant,
            None => self.by_tenant.entry(guest.tenant().to_owned()).or_default(),
        };
        tenant.put(&place, &guest);
        self.by_namespace.entry(place.namespace.clone()).or_default().insert(place.clone());
        self.by_address.entry(guest.address.clone()).or_default().insert(place.clone());
        self.by_key.insert(place, guest);
    }

    /// Takes out the guest at `place`.
    pub(super) fn remove(&mut self, place: &ObjectKey) -> Option<Arc<KnownClaim>> {
        let guest = self.by_key.remove(place)?;
        take_out(self.by_namespace.entry(place.namespace.clone()), place);
        take_out(self.by_address.entry(guest.address.clone()), place);
        if let Entry::Occupied(mut tenant) = self.by_tenant.entry(guest.tenant().to_owned()) {
            tenant.get_mut().remove(place, &guest);
            if tenant.get().by_address.is_empty() {
                tenant.remove();
            }
        }
        Some(guest)
    }

    /// The guests of `tenant` that want `address`.
    pub(super) fn of_address(
        &self,
        tenant: &str,
        address: &Address,
    ) -> impl Iterator<Item = (&ObjectKey, &Arc<KnownClaim>)> {
        self.known(self.by_tenant.get(tenant).and_then(|tenant| tenant.by_address.get(address)))
    }

    /// Everybody who wants `address`, in whatever tenant.
    pub(super) fn wanting(&self, address: &Address) -> impl Iterator<Item = &ObjectKey> {
        self.by_address.get(address).into_iter().flatten()
    }

    /// The guests of the namespace `name`, with what is known of them.
    pub(super) fn beside(&self, name: &str) -> impl Iterator<Item = (&ObjectKey, &Arc<KnownClaim>)> {
        self.known(self.by_namespace.get(name))
    }

    fn known<'a>(
        &'a self,
        places: Option<&'a HashSet<ObjectKey>>,
    ) -> impl Iterator<Item = (&'a ObjectKey, &'a Arc<KnownClaim>)> {
        places.into_iter().flatten().filter_map(|place| Some((place, self.by_key.get(place)?)))
    }

    /// The guests of the namespace `name`.
    pub fn in_namespace(&self, name: &str) -> Vec<ObjectKey> {
        self.by_namespace.get(name).into_iter().flatten().cloned().collect()
    }

    /// The guests of `tenant`.
    pub fn of_tenant(&self, tenant: &str) -> Vec<ObjectKey> {
        self.by_tenant.get(tenant).into_iter().flat_map(TenantClaims::places).cloned().collect()
    }

    /// The guests of the tenants that are meant.
    pub fn of_tenants(&self, meant: impl Fn(&str) -> bool) -> Vec<ObjectKey> {
        let tenants = self.by_tenant.iter().filter(|(name, _)| meant(name));
        tenants.flat_map(|(_, tenant)| tenant.places()).cloned().collect()
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

impl TenantClaims {
    fn places(&self) -> impl Iterator<Item = &ObjectKey> {
        self.by_address.values().flatten()
    }

    fn put(&mut self, place: &ObjectKey, guest: &Arc<KnownClaim>) {
        self.by_address.entry(guest.address.clone()).or_default().insert(place.clone());
        self.uses.add(guest.uses);
        self.counts.add(guest.state());
    }

    fn remove(&mut self, place: &ObjectKey, guest: &Arc<KnownClaim>) {
        take_out(self.by_address.entry(guest.address.clone()), place);
        self.uses.remove(guest.uses);
        self.counts.remove(guest.state());
    }
}

/// Takes `place` out of a set, and the set out of its map when it is empty.
fn take_out<K>(set: Entry<'_, K, HashSet<ObjectKey>>, place: &ObjectKey) {
    if let Entry::Occupied(mut set) = set {
        set.get_mut().remove(place);
        if set.get().is_empty() {
            set.remove();
        }
    }
}
