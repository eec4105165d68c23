//! The part of the handle that looks at groups and changes them behind every client's back.
//! A group is named by its object id or its display name, a user by address, object id or user principal name.

use crate::state::World;
use crate::{Error, Group, SeedGroup, Simulator, User};

impl Simulator {
    /// Adds a group to a directory as if it had always been there, and returns its id (empty: there is no such tenant).
    pub fn seed_group(&self, tenant: &str, seed: SeedGroup) -> String {
        self.state.world().seed_group(tenant, seed).unwrap_or_default()
    }

    /// The groups of a tenant; none if there is no such tenant.
    pub fn groups(&self, tenant: &str) -> Vec<Group> {
        self.state.world().tenant(tenant).map(|tenant| tenant.groups.iter().cloned().collect()).unwrap_or_default()
    }

    /// The members of a group as they are, whatever the lag; deleted users are none.
    pub fn members(&self, tenant: &str, group: &str) -> Vec<User> {
        let world = self.state.world();
        let Some((tenant, id)) = world.tenant(tenant).zip(world.find_group(tenant, group)) else {
            return Vec::new();
        };
        let members = tenant.groups.members(&id, std::time::Duration::ZERO);
        members.filter_map(|(_, id)| tenant.directory.get(id).cloned()).collect()
    }

    /// Makes a user a member, whatever stands against it.
    pub fn add_member(&self, tenant: &str, group: &str, user: &str) -> Result<(), Error> {
        self.set_member(tenant, group, user, true)
    }

    /// Takes a user out of a group, whatever stands against it.
    pub fn remove_member(&self, tenant: &str, group: &str, user: &str) -> Result<(), Error> {
        self.set_member(tenant, group, user, false)
    }

    /// Changes a group, as an administrator in the portal would.
    pub fn change_group(&self, tenant: &str, group: &str, change: impl FnOnce(&mut Group)) -> Result<(), Error> {
        let mut world = self.state.world();
        let id = group_id(&world, tenant, group)?;
        if let Some(group) = world.tenant_mut(tenant).and_then(|tenant| tenant.groups.get_mut(&id)) {
            change(group);
        }
        Ok(())
    }

    /// Deletes a group for good.
    pub fn delete_group(&self, tenant: &str, group: &str) -> Result<(), Error> {
        let mut world = self.state.world();
        let id = group_id(&world, tenant, group)?;
        if let Some(tenant) = world.tenant_mut(tenant) {
            tenant.groups.delete(&id);
        }
        Ok(())
    }

    fn set_member(&self, tenant: &str, group: &str, user: &str, joined: bool) -> Result<(), Error> {
        let mut world = self.state.world();
        let group = group_id(&world, tenant, group)?;
        let user = world.find_user(tenant, user).ok_or_else(|| Error::UnknownUser(user.to_owned()))?;
        if let Some(tenant) = world.tenant_mut(tenant) {
            tenant.groups.set(&group, &user, joined, false);
        }
        Ok(())
    }
}

fn group_id(world: &World, tenant: &str, key: &str) -> Result<String, Error> {
    world.find_group(tenant, key).ok_or_else(|| Error::UnknownGroup(key.to_owned()))
}
