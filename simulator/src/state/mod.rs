//! All that the simulator remembers, behind one lock: directories, invitations, tokens, journal.
//! It outlives the listener, so a paused simulator comes back as it was.

pub(crate) mod changes;
mod conversion;
pub(crate) mod directory;
pub(crate) mod flow;
pub(crate) mod flows;
pub(crate) mod group;
pub(crate) mod groups;
mod history;
pub(crate) mod invitation;
mod new_guest;
pub(crate) mod object;
pub(crate) mod provider;
pub(crate) mod redemption;
mod reset;
pub(crate) mod seed;
pub(crate) mod seed_group;
mod tenant;
pub(crate) mod token;
pub(crate) mod user;
mod world;

use std::collections::HashMap;
use std::net::SocketAddr;

use parking_lot::{Mutex, MutexGuard};
use url::Url;

use crate::Error;
use crate::config::Config;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::observer::Observer;
use crate::throttle::Throttles;
use crate::tls::{self, Identity};

pub(crate) use tenant::Tenant;
pub(crate) use world::World;

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
