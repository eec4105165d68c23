//! What reads of the directory show.

use super::World;
use super::clock::at;
use super::pass::{Glance, Shown};
use crate::api::Address;
use crate::plan::{DirectoryUser, Look};

pub fn address() -> Address {
    Address::new("guest@example.com")
}

/// The id of the `nth` user.
pub fn id(nth: u8) -> String {
    format!("user {nth}")
}

/// Which user has this id.
pub fn nth(id: &str) -> u8 {
    id.rsplit(' ').next().unwrap_or_default().parse().unwrap()
}

impl World {
    /// What a read by id shows.
    pub fn shown(&self) -> Option<Shown> {
        let user = self.user.as_ref().filter(|user| user.shown)?;
        let (accepted, enabled) = (user.accepted.is_some(), user.disabled.is_none());
        Some(Shown { nth: user.nth, created: user.created, accepted, enabled })
    }

    /// What a look for the address shows.
    pub fn glance(&self, among_deleted: bool) -> Glance {
        let shown = self.shown();
        let deleted = || self.removed.iter().rev().map(|user| user.nth).collect();
        Glance { taken: self.now, shown, deleted: (among_deleted || shown.is_none()).then(deleted) }
    }
}

impl Shown {
    /// The user as the decision is told of them.
    pub fn user(self) -> DirectoryUser {
        DirectoryUser {
            created_at: Some(at(self.created)),
            is_guest: true,
            enabled: self.enabled,
            external_state: Some(if self.accepted { "Accepted" } else { "PendingAcceptance" }.into()),
            identity_provider: "Unknown".into(),
            mail: Some(address().as_str().to_owned()),
            addresses: vec![address().as_str().to_owned()],
            ..DirectoryUser::new(id(self.nth))
        }
    }
}

impl Glance {
    /// As the decision is told of it.
    pub fn look(&self) -> Look {
        Look {
            taken_at: at(self.taken),
            graph_time: at(self.taken),
            users: self.shown.map(Shown::user).into_iter().collect(),
            deleted: self.deleted.as_ref().map(|deleted| deleted.iter().copied().map(id).collect()),
        }
    }
}
