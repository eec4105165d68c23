//! The addresses that were sent to, remembered beyond the resources that asked for it.
//! A resource that is deleted and made again meets the directory's lag; this memory is what keeps it from mailing twice.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::Record;
use crate::api::{Address, Attempt};

/// How long a send is remembered after it was last heard of. Far longer than any lag that was ever reported.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// The sends that this process knows of: its own, and those that it read in others' records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ledger {
    sends: BTreeMap<(String, Address), Send>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Send {
    /// The resource that sent, by uid.
    by: String,
    /// When it was begun, on Graph's clock.
    started_at: Timestamp,
    /// Whether it is known to have happened; else it may have.
    certain: bool,
    heard_at: Timestamp,
}

impl Ledger {
    /// Remembers that the resource `uid` is about to act on `attempt`.
    pub fn begin(&mut self, tenant: &str, address: &Address, uid: &str, attempt: &Attempt, now: Timestamp) {
        self.put(
            tenant,
            address,
            Send { by: uid.to_owned(), started_at: attempt.started_at, certain: false, heard_at: now },
        );
    }

    /// Takes in what the resource `uid` has on record, whoever wrote it. Also called with the last state of a deleted one.
    /// `settling` is the span by which a send may be older than its record says.
    pub fn read(
        &mut self,
        tenant: &str,
        address: &Address,
        uid: &str,
        record: &Record,
        settling: Duration,
        now: Timestamp,
    ) {
        let key = (tenant.to_owned(), address.clone());
        let invitation = &record.invitation;
        if let Some(attempt) = &invitation.attempt {
            self.begin(tenant, address, uid, attempt, now);
        } else if invitation.sent > 0 {
            let said = invitation.last_sent_at.unwrap_or(now);
            let started_at = said.checked_sub(settling).unwrap_or(said);
            let known = self.sends.get(&key).filter(|send| send.by == uid).map(|send| send.started_at);
            let started_at = known.map_or(started_at, |known| known.min(started_at));
            self.put(tenant, address, Send { by: uid.to_owned(), started_at, certain: true, heard_at: now });
        } else if self.sends.get(&key).is_some_and(|send| send.by == uid && !send.certain) {
            // Its attempt was taken back by the one who could know that nothing left.
            self.sends.remove(&key);
        }
    }

    /// Forgets what `uid` was about to send: it is certain that nothing left.
    pub fn take_back(&mut self, tenant: &str, address: &Address, uid: &str) {
        let key = (tenant.to_owned(), address.clone());
        if self.sends.get(&key).is_some_and(|send| send.by == uid && !send.certain) {
            self.sends.remove(&key);
        }
    }

    /// When a send to `address` was begun that the record of the resource `uid` does not know of: by a resource that is
    /// gone, or by itself before its status was lost.
    pub fn inherited(&self, tenant: &str, address: &Address, uid: &str, record: &Record) -> Option<Timestamp> {
        if !record.is_blank() {
            return None;
        }
        let send = self.sends.get(&(tenant.to_owned(), address.clone()))?;
        (send.by != uid || send.certain).then_some(send.started_at)
    }

    /// Drops what was last heard of long ago.
    pub fn prune(&mut self, now: Timestamp) {
        self.sends.retain(|_, send| now.duration_since(send.heard_at).unsigned_abs() < KEPT);
    }

    fn put(&mut self, tenant: &str, address: &Address, send: Send) {
        self.sends.insert((tenant.to_owned(), address.clone()), send);
    }
}
