//! What the controllers share.

use std::sync::Arc;

use kube::Client;
use kube::runtime::events::{Recorder, Reporter};
use parking_lot::Mutex;

use super::Settings;
use super::backoff::Backoff;
use super::index::Index;
use super::lists::Lists;
use super::metrics::Metrics;
use super::namespaces::Namespaces;
use super::step_limiter::StepLimiter;
use super::tenants::{Lanes, Tenants};
use super::wake::{Wake, Wakeups};
use crate::api::GuestInvitation;

/// The name under which the operator writes and reports.
pub const MANAGER: &str = "guestlist";

/// Shared by all reconciles.
pub struct Context {
    /// The API server.
    pub client: Client,
    /// How the operator was told to run.
    pub settings: Settings,
    /// The tenants as they are connected now.
    pub tenants: Tenants,
    /// How many guests of each tenant are worked on at once.
    pub lanes: Arc<Lanes>,
    /// The labels of namespaces.
    pub namespaces: Namespaces,
    /// Every guest by address and by user, with the memory of sends.
    pub index: Mutex<Index>,
    /// What the lists remember of the API server's answers.
    pub lists: Lists,
    /// Failures in a row, by resource.
    pub backoff: Backoff,
    /// How many steps each guest has left.
    pub step_limiter: StepLimiter,
    /// Wake-ups.
    pub wake: Wake,
    /// What the operator counts about itself.
    pub metrics: Metrics,
    /// Events.
    pub recorder: Recorder,
}

impl Context {
    /// A context and the receiving ends of its wake-ups.
    pub fn new(client: Client, settings: Settings, metrics: Metrics) -> (Arc<Self>, Wakeups) {
        let (wake, wakeups) = Wake::new();
        let recorder = Recorder::new(client.clone(), Reporter { controller: MANAGER.into(), instance: None });
        let index = Mutex::new(Index::waking(wake.clone()));
        let context = Self {
            client,
            settings,
            tenants: Tenants::default(),
            lanes: Lanes::new(wake.clone()),
            namespaces: Namespaces::default(),
            index,
            lists: Lists::default(),
            backoff: Backoff::default(),
            step_limiter: StepLimiter::default(),
            wake,
            metrics,
            recorder,
        };
        (Arc::new(context), wakeups)
    }

    /// Runs `work` on the index.
    pub fn index<T>(&self, work: impl FnOnce(&mut Index) -> T) -> T {
        work(&mut self.index.lock())
    }

    /// Takes in a guest that was just written or read, and wakes whom that concerns.
    pub fn know(&self, guest: &GuestInvitation) {
        for other in self.index(|index| index.put(guest)) {
            self.wake.guest(&other.namespace, &other.name);
        }
    }

    /// Wakes every guest of the namespace `name`.
    pub fn wake_guests_in(&self, name: &str) {
        for guest in self.index(|index| index.guests_in(name)) {
            self.wake.guest(&guest.namespace, &guest.name);
        }
    }

    /// Wakes every guest of the tenant `name`.
    pub fn wake_guests_of(&self, name: &str) {
        for guest in self.index(|index| index.guests_of_tenant(name)) {
            self.wake.guest(&guest.namespace, &guest.name);
        }
    }
}
