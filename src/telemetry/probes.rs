//! `/livez`, `/readyz` and `/metrics`. While the operator is not ready, `/readyz` says why in a sentence.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Whether the operator can work, shared with the probe. Holds the reason if it cannot, and nothing if it can.
#[derive(Clone)]
pub struct Readiness(Arc<Probed>);

struct Probed {
    why_not: watch::Sender<Option<String>>,
    remark: OnceLock<Box<dyn Fn() -> Option<String> + Send + Sync>>,
}

impl Default for Readiness {
    fn default() -> Self {
        Self(Arc::new(Probed { why_not: watch::Sender::new(Some("starting".into())), remark: OnceLock::new() }))
    }
}

impl Readiness {
    /// The operator works.
    pub fn ready(&self) {
        self.0.why_not.send_replace(None);
    }

    /// What `remark` says is told beside being ready: a part of the work that cannot be done.
    pub fn remark(&self, remark: impl Fn() -> Option<String> + Send + Sync + 'static) {
        let _ = self.0.remark.set(Box::new(remark));
    }

    /// The operator cannot work, because of `why`.
    pub fn not_ready(&self, why: String) {
        self.0.why_not.send_replace(Some(why));
    }
}

/// Answers probes and Prometheus on `listener` until `shutdown`.
///
/// # Errors
/// When the socket fails.
pub async fn serve(
    listener: TcpListener,
    readiness: Readiness,
    metrics: Arc<Registry>,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let router = Router::new()
        .route("/livez", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .with_state(readiness)
        .route("/metrics", get(exposed).with_state(metrics));
    axum::serve(listener, router).with_graceful_shutdown(shutdown.cancelled_owned()).await
}

async fn ready(State(readiness): State<Readiness>) -> (StatusCode, String) {
    match &*readiness.0.why_not.borrow() {
        None => match readiness.0.remark.get().and_then(|remark| remark()) {
            Some(remark) => (StatusCode::OK, format!("ok, but {remark}\n")),
            None => (StatusCode::OK, "ok\n".into()),
        },
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")),
    }
}

async fn exposed(State(registry): State<Arc<Registry>>) -> (StatusCode, [(HeaderName, &'static str); 1], String) {
    const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let mut text = String::new();
    match encode(&mut text, &registry) {
        Ok(()) => (StatusCode::OK, [(CONTENT_TYPE, FORMAT)], text),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, [(CONTENT_TYPE, "text/plain")], format!("{error}\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn probes_tell_why_and_metrics_are_openmetrics() {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let root = format!("http://{}", listener.local_addr().unwrap());
        let readiness = Readiness::default();
        let served = serve(listener, readiness.clone(), Arc::default(), CancellationToken::new());
        tokio::spawn(served);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let get = async |path: &str| {
            let answer = client.get(format!("{root}{path}")).send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        };
        assert_eq!(get("/livez").await.0, 200);
        readiness.not_ready("the CRDs are too old".into());
        assert_eq!(get("/readyz").await, (503, "the CRDs are too old\n".into()));
        readiness.ready();
        assert_eq!(get("/readyz").await, (200, "ok\n".into()));
        readiness.remark(|| Some("the namespace a cannot be read".into()));
        assert_eq!(get("/readyz").await, (200, "ok, but the namespace a cannot be read\n".into()));
        assert_eq!(get("/metrics").await, (200, "# EOF\n".into()));
    }
}
