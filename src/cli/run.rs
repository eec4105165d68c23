//! `guestlist run`: the operator.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::cluster::{self, ClusterError};
use super::signals;
use crate::api::{NotADuration, Span};
use crate::controller::{self, Election, ListStrategy, Metrics, Scope, Settings, WrongElection};
use crate::plan::Timing;
use crate::store::WrongSelector;
use crate::telemetry::{self, LogFormat, Readiness};

/// Run the operator.
///
/// It finds the API server as kubectl does: by KUBECONFIG, else by ~/.kube/config, else by the pod's ServiceAccount.
///
/// If a flag is given twice, the last value counts.
#[derive(clap::Args, Debug)]
#[command(args_override_self = true)]
pub struct Run {
    /// The operator's own namespace. It reads the Secrets that EntraTenants name there.
    #[arg(long, env = "POD_NAMESPACE", default_value = "guestlist-system")]
    namespace: String,

    /// How long the directory may take to show a guest. After this time, a guest who is not shown was never invited.
    /// A decision to send holds for a fifth of it, a request for a tenth. Do not go below 5m with the real service.
    #[arg(long, env = "SETTLING_TIME", default_value = "5m", value_name = "DURATION")]
    settling_time: Span,

    /// Where to serve the probes /livez and /readyz, and /metrics for Prometheus.
    #[arg(long, env = "HTTP_ADDRESS", default_value = "0.0.0.0:8080", value_name = "ADDRESS:PORT")]
    http_address: SocketAddr,

    /// The namespaces to work in, separated by commas. The default is all. The operator leaves other namespaces alone.
    #[arg(long, env = "WATCH_NAMESPACES", value_name = "NAMESPACES", value_delimiter = ',')]
    watch_namespaces: Vec<String>,

    /// The EntraTenants to work with, by their labels, for example shard=a. The default is all. The operator leaves the others and their
    /// guests alone, for another operator. Two EntraTenants of one directory still count as one: the older one works.
    #[arg(long, env = "TENANT_SELECTOR", value_name = "SELECTOR", default_value = "")]
    tenant_selector: String,

    /// Read the first listings as streams, which costs the API server less memory. It has to know WatchList: Kubernetes 1.34 or later. Where it does
    /// not, the operator does not start to work, and its log says why.
    #[arg(long, env = "STREAMING_LISTS")]
    streaming_lists: bool,

    #[command(flatten)]
    election: ElectionFlags,

    /// The format of the log lines. RUST_LOG says what is logged.
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

/// How replicas agree on who works.
#[derive(clap::Args, Debug)]
struct ElectionFlags {
    /// Take a Lease before working: one of several replicas works, and the others stand by.
    #[arg(long, env = "LEADER_ELECT")]
    leader_elect: bool,

    /// The name of the Lease, in the operator's own namespace.
    #[arg(long, env = "LEASE_NAME", default_value = "guestlist", value_name = "NAME")]
    lease_name: String,

    /// How long a Lease stands after it was last renewed. When the leader is gone, no replica works for this long.
    #[arg(long, env = "LEASE_DURATION", default_value = "15s", value_name = "DURATION")]
    lease_duration: Span,

    /// How long the leader tries to renew the Lease before it exits.
    #[arg(long, env = "RENEW_DEADLINE", default_value = "10s", value_name = "DURATION")]
    renew_deadline: Span,

    /// The time between two tries to take or to renew the Lease.
    #[arg(long, env = "RETRY_PERIOD", default_value = "2s", value_name = "DURATION")]
    retry_period: Span,

    /// The name of this replica. The Lease shows it as its holder.
    #[arg(long, env = "POD_NAME", default_value = "guestlist", value_name = "NAME")]
    pod_name: String,
}

/// The operator cannot start, or has to end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The value of a flag is no duration.
    #[error("{flag}: {source}")]
    NotADuration {
        /// The flag.
        flag: &'static str,
        /// What is wrong with it.
        source: NotADuration,
    },
    /// The settling time is too short.
    #[error("--settling-time: at least 5s, or requests have no time to be answered")]
    SettlingTime,
    /// The selector cannot be read.
    #[error("--tenant-selector: {0}")]
    Selector(#[from] WrongSelector),
    /// The flags of the lease do not fit each other.
    #[error(transparent)]
    Election(#[from] WrongElection),
    /// No threads can be started.
    #[error("no runtime: {0}")]
    Runtime(#[source] std::io::Error),
    /// The operator cannot listen on the address for the probes.
    #[error("--http-address {address}: {source}")]
    Address {
        /// The address.
        address: SocketAddr,
        /// The error of the system.
        source: std::io::Error,
    },
    /// The API server cannot be used.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The operator ended by itself.
    #[error(transparent)]
    Controller(#[from] controller::Error),
}

impl ElectionFlags {
    fn election(self) -> Result<Option<Election>, RunError> {
        if !self.leader_elect {
            return Ok(None);
        }
        let election = Election {
            lease: self.lease_name,
            // A container that starts again in the same pod gets another identity.
            identity: format!("{}_{}", self.pod_name, uuid::Uuid::new_v4()),
            duration: length("--lease-duration", &self.lease_duration)?,
            renew_deadline: length("--renew-deadline", &self.renew_deadline)?,
            retry_period: length("--retry-period", &self.retry_period)?,
        };
        Ok(Some(election.checked()?))
    }
}

fn length(flag: &'static str, span: &Span) -> Result<Duration, RunError> {
    span.length().map_err(|source| RunError::NotADuration { flag, source })
}

impl Run {
    /// Runs until SIGTERM or Ctrl-C.
    ///
    /// # Errors
    /// When a flag is wrong, the API server cannot be used, the address for the probes is taken, or the operator ends
    /// by itself.
    pub fn execute(self) -> Result<(), RunError> {
        telemetry::init_logs(self.log_format);
        let settling = length("--settling-time", &self.settling_time)?;
        if settling < Duration::from_secs(5) {
            return Err(RunError::SettlingTime);
        }
        let settings = Settings {
            namespace: self.namespace,
            timing: Timing::settling_in(settling),
            scope: Scope::of(self.watch_namespaces),
            tenants: self.tenant_selector.parse()?,
            lists: if self.streaming_lists { ListStrategy::Streamed } else { ListStrategy::Paged },
            election: self.election.election()?,
        };
        let runtime = tokio::runtime::Runtime::new().map_err(RunError::Runtime)?;
        runtime.block_on(serve(self.http_address, settings))
    }
}

async fn serve(address: SocketAddr, settings: Settings) -> Result<(), RunError> {
    let shutdown = CancellationToken::new();
    tokio::spawn(stop_on_signal(shutdown.clone()));
    let readiness = Readiness::default();
    let unusable = |source| RunError::Address { address, source };
    let listener = TcpListener::bind(address).await.map_err(unusable)?;
    let probes_at = listener.local_addr().map_err(unusable)?;
    let mut registry = Registry::with_prefix("guestlist");
    let metrics = Metrics::new(&mut registry);
    tokio::spawn(telemetry::serve(listener, readiness.clone(), Arc::new(registry), shutdown.clone()));

    let client = cluster::client().await?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), namespace = settings.namespace, settling = ?settings.timing.settling, scope = ?settings.scope, %probes_at, "guestlist starts");
    Ok(controller::run(client, settings, metrics, readiness, shutdown).await?)
}

async fn stop_on_signal(shutdown: CancellationToken) {
    signals::ended().await;
    tracing::info!("stopping");
    shutdown.cancel();
}
