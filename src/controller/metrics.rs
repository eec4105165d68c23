//! What the operator counts about itself, for Prometheus. No label names a guest: their number has no bound.

use std::time::Instant;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::api::{AttemptKind, GuestCounts, State};
use crate::graph::Meter;

/// In seconds: a pass that has nothing to do takes a millisecond, one that invites a few seconds.
const BUCKETS: [f64; 8] = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0];

/// The operator's counters.
#[derive(Clone, Debug)]
pub struct Metrics {
    leader: Gauge,
    reconciles: Family<Reconcile, Counter>,
    seconds: Family<Kind, Histogram, fn() -> Histogram>,
    sent: Family<Sent, Counter>,
    guests: Family<Guests, Gauge>,
    ready: Family<TenantLabels, Gauge>,
    blocked: Family<TenantLabels, Gauge>,
    /// The calls to Microsoft Graph.
    pub graph: Meter,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reconcile {
    kind: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Sent {
    tenant: String,
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Guests {
    tenant: String,
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TenantLabels {
    tenant: String,
}

impl Guests {
    fn new(tenant: &str, state: State) -> Self {
        Self { tenant: tenant.to_owned(), state: state.as_str() }
    }
}

impl Metrics {
    /// The counters, shown in `registry`.
    pub fn new(registry: &mut Registry) -> Self {
        let metrics = Self {
            leader: Gauge::default(),
            reconciles: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            sent: Family::default(),
            guests: Family::default(),
            ready: Family::default(),
            blocked: Family::default(),
            graph: Meter::default(),
        };
        registry.register("leader", "1 while this replica works, 0 while it stands by", metrics.leader.clone());
        registry.register("reconciles", "Passes over resources", metrics.reconciles.clone());
        registry.register_with_unit(
            "reconcile_duration",
            "How long passes over resources took",
            Unit::Seconds,
            metrics.seconds.clone(),
        );
        registry.register("invitations_sent", "Mails of which the sender said that they left", metrics.sent.clone());
        registry.register("guests", "Declared guests by what became of them", metrics.guests.clone());
        registry.register("tenant_ready", "1 while the directory can be reached", metrics.ready.clone());
        let blocked = "1 while Microsoft blocks invitations from the directory";
        registry.register("tenant_invitations_blocked", blocked, metrics.blocked.clone());
        metrics.graph.register(registry);
        metrics
    }

    /// Tells whether this replica works.
    pub fn lead(&self, leads: bool) {
        self.leader.set(leads.into());
    }

    /// Counts a pass over a resource of `kind`, and how long it takes.
    ///
    /// # Errors
    /// What `pass` ends with.
    pub async fn pass<T, E>(&self, kind: &'static str, pass: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let began = Instant::now();
        let ended = pass.await;
        let outcome = if ended.is_ok() { "success" } else { "failure" };
        self.reconciles.get_or_create(&Reconcile { kind, outcome }).inc();
        self.seconds.get_or_create(&Kind { kind }).observe(began.elapsed().as_secs_f64());
        ended
    }

    /// Counts a mail.
    pub fn sent(&self, tenant: &str, kind: AttemptKind) {
        let kind = match kind {
            AttemptKind::Invite => "invite",
            AttemptKind::Resend => "resend",
            AttemptKind::Reminder => "reminder",
            AttemptKind::Reset => "reset",
            AttemptKind::Add => return,
        };
        self.sent.get_or_create(&Sent { tenant: tenant.to_owned(), kind }).inc();
    }

    /// Tells how a tenant is.
    pub fn tenant(&self, tenant: &str, ready: bool, blocked: bool, guests: GuestCounts) {
        let label = TenantLabels { tenant: tenant.to_owned() };
        self.ready.get_or_create(&label).set(ready.into());
        self.blocked.get_or_create(&label).set(blocked.into());
        for (state, count) in guests.each() {
            self.guests.get_or_create(&Guests::new(tenant, state)).set(count.into());
        }
    }

    /// Forgets a tenant that was deleted.
    pub fn forget(&self, tenant: &str) {
        let label = TenantLabels { tenant: tenant.to_owned() };
        self.ready.remove(&label);
        self.blocked.remove(&label);
        for state in State::ALL {
            self.guests.remove(&Guests::new(tenant, state));
        }
    }
}

#[cfg(test)]
mod tests;
