//! The mirror: the declared guests as the directory showed them last. Between sweeps it answers every question about a
//! guest.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::plan::{DirectoryUser, UserView};

/// The declared guests of one tenant, by user id.
#[derive(Debug, Default)]
pub struct Mirror {
    users: HashMap<String, Option<DirectoryUser>>,
}

impl Mirror {
    /// What is known of the user `id`.
    pub fn view(&self, id: &str) -> UserView {
        match self.users.get(id) {
            None => UserView::Unknown,
            Some(None) => UserView::Missing,
            Some(Some(user)) => UserView::Found(user.clone()),
        }
    }

    /// Takes in one user, or that there is no user with this id. Returns whether that is new.
    pub fn put(&mut self, id: String, user: Option<DirectoryUser>) -> bool {
        let before = self.users.get(&id);
        if let (Some(Some(before)), Some(user)) = (before, &user)
            && user.external_state_since < before.external_state_since
        {
            return false; // an older replica answered
        }
        if before == Some(&user) {
            return false;
        }
        self.users.insert(id, user);
        true
    }

    /// Takes in what was just written to the user `id`. That is newer than any read.
    pub fn change(&mut self, id: &str, changes: &BTreeMap<String, Option<String>>) {
        if let Some(Some(user)) = self.users.get_mut(id) {
            user.change(changes);
        }
    }

    /// Drops what is known of one user, because it was just changed.
    pub fn forget(&mut self, id: &str) {
        self.users.remove(id);
    }

    /// Drops every user who is no longer declared.
    pub fn keep(&mut self, declared: &HashSet<String>) {
        self.users.retain(|id, _| declared.contains(id));
    }
}
