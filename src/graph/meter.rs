//! Metrics of the calls to Graph, counted where the calls are made. The counters live as long as the process. Tenants
//! come and go.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// In seconds. Graph usually answers within half a second, and an invitation takes a few seconds.
const BUCKETS: [f64; 8] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 30.0];

/// Counts the calls of one tenant.
#[derive(Clone, Debug)]
pub struct Meter {
    tenant: String,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<OperationLabels, Histogram, fn() -> Histogram>,
    throttled: Family<ThrottledLabels, Counter<f64>>,
    waited: Family<WaitedLabels, Counter<f64>>,
    unreadable: Family<PropertyLabels, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    tenant: String,
    operation: &'static str,
    code: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OperationLabels {
    operation: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ThrottledLabels {
    tenant: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WaitedLabels {
    tenant: String,
    urgency: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PropertyLabels {
    tenant: String,
    property: &'static str,
}

impl Default for Meter {
    fn default() -> Self {
        Self {
            tenant: String::new(),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            throttled: Family::default(),
            waited: Family::default(),
            unreadable: Family::default(),
        }
    }
}

impl Meter {
    /// Registers the counters in `registry`.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "graph_requests",
            "Calls to Microsoft Graph; code is the HTTP status, or `none` when no answer came",
            self.requests.clone(),
        );
        registry.register_with_unit(
            "graph_request_duration",
            "How long calls to Microsoft Graph took",
            Unit::Seconds,
            self.seconds.clone(),
        );
        registry.register_with_unit(
            "graph_throttled",
            "How long Microsoft Graph asked to wait, by 429 and 503",
            Unit::Seconds,
            self.throttled.clone(),
        );
        registry.register_with_unit(
            "graph_waited",
            "How long requests waited for their turn, so that Microsoft Graph's quota is kept",
            Unit::Seconds,
            self.waited.clone(),
        );
        registry.register(
            "graph_unreadable_values",
            "Values of users that Microsoft Graph gave and that cannot be read; they count as unknown",
            self.unreadable.clone(),
        );
    }

    /// The same counters, for the calls of `tenant`.
    pub fn of(&self, tenant: &str) -> Self {
        Self { tenant: tenant.to_owned(), ..self.clone() }
    }

    /// Counts a call that ended with `status`, or with no answer.
    pub(crate) fn called(&self, operation: &'static str, status: Option<u16>, took: Duration) {
        let code = status.map_or_else(|| "none".to_owned(), |status| status.to_string());
        self.requests.get_or_create(&RequestLabels { tenant: self.tenant.clone(), operation, code }).inc();
        self.seconds.get_or_create(&OperationLabels { operation }).observe(took.as_secs_f64());
    }

    pub(super) fn unreadable(&self, property: &'static str) {
        self.unreadable.get_or_create(&PropertyLabels { tenant: self.tenant.clone(), property }).inc();
    }

    /// Counts how long a request waited for its turn.
    pub(super) fn waited(&self, urgency: &'static str, wait: Duration) {
        if !wait.is_zero() {
            self.waited
                .get_or_create(&WaitedLabels { tenant: self.tenant.clone(), urgency })
                .inc_by(wait.as_secs_f64());
        }
    }

    /// Counts how long Graph asks to wait.
    pub(crate) fn throttled(&self, wait: Duration) {
        self.throttled.get_or_create(&ThrottledLabels { tenant: self.tenant.clone() }).inc_by(wait.as_secs_f64());
    }
}
