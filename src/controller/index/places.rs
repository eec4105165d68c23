//! Guests by namespace: who has a place there before whom, for rules with `maxGuests`.

use super::{Index, IndexedGuest, ObjectKey};
use crate::api::State;

impl Index {
    /// How many guests of the same namespace and tenant have a place before `place`: who was invited, then who was declared first.
    pub fn before(&self, place: &ObjectKey) -> u32 {
        let Some(ours) = self.entries.get(place) else { return 0 };
        let sends =
            |entry: &IndexedGuest| self.ledger.sender(&entry.tenant, &entry.address) == Some(entry.uid.as_str());
        let rank =
            |entry: &IndexedGuest| (!(entry.record.holds_address() || sends(entry)), entry.created, entry.uid.clone());
        let rank_of_ours = rank(ours);
        let beside = self.guests_in(&place.namespace).into_iter().filter_map(|place| self.entries.get(&place));
        let before = beside.filter(|other| other.tenant == ours.tenant && rank(other) < rank_of_ours);
        u32::try_from(before.count()).unwrap_or(u32::MAX)
    }

    /// Who may get the place of `place` in its namespace.
    pub(super) fn refused_beside(&self, place: &ObjectKey, tenant: &str) -> Vec<ObjectKey> {
        let refused = |entry: &IndexedGuest| entry.tenant == tenant && entry.state == Some(State::Refused);
        let mut beside = self.guests_in(&place.namespace);
        beside.retain(|other| other != place && self.entries.get(other).is_some_and(refused));
        beside
    }

    /// The guests of the namespace `name`.
    pub fn guests_in(&self, name: &str) -> Vec<ObjectKey> {
        self.by_namespace.get(name).into_iter().flatten().cloned().collect()
    }
}
