//! Who holds an address: of several guests that want one, who was invited, then who was declared first.

use jiff::Timestamp;

use super::Index;
use super::claims::IndexedGuest;
use crate::api::Attempt;
use crate::plan::{Inherited, Record};
use crate::store::ObjectKey;

impl Index {
    /// The other resource that holds the address of `place`: the one that has invited, else the older, else the one with the smaller uid.
    pub fn holder(&self, place: &ObjectKey) -> Option<ObjectKey> {
        let ours = self.claims.get(place)?;
        let all = self.claims.of_address(&ours.tenant, &ours.address);
        let (first, _) = all.min_by_key(|(place, guest)| (self.rank(guest), *place))?;
        (first != place).then(|| first.clone())
    }

    /// The smaller, the earlier: who holds the address, then who was declared first. Whose intent is being written holds the
    /// address already, before any record says so.
    pub(super) fn rank<'a>(&self, guest: &'a IndexedGuest) -> (bool, Timestamp, &'a str) {
        let sends = self.ledger.sender(&guest.tenant, &guest.address) == Some(guest.uid.as_str());
        (!(guest.record.holds_address() || sends), guest.created, &guest.uid)
    }

    /// Takes the address for `attempt` of `place`, unless another resource that still stands has it. Two resources for one
    /// address are decided on side by side, and no record of the one shows in time in what the other decides on.
    pub fn take_address(&mut self, place: &ObjectKey, attempt: &Attempt, now: Timestamp) -> bool {
        let Some(ours) = self.claims.get(place) else { return false };
        let sender = self.ledger.sender(&ours.tenant, &ours.address);
        let holds = |rival: &IndexedGuest| rival.record.holds_address() || sender == Some(rival.uid.as_str());
        let mut all = self.claims.of_address(&ours.tenant, &ours.address);
        if all.any(|(rival, guest)| rival != place && holds(guest)) {
            return false;
        }
        self.ledger.begin(&ours.tenant, &ours.address, &ours.uid, attempt, now);
        true
    }

    /// The other resources that want the address of `place`.
    pub fn rivals(&self, place: &ObjectKey) -> Vec<ObjectKey> {
        let Some(ours) = self.claims.get(place) else { return Vec::new() };
        let all = self.claims.of_address(&ours.tenant, &ours.address);
        all.map(|(rival, _)| rival).filter(|rival| *rival != place).cloned().collect()
    }

    /// The send that the record of `place` does not know of.
    pub fn inherited(&self, place: &ObjectKey, record: &Record) -> Option<Inherited> {
        let guest = self.claims.get(place)?;
        self.ledger.inherited(&guest.tenant, &guest.address, &guest.uid, record)
    }
}
