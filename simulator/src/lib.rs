//! A stand-in for Microsoft Graph, the Entra sign-in and the guests' mailbox, for tests and for the demo.
//! It is as strict, slow and contrary as the documents say the real ones are; it is never taught to please a client.

mod admin;
mod answer;
mod clock;
mod config;
mod error;
mod exchange;
mod faults;
mod graph;
mod handle;
mod imds;
mod journal;
mod mailbox;
mod observer;
mod scripted;
pub mod server;
mod settings;
mod smtp;
mod state;
mod throttle;
mod tls;
mod token;

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use smtp::Listening;

pub use config::{AppConfig, ClientSecret, Config, FederatedCredential, ManagedIdentity, TenantConfig};
pub use error::Error;
pub use faults::{BodyKind, Fault, FaultAction, ScriptedAnswer, ScriptedBody};
pub use journal::{Entry, MailEntry, MailKind, Outcome, RequestEntry};
pub use observer::{Exchange, Reply};
pub use settings::{
    Accounts, AllowInvitesFrom, AutomaticRedemption, Budget, DefaultSponsor, DeltaState, Fallback, InvitedSponsors,
    Lag, Policy, PrimaryProvider, Settings, Smtp, SmtpCredentials, SoftDeleted, StateAfterReset, Throttle, Variants,
};
pub use state::State;
pub use state::group::Group;
pub use state::provider::Provider;
pub use state::redemption::RedeemError;
pub use state::seed::{SeedKind, SeedUser};
pub use state::seed_group::SeedGroup;
pub use state::user::{ObjectIdentity, User};

/// A running simulator. Dropping it stops the server.
#[derive(Debug)]
pub struct Simulator {
    state: Arc<State>,
    address: SocketAddr,
    smtp: Vec<Listening>,
    imds: Option<imds::Listening>,
    serving: Mutex<Option<Serving>>,
}

#[derive(Debug)]
struct Serving {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Simulator {
    /// Starts listening; needs a tokio runtime.
    pub async fn start(config: Config) -> Result<Self, Error> {
        let listener = TcpListener::bind(config.listen).await?;
        let address = listener.local_addr()?;
        let mail = [(config.smtp, false), (config.smtps, true)];
        let metadata = config.imds;
        let state = Arc::new(State::new(config, address)?);
        let mut smtp = Vec::new();
        for (wanted, implicit) in mail {
            if let Some(address) = wanted {
                smtp.push(Listening::start(&state, address, implicit).await?);
            }
        }
        let imds = match metadata {
            Some(address) => Some(imds::Listening::start(&state, address).await?),
            None => None,
        };
        let simulator = Self { state, address, smtp, imds, serving: Mutex::new(None) };
        simulator.serve(listener);
        Ok(simulator)
    }

    /// `https://127.0.0.1:PORT/`.
    pub fn url(&self) -> &Url {
        &self.state.origin
    }

    /// The Graph root, without `v1.0`: the same origin.
    pub fn graph_url(&self) -> &Url {
        &self.state.origin
    }

    /// The sign-in's authority: the same origin.
    pub fn authority(&self) -> &Url {
        &self.state.origin
    }

    /// The certificate authority to trust, as PEM.
    pub fn ca_pem(&self) -> &str {
        &self.state.identity.ca_pem
    }

    /// Everything that happened so far, in order.
    pub fn journal(&self) -> Vec<Entry> {
        self.state.world().journal.entries().to_vec()
    }

    /// The requests of one operation, in order.
    pub fn requests(&self, operation: &str) -> Vec<RequestEntry> {
        self.state.world().journal.requests().filter(|entry| entry.operation == operation).cloned().collect()
    }

    /// How often an operation was asked for.
    pub fn count(&self, operation: &str) -> usize {
        self.state.world().journal.requests().filter(|entry| entry.operation == operation).count()
    }

    /// The invitation mails to an address (not the copies), in order.
    pub fn invitation_mails(&self, address: &str) -> Vec<MailEntry> {
        let world = self.state.world();
        let wanted = |mail: &&MailEntry| mail.kind == MailKind::Invitation && mail.to.eq_ignore_ascii_case(address);
        world.journal.mails().filter(wanted).cloned().collect()
    }

    /// Every mail to an address (not the copies), in order.
    pub fn mails(&self, address: &str) -> Vec<MailEntry> {
        let world = self.state.world();
        world.journal.mails().filter(|mail| mail.to.eq_ignore_ascii_case(address)).cloned().collect()
    }

    /// Forgets the journal; numbering goes on.
    pub fn clear_journal(&self) {
        self.state.world().journal.clear();
    }

    /// Shows every exchange from now on, as it happens. False: somebody looks already, and goes on looking.
    pub fn observe(&self, look: impl Fn(&Exchange<'_>) + Send + Sync + 'static) -> bool {
        self.state.observer.set(look)
    }

    /// Adds a fault to the end of the list.
    pub fn inject(&self, fault: Fault) {
        self.state.world().faults.add(fault);
    }

    /// Forgets all faults that have not struck.
    pub fn clear_faults(&self) {
        self.state.world().faults.clear();
    }

    /// The settings as they are.
    pub fn settings(&self) -> Settings {
        self.state.world().settings.clone()
    }

    /// Changes the settings; they hold from the next request on.
    pub fn update_settings(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.state.world().settings);
    }

    /// Adds an object to a directory as if it had always been there, and returns its id (empty: there is no such tenant).
    pub fn seed(&self, tenant: &str, seed: SeedUser) -> String {
        self.state.world().seed(tenant, seed).unwrap_or_default()
    }

    /// A guest (by address, object id or user principal name) signs in and consents, as through the pages.
    pub fn redeem(&self, tenant: &str, email: &str, provider: Option<Provider>) -> Result<(), Error> {
        let mut world = self.state.world();
        let id = world.find_user(tenant, email).ok_or_else(|| Error::UnknownUser(email.to_owned()))?;
        Ok(world.redeem(tenant, &id, email, provider)?)
    }

    /// The users of a tenant as they are, whatever the lag; none if there is no such tenant.
    pub fn users(&self, tenant: &str) -> Vec<User> {
        self.state.world().tenant(tenant).map(|tenant| tenant.directory.users().cloned().collect()).unwrap_or_default()
    }

    /// The deleted users of a tenant that can still be restored; none if there is no such tenant.
    pub fn deleted_users(&self, tenant: &str) -> Vec<User> {
        let world = self.state.world();
        let now = world.now();
        world.tenant(tenant).map(|tenant| tenant.directory.deleted(now).cloned().collect()).unwrap_or_default()
    }

    /// One user by address, object id or user principal name, whatever the lag.
    pub fn user(&self, tenant: &str, key: &str) -> Option<User> {
        let world = self.state.world();
        let id = world.find_user(tenant, key)?;
        world.tenant(tenant)?.directory.get(&id).cloned()
    }

    /// Changes a user behind every client's back, as an administrator in the portal would.
    pub fn change_user(&self, tenant: &str, key: &str, change: impl FnOnce(&mut User)) -> Result<(), Error> {
        let mut world = self.state.world();
        let id = world.find_user(tenant, key).ok_or_else(|| Error::UnknownUser(key.to_owned()))?;
        if let Some(tenant) = world.tenant_mut(tenant) {
            tenant.directory.change(&id, change);
        }
        Ok(())
    }

    /// Makes a guest an internal user, as an administrator in the portal would.
    pub fn convert_to_internal(&self, tenant: &str, key: &str) -> Result<(), Error> {
        let mut world = self.state.world();
        let unknown = || Error::UnknownUser(key.to_owned());
        let id = world.find_user(tenant, key).ok_or_else(unknown)?;
        world.convert_to_internal(tenant, &id).ok_or_else(unknown)
    }

    /// Deletes a user, as a guest who leaves or an administrator would: it can be restored for 30 days.
    pub fn delete_user(&self, tenant: &str, key: &str) -> Result<(), Error> {
        let mut world = self.state.world();
        let now = world.now();
        let id = world.find_user(tenant, key).ok_or_else(|| Error::UnknownUser(key.to_owned()))?;
        if let Some(tenant) = world.tenant_mut(tenant) {
            tenant.directory.delete(&id, now);
        }
        Ok(())
    }

    /// Every token issued so far is refused from now on.
    pub fn revoke_tokens(&self) {
        self.state.world().revoke_tokens();
    }

    /// Every delta and next link of a delta query given out so far is refused from now on.
    pub fn expire_delta_tokens(&self) {
        self.state.world().delta_epoch += 1;
    }

    /// A token as a signed-in user holds it, for which no sign-in is simulated.
    pub fn delegated_token(&self, tenant: &str, user: &str, scopes: &[&str]) -> Result<String, Error> {
        let mut world = self.state.world();
        let id = world.find_user(tenant, user).ok_or_else(|| Error::UnknownUser(user.to_owned()))?;
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let app = "04b07795-8ddb-461a-bbee-02f9e1bf7b46".to_owned();
        Ok(token::issue(&self.state, &mut world, tenant.to_owned(), app, scopes, Some(id)))
    }

    /// Stops listening and closes every connection; nothing is forgotten. Requests get "connection refused".
    pub async fn pause(&self) {
        if let Some(serving) = self.take() {
            serving.stop.cancel();
            if let Err(error) = serving.task.await {
                tracing::warn!(%error, "the server did not end well");
            }
        }
    }

    /// Listens again on the same port, with the same certificate and memory. Does nothing if not paused.
    pub async fn resume(&self) -> Result<(), Error> {
        let paused = self.serving.lock().is_none();
        if paused {
            let listener = TcpListener::bind(self.address).await?;
            self.serve(listener);
        }
        Ok(())
    }

    /// Stops it for good.
    pub async fn stop(self) {
        self.pause().await;
    }

    fn serve(&self, listener: TcpListener) {
        let stop = CancellationToken::new();
        let task = tokio::spawn({
            let (state, stop) = (Arc::clone(&self.state), stop.clone());
            async move { server::run(listener, state, stop.cancelled()).await }
        });
        *self.serving.lock() = Some(Serving { stop, task });
    }

    fn take(&self) -> Option<Serving> {
        self.serving.lock().take()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        if let Some(serving) = self.take() {
            serving.stop.cancel();
        }
    }
}
