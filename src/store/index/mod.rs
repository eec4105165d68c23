//! Every guest by address and by user, with the memory of sends. It is fed by the watch, in its order, and by our own writes.

mod addresses;
mod buried;
mod claims;
mod families;
mod places;
#[cfg(test)]
mod tests;

pub use claims::GuestClaims;
pub use families::Family;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use kube::ResourceExt;
use kube::runtime::watcher::Event;

use super::{Child, Guarded, ObjectKey, Uses, Wake};
use crate::api::GuestInvitation;
use crate::plan::{Ledger, Record};
use buried::Buried;
use claims::IndexedGuest;

/// Every guest that the cluster declares, with the memory of sends.
#[derive(Debug, Default)]
pub struct Index {
    claims: GuestClaims,
    /// What the list that is under way has shown.
    listing: Option<HashSet<ObjectKey>>,
    /// The memory of sends.
    pub ledger: Ledger,
    /// Whether a list of all guests has ended.
    complete: bool,
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
        let now = Timestamp::now();
        match event {
            Event::Init => {
                self.listing = Some(HashSet::new());
                Vec::new()
            }
            Event::InitApply(object) => {
                if let Some(listing) = &mut self.listing {
                    listing.insert(ObjectKey::of(object));
                }
                self.take(object, true, now)
            }
            Event::InitDone => {
                let shown = self.listing.take().unwrap_or_default();
                let gone: Vec<ObjectKey> =
                    self.claims.places().filter(|place| !shown.contains(*place)).cloned().collect();
                self.ledger.prune(now);
                self.complete = true;
                gone.iter().flat_map(|place| self.remove(place)).collect()
            }
            Event::Apply(object) => self.take(object, false, now),
            Event::Delete(object) => {
                // The event carries the last state, which may hold a send that no earlier event showed.
                let mut others = self.take(object, false, now);
                others.extend(self.remove(&ObjectKey::of(object)));
                self.buried.bury(object.uid().unwrap_or_default(), now);
                others
            }
        }
    }

    /// Takes in a guest that we have just written or read. Returns who has reason to look again, for the watch will not
    /// tell: its event of our own write finds everything known.
    #[must_use]
    pub fn put(&mut self, guest: &GuestInvitation) -> Vec<ObjectKey> {
        let now = Timestamp::now();
        self.enter(ObjectKey::of(guest), guest, false, now)
    }

    fn take(&mut self, object: &Guarded<GuestInvitation>, listed: bool, now: Timestamp) -> Vec<ObjectKey> {
        // What cannot be read keeps the entry that it had: it may hold a send.
        match &object.0 {
            Ok(guest) => self.enter(ObjectKey::of(object), guest, listed, now),
            Err(_) => Vec::new(),
        }
    }

    fn enter(&mut self, place: ObjectKey, guest: &GuestInvitation, listed: bool, now: Timestamp) -> Vec<ObjectKey> {
        let uid = guest.uid().unwrap_or_default();
        if self.buried.holds(&uid) {
            return Vec::new(); // the answer to our own write came after the watch's last word
        }
        let version = version(guest);
        let mut freed = Vec::new();
        let (mut listed, mut held) = (listed, None);
        match self.claims.get(&place) {
            // Known already: an event from before our own write, or told twice.
            Some(before) if before.uid == uid && version <= before.version => return freed,
            Some(before) if before.uid == uid => (listed, held) = (before.listed, Some(before.record.holds_address())),
            Some(_) => freed = self.remove(&place),
            None => {}
        }
        let next = IndexedGuest {
            uid,
            version,
            tenant: guest.spec.tenant_ref.name.clone(),
            address: guest.spec.address(),
            created: guest.creation_timestamp().map_or(now, |time| time.0),
            record: Record::of(guest.status.as_ref()),
            state: guest.status.as_ref().and_then(|status| status.state),
            listed,
            uses: Uses::of(guest),
            child: Child::of(guest),
        };
        self.tell_lists(&place, next.child.as_ref());
        self.ledger.read(&next.tenant, &next.address, &next.uid, &next.record, now);
        let holds = next.record.holds_address();
        self.claims.put(place.clone(), next);
        // Who comes to hold an address, or ceases to, is news for the others who want it.
        if held != Some(holds) {
            freed.extend(self.rivals(&place));
        }
        if held == Some(true) && !holds {
            freed.extend(self.refused_beside(&place, &guest.spec.tenant_ref.name));
        }
        freed
    }

    fn remove(&mut self, place: &ObjectKey) -> Vec<ObjectKey> {
        self.tell_lists(place, None);
        self.tell_who_covets(place);
        let mut others = self.rivals(place);
        if let Some(gone) = self.claims.remove(place) {
            others.extend(self.refused_beside(place, &gone.tenant));
        }
        others
    }

    /// Every guest, to ask who there is.
    pub fn claims(&self) -> &GuestClaims {
        &self.claims
    }

    /// Whether the guest at `place` is the one with this uid.
    pub fn has(&self, place: &ObjectKey, uid: &str) -> bool {
        self.claims.get(place).is_some_and(|guest| guest.uid == uid)
    }

    /// Whether a later version of `guest` is known than this one, as of our own write that the watch has not told yet.
    pub fn is_behind(&self, guest: &GuestInvitation) -> bool {
        self.claims.get(&ObjectKey::of(guest)).is_some_and(|known| version(guest) < known.version)
    }

    /// Whether `place` was there before this process looked, so that an empty record may hide a send.
    pub fn unwitnessed(&self, place: &ObjectKey) -> bool {
        self.claims.get(place).is_some_and(|guest| guest.listed)
    }
}

fn version(guest: &GuestInvitation) -> Option<u64> {
    guest.resource_version().and_then(|version| version.parse().ok())
}
