//! What the loops share: the index of guests, the tenants and their connections, queues, limits and wake-ups.
//! It is all in memory, and each part is told by the loop that watches the kind. Nothing here knows a loop.

mod backoff;
mod child;
mod guarded;
mod guest_name;
mod index;
mod known_claim;
mod known_guest;
mod lanes;
mod list_names;
mod lists;
mod namespaces;
mod object_key;
mod objects;
mod patience;
mod spec_digest;
mod step_limiter;
mod tenants;
mod uses;
mod wake;

pub use backoff::Backoff;
pub use child::{Child, ChildTrouble, print};
pub use guarded::Guarded;
pub use guest_name::guest_name;
pub use index::{Family, GuestClaims, Index, KnownGuests, owner};
pub use known_claim::KnownClaim;
pub use known_guest::KnownGuest;
pub use lanes::{LaneKind, Lanes, Taken};
pub use list_names::{child as child_name, label as list_label};
pub use lists::{Lists, Memory, RefusedWrite};
pub use namespaces::{Labels, Namespaces};
pub use object_key::ObjectKey;
pub use objects::Objects;
pub use patience::{Patience, PatienceHold, STUBBORN};
pub use spec_digest::spec_digest;
pub use step_limiter::StepLimiter;
pub use tenants::{
    Connection, DeclaredTenants, Mailer, Sweeps, TenantChange, TenantSelector, TenantState, TenantTrouble, Tenants,
    WrongSelector,
};
pub use uses::{UseCounts, Uses};
pub use wake::{Wake, Wakeups};

use std::sync::Arc;

use parking_lot::Mutex;

use crate::api::{EntraTenant, Guest, GuestInvitation, GuestList};

/// Shared by all loops.
#[derive(Debug)]
pub struct Store {
    /// The tenants as they are connected now.
    pub tenants: Tenants,
    /// How many guests of each tenant are worked on at once.
    pub lanes: Arc<Lanes>,
    /// The EntraTenants as they are declared.
    pub entra_tenants: Objects<EntraTenant>,
    /// The GuestLists as they are declared.
    pub guest_lists: Objects<GuestList>,
    /// The labels of namespaces.
    pub namespaces: Namespaces,
    /// What the lists remember of the API server's answers.
    pub lists: Lists,
    /// Failures in a row, by resource.
    pub backoff: Backoff,
    /// What keeps failing for a guest.
    pub patience: Patience,
    /// How many steps each guest has left.
    pub step_limiter: StepLimiter,
    /// Wake-ups.
    pub wake: Wake,
    index: Mutex<Index>,
}

impl Store {
    /// An empty store and the receiving ends of its wake-ups.
    /// Of the EntraTenants those are worked with that fit `selector`.
    pub fn new(selector: TenantSelector) -> (Self, Wakeups) {
        let (wake, wakeups) = Wake::new();
        let store = Self {
            tenants: Tenants::selected_by(selector),
            entra_tenants: Objects::default(),
            guest_lists: Objects::default(),
            lanes: Lanes::new(wake.clone()),
            namespaces: Namespaces::default(),
            lists: Lists::default(),
            backoff: Backoff::default(),
            patience: Patience::default(),
            step_limiter: StepLimiter::default(),
            index: Mutex::new(Index::waking(wake.clone())),
            wake,
        };
        (store, wakeups)
    }

    /// Runs `work` on the index of guests.
    pub fn index<T>(&self, work: impl FnOnce(&mut Index) -> T) -> T {
        work(&mut self.index.lock())
    }

    /// Takes in a guest that was just written or read, and wakes whom that concerns.
    pub fn know(&self, guest: &GuestInvitation) {
        let concerned = self.index(|index| index.put(guest));
        self.wake_guests(&concerned);
    }

    /// Takes in a Guest that was just written or read for the claim at `by`, and wakes whom else that concerns.
    pub fn know_guest(&self, guest: &Guest, by: Option<&ObjectKey>) {
        let mut concerned = self.index(|index| index.put_guest(guest));
        concerned.retain(|place| Some(place) != by);
        self.wake_guests(&concerned);
    }

    /// Wakes these guests.
    pub fn wake_guests(&self, guests: &[ObjectKey]) {
        guests.iter().for_each(|guest| self.wake.guest(&guest.namespace, &guest.name));
    }

    /// Wakes every guest of the namespace `name`.
    pub fn wake_guests_in(&self, name: &str) {
        self.wake_guests(&self.index(|index| index.claims().in_namespace(name)));
    }

    /// Wakes every guest of the tenant `name`, and the Guests that wait for it.
    pub fn wake_guests_of(&self, name: &str) {
        let (guests, people) = self.index(|index| (index.claims().of_tenant(name), index.people().waiting_for(name)));
        self.wake_guests(&guests);
        people.iter().for_each(|person| self.wake.person(person));
    }
}
