//! The addresses that were sent to, remembered beyond the resources that asked for it.
//! A resource that is deleted and made again meets the directory's lag; this memory is what keeps it from mailing twice.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::Record;
use crate::api::{Address, Attempt, AttemptKind};

/// How long a send is remembered after it was last heard of. Far longer than any lag that was ever reported.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// A send that the record at hand does not know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inherited {
    /// When it was begun, on Graph's clock; of a resend or an own mail on the operator's.
    pub started_at: Timestamp,
    /// Since when, on Graph's clock, it was being asked about.
    pub asked_at: Option<Timestamp>,
    /// What was sent.
    pub kind: AttemptKind,
}

/// The sends that this process knows of: its own, and those that it read in others' records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ledger {
    sends: BTreeMap<(String, Address), Send>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Send {
    /// The resource that sent, by uid.
    by: String,
    /// As in [`Inherited`].
    started_at: Timestamp,
    /// Since when, on Graph's clock, the directory may hold a user that only a question made.
    asked_at: Option<Timestamp>,
    /// What was sent: the directory can tell of an invitation, and never of a resend.
    kind: AttemptKind,
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
            Send {
                by: uid.to_owned(),
                started_at: attempt.started_at,
                asked_at: attempt.asked_at,
                kind: attempt.kind,
                certain: false,
                heard_at: now,
            },
        );
    }

    /// Takes in what the resource `uid` has on record, whoever wrote it. Also called with the last state of a deleted one.
    pub fn read(&mut self, tenant: &str, address: &Address, uid: &str, record: &Record, now: Timestamp) {
        let invitation = &record.invitation;
        if let Some(attempt) = &invitation.attempt {
            self.begin(tenant, address, uid, attempt, now);
        } else if invitation.sent > 0 {
            // The time of the answer, which is later than the user's creation: the settling time counts from the last
            // moment at which anything was sent.
            let started_at = invitation.last_sent_at.unwrap_or(now);
            self.put(
                tenant,
                address,
                Send {
                    by: uid.to_owned(),
                    started_at,
                    asked_at: None,
                    kind: AttemptKind::Invite,
                    certain: true,
                    heard_at: now,
                },
            );
        } else if let Some(asked_at) = invitation.owed_since {
            // Nothing left so far, but the directory holds a user that only the question made.
            self.put(
                tenant,
                address,
                Send {
                    by: uid.to_owned(),
                    started_at: asked_at,
                    asked_at: Some(asked_at),
                    kind: AttemptKind::Invite,
                    certain: false,
                    heard_at: now,
                },
            );
        } else {
            // Its attempt, if it had one, was taken back by the one who could know that nothing left.
            self.take_back(tenant, address, uid);
        }
    }

    /// Forgets what `uid` was about to send: it is certain that nothing left.
    pub fn take_back(&mut self, tenant: &str, address: &Address, uid: &str) {
        let key = (tenant.to_owned(), address.clone());
        if self.sends.get(&key).is_some_and(|send| send.by == uid && !send.certain) {
            self.sends.remove(&key);
        }
    }

    /// The send to `address` that the record of the resource `uid` does not know of: by a resource that is
    /// gone, or by itself before its status was lost.
    pub fn inherited(&self, tenant: &str, address: &Address, uid: &str, record: &Record) -> Option<Inherited> {
        if record.holds_address() {
            return None;
        }
        let send = self.sends.get(&(tenant.to_owned(), address.clone()))?;
        // A blank record of our own that is attested was emptied on purpose: a person wants the guest anew.
        let ours = send.by == uid;
        (!ours || (send.certain && !record.attested)).then_some(Inherited {
            started_at: send.started_at,
            asked_at: send.asked_at,
            kind: send.kind,
        })
    }

    /// The uid of the resource that sent to `address` last, or is about to.
    pub fn sender(&self, tenant: &str, address: &Address) -> Option<&str> {
        self.sends.get(&(tenant.to_owned(), address.clone())).map(|send| send.by.as_str())
    }

    /// Drops what was last heard of long ago.
    pub fn prune(&mut self, now: Timestamp) {
        self.sends.retain(|_, send| now.duration_since(send.heard_at).unsigned_abs() < KEPT);
    }

    fn put(&mut self, tenant: &str, address: &Address, send: Send) {
        self.sends.insert((tenant.to_owned(), address.clone()), send);
    }
}
