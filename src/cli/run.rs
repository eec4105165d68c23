//! `guestlist run`: the operator.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::api::Span;
use crate::controller::{self, Settings};
use crate::plan::Timing;
use crate::telemetry::{self, LogFormat, Readiness};

/// Run the operator.
///
/// It finds the API server as kubectl does: by KUBECONFIG, else ~/.kube/config, else the pod's ServiceAccount.
#[derive(clap::Args, Debug)]
pub struct Run {
    /// The operator's own namespace; the Secrets that EntraTenants name are read there.
    #[arg(long, env = "POD_NAMESPACE", default_value = "guestlist-system")]
    namespace: String,

    /// How long to wait for the directory to show a guest before its silence means that an invitation never arrived.
    /// A decision to send is good for a fifth of it, a request for a tenth. Do not go below 5m against the real service.
    #[arg(long, env = "SETTLING_TIME", default_value = "5m", value_name = "DURATION")]
    settling_time: Span,

    /// Where to answer the probes /livez and /readyz.
    #[arg(long, env = "HTTP_ADDRESS", default_value = "0.0.0.0:8080", value_name = "ADDRESS:PORT")]
    http_address: SocketAddr,

    /// How log lines look; RUST_LOG chooses what is logged.
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

impl Run {
    /// Runs until SIGTERM or Ctrl-C.
    pub fn execute(self) -> Result<(), String> {
        telemetry::init_logs(self.log_format);
        let settling = self.settling_time.length().map_err(|error| format!("--settling-time: {error}"))?;
        if settling < Duration::from_secs(5) {
            return Err("--settling-time: at least 5s, or requests have no time to be answered".into());
        }
        let runtime = tokio::runtime::Runtime::new().map_err(|error| format!("no runtime: {error}"))?;
        runtime.block_on(self.serve(Timing::settling_in(settling)))
    }

    async fn serve(self, timing: Timing) -> Result<(), String> {
        let shutdown = CancellationToken::new();
        tokio::spawn(stop_on_signal(shutdown.clone()));
        let readiness = Readiness::default();
        let listener = TcpListener::bind(self.http_address).await;
        let listener = listener.map_err(|error| format!("--http-address {}: {error}", self.http_address))?;
        tokio::spawn(telemetry::serve(listener, readiness.clone(), shutdown.clone()));

        let mut config = kube::Config::infer().await.map_err(|error| {
            format!("no API server: {error}. Set KUBECONFIG, or run in a pod with a ServiceAccount")
        })?;
        // kube's own policy repeats any request for minutes; ours is the backoff of each resource.
        config.default_retry = false;
        let client =
            kube::Client::try_from(config).map_err(|error| format!("the API server cannot be used: {error}"))?;

        tracing::info!(version = env!("CARGO_PKG_VERSION"), namespace = self.namespace, settling = ?timing.settling, "guestlist starts");
        let settings = Settings { namespace: self.namespace, timing };
        controller::run(client, settings, readiness, shutdown).await.map_err(|error| error.to_string())
    }
}

async fn stop_on_signal(shutdown: CancellationToken) {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
    tracing::info!("stopping");
    shutdown.cancel();
}
