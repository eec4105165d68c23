//! The simulator of Graph, of the sign-in and of the guests' mailbox, as a part of a world.
//! This file alone knows the simulator's own interface.

use entra_simulator::{Config, SeedKind, SeedUser, Simulator, TenantConfig};
use url::Url;

use crate::{Error, Result, openapi::Witness};

/// A running simulator.
pub struct Entra {
    /// Ends the test if something that was asked or answered is not valid.
    _witness: Option<Witness>,
    simulator: Simulator,
}

impl Entra {
    pub(crate) async fn start(config: Config, judged: bool) -> Result<Self> {
        let failed = |why: String| Error::Other { what: "starting the simulator".into(), why };
        let simulator = Simulator::start(config).await.map_err(|error| failed(error.to_string()))?;
        let witness = if judged { Witness::of(&simulator)? } else { None };
        Ok(Self { _witness: witness, simulator })
    }

    /// The simulator itself, for its journal, its settings and its faults.
    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// Where it listens: Graph, the sign-in and the mailbox are one address.
    pub fn url(&self) -> &Url {
        self.simulator.url()
    }

    /// Its certificate authority.
    pub fn ca_pem(&self) -> &str {
        self.simulator.ca_pem()
    }

    /// The page with all mails.
    pub fn mailbox(&self) -> String {
        format!("{}mailbox", self.url())
    }

    /// Makes an address a guest who was invited and accepted long before, in the default tenant.
    pub fn make_known(&self, email: &str) -> Result<()> {
        let tenant = TenantConfig::default().id;
        let _ = self.simulator.seed(&tenant, SeedUser::new(email, SeedKind::AcceptedGuest));
        match self.simulator.user(&tenant, email) {
            Some(_) => Ok(()),
            None => {
                let why = format!("the simulator has no tenant {tenant}");
                Err(Error::Other { what: format!("making {email} a guest"), why })
            }
        }
    }

    /// The last entries of its journal, a line each.
    pub fn journal_tail(&self, lines: usize) -> String {
        let all = self.lines();
        all[all.len().saturating_sub(lines)..].join("\n")
    }

    /// What the journal has of these words.
    pub fn journal_of(&self, words: &str) -> String {
        self.lines().into_iter().filter(|line| line.contains(words)).collect::<Vec<_>>().join("\n")
    }

    fn lines(&self) -> Vec<String> {
        self.simulator.journal().iter().filter_map(|entry| serde_json::to_string(entry).ok()).collect()
    }
}
