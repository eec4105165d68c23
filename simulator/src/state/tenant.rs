//! One tenant: its configuration, its directory and its groups, and the invitations to it.

use std::collections::HashMap;

use uuid::Uuid;

use super::directory::Directory;
use super::groups::Groups;
use super::invitation::Invitation;
use super::reset::Resets;
use crate::config::TenantConfig;

pub(crate) struct Tenant {
    pub(crate) config: TenantConfig,
    pub(crate) directory: Directory,
    pub(crate) groups: Groups,
    /// The object id of each app's service principal, by client id.
    pub(crate) service_principals: HashMap<String, String>,
    pub(crate) resets: Resets,
    /// By invitation id.
    pub(crate) invitations: HashMap<String, Invitation>,
    /// The newest invitation's id, by user id.
    pub(crate) newest: HashMap<String, String>,
}

impl Tenant {
    pub(super) fn new(config: TenantConfig) -> Self {
        let principals = config.apps.iter().map(|app| (app.client_id.clone(), Uuid::new_v4().to_string())).collect();
        Self {
            config,
            service_principals: principals,
            directory: Directory::default(),
            groups: Groups::default(),
            resets: Resets::default(),
            invitations: HashMap::new(),
            newest: HashMap::new(),
        }
    }

    /// A new invitation for a user. It supersedes those before.
    pub(crate) fn invite(&mut self, user_id: &str, address: &str, redirect_url: &str) -> Invitation {
        let invitation = Invitation::new(user_id, address, redirect_url);
        self.newest.insert(user_id.to_owned(), invitation.id.clone());
        self.invitations.insert(invitation.id.clone(), invitation.clone());
        invitation
    }
}
