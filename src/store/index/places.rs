//! Guests by namespace: who has a place there before whom, for rules with `maxGuests`.

use super::Index;
use super::claim_entry::ClaimEntry;
use crate::api::State;
use crate::store::ObjectKey;

impl Index {
    /// How many guests of the same namespace and tenant have a place before `place`: who was invited, also if no resource has them any
    /// more and they are still in the directory, then who was declared first.
    pub fn before(&self, place: &ObjectKey) -> u32 {
        let Some(ours) = self.claims.entry(place) else { return 0 };
        let rank = self.rank(ours);
        let beside = self.claims.beside(&place.namespace);
        let before = beside.filter(|other| other.tenant() == ours.tenant() && self.rank(other) < rank);
        let left = self.people.left_behind(&place.namespace, ours.tenant(), &ours.address);
        u32::try_from(before.count() + left).unwrap_or(u32::MAX)
    }

    /// Who may get the place of `place` in its namespace.
    pub(super) fn refused_beside(&self, place: &ObjectKey, tenant: &str) -> Vec<ObjectKey> {
        let beside = self.claims.beside(&place.namespace);
        let refused = beside.filter(|other| {
            *other.name != *place.name && other.tenant() == tenant && other.state == Some(State::Refused)
        });
        refused.map(ClaimEntry::key).collect()
    }
}
