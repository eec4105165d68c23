//! An administrator makes a guest an internal user (page "Convert external users to internal users"). The id, the groups and
//! the addresses stay; the invitation and its state are gone, and the sign-in is the tenant's own.

use super::World;

impl World {
    /// None if there is no such user.
    pub(crate) fn convert_to_internal(&mut self, tenant: &str, id: &str) -> Option<()> {
        let loses_creation_type = self.settings.variants.conversion_clears_creation_type;
        let tenant = self.tenant_mut(tenant)?;
        let user = tenant.directory.get(id)?;
        let stem = user.user_principal_name.split("#EXT#").next().unwrap_or_default().to_owned();
        let name = format!("{stem}@{}", tenant.config.primary_domain());
        let identity = tenant.own_identity(&name);
        let id = user.id.clone();
        tenant.directory.change(&id, |user| {
            user.user_type = Some("Member".to_owned());
            user.external_user_state = None;
            user.external_user_state_change_date_time = None;
            user.user_principal_name = name;
            user.identities = vec![identity];
            user.invited_address = None;
            user.awaits_redemption = false;
            if loses_creation_type {
                user.creation_type = None;
            }
        })?;
        Some(())
    }
}
