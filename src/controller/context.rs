//! What every loop works with.

use std::sync::Arc;

use kube::Client;

use super::metrics::Metrics;
use super::recorder::EventRecorder;
use super::settings::Settings;
use crate::store::{Store, Wakeups};

/// The name under which the operator writes and reports.
pub const MANAGER: &str = "guestlist";

/// Shared by all reconciles.
pub struct Context {
    /// The API server.
    pub client: Client,
    /// How the operator was told to run.
    pub settings: Settings,
    /// What the loops know of guests, tenants and lists.
    pub store: Store,
    /// What the operator counts about itself.
    pub metrics: Metrics,
    /// Events.
    pub recorder: EventRecorder,
}

impl Context {
    /// A context and the receiving ends of its wake-ups.
    pub fn new(client: Client, settings: Settings, metrics: Metrics) -> (Arc<Self>, Wakeups) {
        let (store, wakeups) = Store::new(settings.tenants.clone());
        let recorder = EventRecorder::new(client.clone(), MANAGER);
        (Arc::new(Self { client, settings, store, metrics, recorder }), wakeups)
    }
}
