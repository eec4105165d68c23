//! Groups that were there before the story begins, with their first members.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::World;
use super::group::Group;

/// A group that the directory holds from the start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SeedGroup {
    /// Its object id; a new one by default.
    pub id: Option<String>,
    /// Its name.
    pub display_name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its address.
    pub mail: Option<String>,
    /// `DynamicMembership`, `Unified`, both or neither.
    pub group_types: Vec<String>,
    /// Synchronised from on-premises.
    pub on_premises_sync_enabled: bool,
    /// Directory roles can be assigned to it.
    pub is_assignable_to_role: bool,
    /// By default every group but a Microsoft 365 group is.
    pub security_enabled: Option<bool>,
    /// By default a Microsoft 365 group is.
    pub mail_enabled: Option<bool>,
    /// A Microsoft 365 group that takes no guests.
    pub guests_not_allowed: bool,
    /// Users by address, object id or user principal name.
    pub members: Vec<String>,
}

impl SeedGroup {
    /// A security group without members.
    pub fn new(display_name: impl Into<String>) -> Self {
        Self { display_name: display_name.into(), ..Self::default() }
    }

    /// A Microsoft 365 group without members.
    pub fn unified(display_name: impl Into<String>) -> Self {
        Self { group_types: vec!["Unified".to_owned()], ..Self::new(display_name) }
    }
}

impl World {
    /// Adds a group to a tenant and returns its id; none if there is no such tenant.
    pub(crate) fn seed_group(&mut self, tenant: &str, seed: SeedGroup) -> Option<String> {
        let now = self.now();
        let members: Vec<String> = seed.members.iter().filter_map(|key| self.find_user(tenant, key)).collect();
        let tenant = self.tenant_mut(tenant)?;
        let unified = seed.group_types.iter().any(|kind| kind == "Unified");
        let id = seed.id.unwrap_or_else(|| Uuid::new_v4().to_string());
        tenant.groups.add(Group {
            id: id.clone(),
            display_name: seed.display_name,
            description: seed.description,
            mail: seed.mail,
            group_types: seed.group_types,
            on_premises_sync_enabled: seed.on_premises_sync_enabled,
            is_assignable_to_role: seed.is_assignable_to_role,
            security_enabled: seed.security_enabled.unwrap_or(!unified),
            mail_enabled: seed.mail_enabled.unwrap_or(unified),
            created_date_time: now,
            guests_not_allowed: seed.guests_not_allowed,
        });
        for member in members {
            tenant.groups.set(&id, &member, true, true);
        }
        Some(id)
    }

    /// The id of a group by object id or display name.
    pub(crate) fn find_group(&self, tenant: &str, key: &str) -> Option<String> {
        Some(self.tenant(tenant)?.groups.find(key)?.id.clone())
    }
}
