//! The records that Guests have had in a search, each kept once: worlds share them by number.

use crate::api::{ClaimRecord, DeletionPolicy, Ends, GuestRecord, GuestUser, Origin, Owner, Reclaim, Redemption};
use crate::plan::is_vacant;
use crate::print::{ByPrint, Print};

use super::clock::at;
use super::directory::{address, id};

/// A record, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecordId(u32);

/// A record, and what the model itself asks it for.
pub struct Kept {
    pub record: GuestRecord,
    pub attempt: Option<u8>,
    /// The uid of the claim that owns the person.
    pub owner: Option<u8>,
    /// Nobody is there and nothing is being sent.
    pub vacant: bool,
    /// The access of the claim that owns the person is over, by the ends that it was entitled to last.
    pub over: bool,
}

#[derive(Default)]
pub struct Records {
    all: Vec<Kept>,
    known: ByPrint<RecordId>,
}

impl Records {
    pub fn keep(&mut self, record: GuestRecord) -> RecordId {
        let print = Print::of(&record);
        if let Some(known) = self.known.get(&print) {
            return *known;
        }
        let number = |text: &String| text.parse().unwrap();
        let kept = Kept {
            attempt: record.invitation.attempt.as_ref().map(|open| number(&open.id)),
            owner: record.owner.as_ref().and_then(|owner| owner.uid.as_ref()).map(number),
            vacant: is_vacant(&record),
            over: record.owner.as_ref().is_some_and(|owner| owner.ends.access_until.is_some()),
            record,
        };
        let id = RecordId(self.all.len() as u32);
        self.all.push(kept);
        self.known.insert(print, id);
        id
    }

    pub fn get(&self, id: RecordId) -> &Kept {
        &self.all[id.0 as usize]
    }
}

/// The record of nobody yet.
pub fn blank() -> GuestRecord {
    GuestRecord::new("t", address().as_str(), "t")
}

/// The record of a guest who was invited at tick 0 and is pending.
pub fn mailed() -> GuestRecord {
    let mut record = blank();
    record.user = Some(GuestUser::new(id(0), Origin::Invited));
    record.made_in = Some("a".into());
    let (namespace, name, uid) = ("a".to_owned(), "guest".to_owned(), Some("1".to_owned()));
    record.owner =
        Some(Owner { namespace: namespace.clone(), name: name.clone(), uid: uid.clone(), ends: Ends::default() });
    record.claims = vec![ClaimRecord { namespace, name, uid, ..ClaimRecord::default() }];
    record.invitation.sent = 1;
    record.invitation.last_sent_at = Some(at(0));
    record.redemption =
        Some(Redemption { state: Some("PendingAcceptance".into()), changed_at: None, identity_provider: None });
    record.state = crate::plan::state(&record);
    record
}

/// The record of a guest whom a third namespace made at tick 0 without a mail, and has left to those who share them.
pub fn left_by_the_owner() -> GuestRecord {
    let mut record = mailed();
    let (namespace, name) = ("c".to_owned(), "guest".to_owned());
    record.made_in = Some(namespace.clone());
    record.owner = Some(Owner { namespace, name, uid: None, ends: Ends::default() });
    record.reclaim = Some(Reclaim { policy: DeletionPolicy::Disable, due: false });
    let shares = |(namespace, uid): (&str, &str)| ClaimRecord {
        namespace: namespace.into(),
        name: "guest".into(),
        uid: Some(uid.into()),
        ..ClaimRecord::default()
    };
    record.claims = [("a", "1"), ("b", "2")].map(shares).to_vec();
    record.invitation = Default::default();
    record.state = crate::plan::state(&record);
    record
}
