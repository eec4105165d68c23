//! The connection to the API server, found as kubectl finds it.

/// The API server cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// Neither a kubeconfig nor a ServiceAccount is found.
    #[error("no API server: {0}. Set KUBECONFIG, or run in a pod with a ServiceAccount")]
    NotFound(#[from] kube::config::InferConfigError),
    /// No client can be made of the configuration that was found.
    #[error("the API server cannot be used: {0}")]
    Unusable(#[from] kube::Error),
}

/// A client from KUBECONFIG, else from ~/.kube/config, else from the pod's ServiceAccount.
///
/// # Errors
/// When none of them exists, or no client can be made of it. The API server is not called yet.
pub async fn client() -> Result<kube::Client, ClusterError> {
    let mut config = kube::Config::infer().await?;
    // kube's own policy repeats any request for minutes. The operator repeats by the backoff of each resource instead.
    config.default_retry = false;
    Ok(kube::Client::try_from(config)?)
}
