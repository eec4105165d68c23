//! The way to the API server, as kubectl finds it.

/// There is no way to the API server.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// Neither a kubeconfig nor a ServiceAccount is found.
    #[error("no API server: {0}. Set KUBECONFIG, or run in a pod with a ServiceAccount")]
    NotFound(#[from] kube::config::InferConfigError),
    /// What is found makes no client.
    #[error("the API server cannot be used: {0}")]
    Unusable(#[from] kube::Error),
}

/// A client by KUBECONFIG, else ~/.kube/config, else the pod's ServiceAccount.
///
/// # Errors
/// When none of them is there, or what it says makes no client. Nobody is called yet.
pub async fn client() -> Result<kube::Client, ClusterError> {
    let mut config = kube::Config::infer().await?;
    // kube's own policy repeats any request for minutes; ours is the backoff of each resource.
    config.default_retry = false;
    Ok(kube::Client::try_from(config)?)
}
