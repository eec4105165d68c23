//! The state of the small world: claims, Guests, users, and what each process has seen.

use std::hash::Hash;
use std::rc::Rc;

use jiff::Timestamp;

use super::BindingFinding;
use crate::api::{AttemptKind, GuestRecord};
use crate::plan::{ClaimKey, DirectoryUser, Ticket};
use crate::print::{HashLanes, Print};

/// The claims and the Guests are numbered alike: `a` invites, `b` may own whom it finds.
pub const NAMES: [&str; 2] = ["a", "b"];
pub const ADDRESSES: [&str; 2] = ["a@example.com", "b@example.com"];

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Versioned {
    /// Which Guest was made first.
    pub made: u8,
    pub record: GuestRecord,
}

/// An object as the API server holds it: who has the very same one is up to date.
pub type Held = Option<Rc<Versioned>>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pass {
    pub look: Option<Vec<Entry>>,
    pub fetched: Option<Option<Entry>>,
    pub ticket: Option<Ticket>,
    pub answer: Option<(String, AttemptKind, u8)>,
    pub deleted: Option<String>,
}

/// A user of the directory: whose address made them, and whether the second address is theirs too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    pub by: u8,
    pub merged: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Claim {
    pub finalizer: bool,
    pub deleting: bool,
    pub gone: bool,
}

#[derive(Clone, Debug)]
pub struct Place {
    pub claims: [Claim; 2],
    pub guests: [Held; 2],
    pub users: Vec<Entry>,
    pub views: [[Held; 2]; 2],
    pub passes: [[Pass; 2]; 2],
    pub made: u8,
    pub merges: u8,
    pub deletes: u8,
    pub wrong: Option<BindingFinding>,
}

/// The second claim comes later, so that a user of the first is older than its attempt.
pub fn now(c: usize) -> Timestamp {
    Timestamp::from_second(1_000_000 + 100 * c as i64).unwrap()
}

pub fn user(entry: Entry) -> DirectoryUser {
    let by = usize::from(entry.by);
    let mail = ADDRESSES[if entry.merged { 1 } else { by }];
    DirectoryUser {
        created_at: Some(now(by)),
        is_guest: true,
        external_state: Some("PendingAcceptance".into()),
        user_principal_name: Some(format!("{}#EXT#@example.org", ADDRESSES[by].replace('@', "_"))),
        mail: Some(mail.into()),
        addresses: vec![mail.into()],
        ..DirectoryUser::new(id(entry.by))
    }
}

pub fn id(by: u8) -> String {
    format!("user of {}", NAMES[usize::from(by)])
}

pub fn key(c: usize) -> ClaimKey {
    ClaimKey { namespace: NAMES[c].into(), name: "guest".into(), uid: NAMES[c].into() }
}

pub fn has(entry: Entry, c: usize) -> bool {
    usize::from(entry.by) == c || (entry.merged && c == 1)
}

/// The older Guest, among these, of a user whom the Guest `g` has or is about to have.
pub fn older(guests: &[Held; 2], g: usize) -> Option<&GuestRecord> {
    let other = guests[1 - g].as_ref().filter(|other| other.record.alias_of.is_none())?;
    guests[g].as_ref().is_none_or(|mine| other.made < mine.made).then_some(&other.record)
}

impl Place {
    pub fn print(&self) -> Print {
        let mut lanes = HashLanes::new();
        let current = [0, 1].map(|p| [0, 1].map(|g| same(&self.views[p][g], &self.guests[g])));
        (&self.claims, &self.guests, &self.users, &self.views, &self.passes, current).hash(&mut lanes);
        (self.made, self.merges, self.deletes).hash(&mut lanes);
        lanes.print()
    }
}

/// Whether both are the very same version.
pub fn same(one: &Held, other: &Held) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => Rc::ptr_eq(one, other),
        _ => false,
    }
}
