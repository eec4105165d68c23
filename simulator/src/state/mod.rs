//! All that the simulator remembers, behind one lock: directories, invitations, tokens, journal.
//! It outlives the listener, so a paused simulator comes back as it was.

pub(crate) mod changes;
pub(crate) mod directory;
pub(crate) mod group;
pub(crate) mod groups;
mod history;
pub(crate) mod invitations;
pub(crate) mod object;
pub(crate) mod provider;
pub(crate) mod redemption;
pub(crate) mod reset;
pub(crate) mod seed;
pub(crate) mod seed_group;
pub(crate) mod user;

use std::collections::HashMap;
use std::net::SocketAddr;

use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use url::Url;
use uuid::Uuid;

use crate::Error;
use crate::clock;
use crate::config::{Config, TenantConfig};
use crate::faults::Faults;
use crate::journal::Journal;
use crate::mailbox::flow::Flow;
use crate::observer::Observer;
use crate::settings::Settings;
use crate::throttle::Throttles;
use crate::tls::{self, Identity};
use crate::token::Token;
use directory::Directory;
use groups::Groups;
use invitations::Invitation;

/// The simulator's memory and its certificate; what [`crate::server::run`] serves.
pub struct State {
    pub(crate) identity: Identity,
    /// `https://127.0.0.1:PORT/`, the start of every link that the simulator hands out.
    pub(crate) origin: Url,
    pub(crate) observer: Observer,
    world: Mutex<World>,
}

impl State {
    /// The memory of a simulator that is to be served at `address`; `config.listen` plays no part.
    pub fn new(config: Config, address: SocketAddr) -> Result<Self, Error> {
        let identity = tls::identity()?;
        let origin = Url::parse(&format!("https://{address}/"))?;
        let tenants = config.tenants.into_iter().map(Tenant::new).collect();
        let world = World {
            settings: config.settings,
            tenants,
            tokens: HashMap::new(),
            faults: Faults::default(),
            throttles: Throttles::default(),
            journal: Journal::default(),
            greylisted: HashMap::new(),
            delta_epoch: 0,
            flows: HashMap::new(),
        };
        Ok(Self { identity, origin, observer: Observer::default(), world: Mutex::new(world) })
    }

    /// The world, to be held only for a moment and never over an await.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock()
    }

    /// The Graph root, without a slash at its end: also the audience of tokens.
    pub(crate) fn graph_root(&self) -> String {
        self.origin.as_str().trim_end_matches('/').to_owned()
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("origin", &self.origin.as_str()).finish_non_exhaustive()
    }
}

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

pub(crate) struct Tenant {
    pub(crate) config: TenantConfig,
    pub(crate) directory: Directory,
    pub(crate) groups: Groups,
    /// The object id of each app's service principal, by client id.
    pub(crate) service_principals: HashMap<String, String>,
    /// By user id.
    pub(crate) resets: HashMap<String, reset::Before>,
    /// By invitation id.
    pub(crate) invitations: HashMap<String, Invitation>,
    /// The newest invitation's id, by user id.
    pub(crate) newest: HashMap<String, String>,
}

impl Tenant {
    fn new(config: TenantConfig) -> Self {
        let principals = config.apps.iter().map(|app| (app.client_id.clone(), Uuid::new_v4().to_string())).collect();
        Self {
            config,
            service_principals: principals,
            directory: Directory::default(),
            groups: Groups::default(),
            resets: HashMap::new(),
            invitations: HashMap::new(),
            newest: HashMap::new(),
        }
    }
}
