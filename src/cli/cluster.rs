//! The way to the API server, as kubectl finds it.

/// A client by KUBECONFIG, else ~/.kube/config, else the pod's ServiceAccount.
pub async fn client() -> Result<kube::Client, String> {
    let mut config = kube::Config::infer()
        .await
        .map_err(|error| format!("no API server: {error}. Set KUBECONFIG, or run in a pod with a ServiceAccount"))?;
    // kube's own policy repeats any request for minutes; ours is the backoff of each resource.
    config.default_retry = false;
    kube::Client::try_from(config).map_err(|error| format!("the API server cannot be used: {error}"))
}
