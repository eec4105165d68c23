//! The connection to the API server, found as kubectl finds it.

use super::proxy;

/// The API server cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// Neither a kubeconfig nor a ServiceAccount is found.
    #[error("no API server: {0}. Set KUBECONFIG, or run in a pod with a ServiceAccount")]
    NotFound(#[from] kube::config::InferConfigError),
    /// No client can be made of the configuration that was found.
    #[error("the API server cannot be used: {0}")]
    Unusable(#[from] kube::Error),
    /// The proxy speaks something else than HTTP.
    #[error(
        "the API server cannot be reached through {0}: name a proxy that begins with http://, in proxy-url of the kubeconfig or in HTTPS_PROXY"
    )]
    Proxy(String),
}

/// A client from KUBECONFIG, else from ~/.kube/config, else from the pod's ServiceAccount.
///
/// # Errors
/// When none of them exists, or no client can be made of it. The API server is not called yet.
pub async fn client() -> Result<kube::Client, ClusterError> {
    let mut config = kube::Config::infer().await?;
    // kube's own policy repeats any request for minutes. The operator repeats by the backoff of each resource instead.
    config.default_retry = false;
    let proxy = proxy::before(&config);
    config.proxy_url = None;
    match proxy {
        None => Ok(kube::Client::try_from(config)?),
        Some(proxy) if proxy.uri().scheme_str() == Some("http") => Ok(proxy::client_through(&proxy, &config)?),
        Some(proxy) => Err(ClusterError::Proxy(proxy.uri().to_string())),
    }
}
