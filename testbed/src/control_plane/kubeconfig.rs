//! Writes kubeconfig files, and makes clients from them.
//! They hold everything in themselves, so they may be copied and given to kubectl.

use std::path::Path;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::{Value, json};
use url::Url;

use crate::{Error, Result, pki::Identity};

/// A kubeconfig whose user has a client certificate.
pub(super) fn with_certificate(server: &Url, ca_pem: &str, user: &Identity) -> Result<String> {
    let user = json!({
        "client-certificate-data": BASE64_STANDARD.encode(&user.certificate),
        "client-key-data": BASE64_STANDARD.encode(&user.key),
    });
    kubeconfig(server, ca_pem, user, "default")
}

/// A kubeconfig whose user has a bearer token.
pub(super) fn with_token(server: &Url, ca_pem: &str, token: &str, namespace: &str) -> Result<String> {
    kubeconfig(server, ca_pem, json!({ "token": token }), namespace)
}

fn kubeconfig(server: &Url, ca_pem: &str, user: Value, namespace: &str) -> Result<String> {
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{ "name": "testbed", "cluster": {
            "server": server.as_str().trim_end_matches('/'),
            "certificate-authority-data": BASE64_STANDARD.encode(ca_pem),
        }}],
        "users": [{ "name": "testbed", "user": user }],
        "contexts": [{ "name": "testbed", "context": { "cluster": "testbed", "user": "testbed", "namespace": namespace }}],
        "current-context": "testbed",
    });
    // JSON is YAML, and kubectl reads it.
    serde_json::to_string_pretty(&config)
        .map_err(|error| Error::Other { what: "writing a kubeconfig".into(), why: error.to_string() })
}

/// A client for a kubeconfig file, without kube's own retries.
pub async fn client_of(kubeconfig: &Path) -> Result<Client> {
    crate::install_crypto();
    let what = format!("reading {}", kubeconfig.display());
    let failed = |error: &dyn std::error::Error| Error::Other { what: what.clone(), why: crate::error::chain(error) };
    let read = Kubeconfig::read_from(kubeconfig).map_err(|error| failed(&error))?;
    let mut config =
        Config::from_custom_kubeconfig(read, &KubeConfigOptions::default()).await.map_err(|error| failed(&error))?;
    config.default_retry = false;
    Client::try_from(config).map_err(|error| failed(&error))
}
