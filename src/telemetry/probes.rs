//! `/livez` and `/readyz`. Not ready says why, in a sentence.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Whether the operator can work; shared with the probe. Holds why it cannot, or nothing when it can.
#[derive(Clone, Debug)]
pub struct Readiness(Arc<watch::Sender<Option<String>>>);

impl Default for Readiness {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Some("starting".into()))))
    }
}

impl Readiness {
    /// The operator works.
    pub fn ready(&self) {
        self.0.send_replace(None);
    }

    /// The operator cannot work, because of `why`.
    pub fn not_ready(&self, why: String) {
        self.0.send_replace(Some(why));
    }
}

/// Answers probes on `listener` until `shutdown`.
///
/// # Errors
/// When the socket fails.
pub async fn serve(listener: TcpListener, readiness: Readiness, shutdown: CancellationToken) -> std::io::Result<()> {
    let router =
        Router::new().route("/livez", get(|| async { "ok" })).route("/readyz", get(ready)).with_state(readiness);
    axum::serve(listener, router).with_graceful_shutdown(shutdown.cancelled_owned()).await
}

async fn ready(State(readiness): State<Readiness>) -> (StatusCode, String) {
    match &*readiness.0.borrow() {
        None => (StatusCode::OK, "ok\n".into()),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")),
    }
}
