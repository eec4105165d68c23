//! What changes while the simulator runs: the tenants with all they hold, and what is remembered beside them.
//! It knows nothing of HTTP.

use std::collections::HashMap;

use jiff::Timestamp;

use super::flow::Flow;
use super::tenant::Tenant;
use super::token::Token;
use crate::clock;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::settings::Settings;
use crate::throttle::Throttles;

pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) tokens: HashMap<String, Token>,
    pub(crate) faults: Faults,
    pub(crate) throttles: Throttles,
    pub(crate) journal: Journal,
    /// How many attempts at a recipient the mail server has put off.
    pub(crate) greylisted: HashMap<String, u32>,
    /// Delta tokens of another epoch are forgotten.
    pub(crate) delta_epoch: u64,
    /// Guests on their way through the redemption pages.
    pub(crate) flows: HashMap<String, Flow>,
}

impl World {
    pub(crate) fn now(&self) -> Timestamp {
        clock::now(&self.settings)
    }

    pub(crate) fn tenant(&self, id: &str) -> Option<&Tenant> {
        self.tenants.iter().find(|tenant| tenant.config.id.eq_ignore_ascii_case(id))
    }

    pub(crate) fn tenant_mut(&mut self, id: &str) -> Option<&mut Tenant> {
        self.tenants.iter_mut().find(|tenant| tenant.config.id.eq_ignore_ascii_case(id))
    }

    /// The id of a user by address, object id or user principal name.
    pub(crate) fn find_user(&self, tenant: &str, key: &str) -> Option<String> {
        let directory = &self.tenant(tenant)?.directory;
        let found = directory.get(key).or_else(|| directory.at(key).find(|user| user.answers_to(key)));
        found.map(|user| user.id.clone())
    }

    /// From now on every token issued so far is refused.
    pub(crate) fn revoke_tokens(&mut self) {
        for token in self.tokens.values_mut() {
            token.revoked = true;
        }
    }

    /// By id or by one of its domains, as the token endpoint takes it.
    pub(crate) fn tenant_named(&self, name: &str) -> Option<&Tenant> {
        self.tenant(name).or_else(|| self.tenants.iter().find(|tenant| tenant.config.owns(name)))
    }
}
