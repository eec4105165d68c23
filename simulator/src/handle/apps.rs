//! The part of the handle that is about app registrations and the metadata service.

use std::net::SocketAddr;

use crate::{AppConfig, Error, Simulator};

impl Simulator {
    /// Changes an app registration, as an administrator would: tokens that were issued stay as they are.
    pub fn change_app(&self, tenant: &str, client_id: &str, change: impl FnOnce(&mut AppConfig)) -> Result<(), Error> {
        let mut world = self.state.world();
        let tenant = world.tenant_mut(tenant);
        let apps = tenant.into_iter().flat_map(|tenant| &mut tenant.config.apps);
        let app = apps.into_iter().find(|app| app.client_id == client_id);
        change(app.ok_or_else(|| Error::UnknownApp(client_id.to_owned()))?);
        Ok(())
    }

    /// Where the metadata service answers, if it does.
    pub fn imds_address(&self) -> Option<SocketAddr> {
        self.imds.as_ref().map(|listening| listening.address)
    }
}
