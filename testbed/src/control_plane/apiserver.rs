//! Starts kube-apiserver and waits until it is ready.
//! Its serving certificate is of this run's own authority, so the one that answers is the one that we started.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use kube::Client;

use super::{audit, config::PlaneConfig, etcd};
use crate::{
    Error, Folder, Result,
    children::{Child, Launch},
    pki::{self, Authority},
};

const LOG_LINES: usize = 25;

/// The files that the API server reads.
pub(super) struct Keys {
    ca: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
    accounts_private: PathBuf,
    accounts_public: PathBuf,
}

impl Keys {
    /// Makes and writes them.
    pub(super) fn write(folder: &Folder, authority: &Authority) -> Result<Self> {
        let server = authority.server(&["127.0.0.1", "localhost", "kubernetes.default.svc"])?;
        let (private, public) = pki::signing_key()?;
        Ok(Self {
            ca: folder.write("ca.pem", &authority.pem())?,
            certificate: folder.write("apiserver.pem", &server.certificate)?,
            key: folder.write("apiserver.key", &server.key)?,
            accounts_private: folder.write("accounts.key", &private)?,
            accounts_public: folder.write("accounts.pub", &public)?,
        })
    }
}

/// Starts it on the given port.
pub(super) fn spawn(binary: &Path, folder: &Folder, keys: &Keys, port: u16, config: &PlaneConfig) -> Result<Child> {
    let file = |flag: &str, path: &Path| format!("--{flag}={}", path.display());
    let mut args = vec![
        format!("--etcd-servers={}", etcd::SOCKET),
        "--bind-address=127.0.0.1".into(),
        format!("--secure-port={port}"),
        // By default it looks for an outside address and ends where there is none.
        "--advertise-address=127.0.0.1".into(),
        "--endpoint-reconciler-type=none".into(),
        file("tls-cert-file", &keys.certificate),
        file("tls-private-key-file", &keys.key),
        file("client-ca-file", &keys.ca),
        "--authorization-mode=RBAC".into(),
        "--service-account-issuer=https://kubernetes.default.svc".into(),
        file("service-account-signing-key-file", &keys.accounts_private),
        file("service-account-key-file", &keys.accounts_public),
        "--service-cluster-ip-range=10.0.0.0/24".into(),
        "--profiling=false".into(),
        // What a cluster of years needs and a test of minutes does not: counting, measuring and compacting what etcd has.
        "--etcd-count-metric-poll-period=0".into(),
        "--etcd-db-metric-poll-interval=0".into(),
        "--etcd-compaction-interval=0".into(),
    ];
    if !config.admission.is_empty() {
        args.push(format!("--enable-admission-plugins={}", config.admission.join(",")));
    }
    if config.audit {
        args.extend(audit::flags(folder)?);
    }
    Child::spawn(Launch {
        program: binary.to_path_buf(),
        args: args.into_iter().map(Into::into).collect(),
        env: etcd::for_go(config),
        folder: folder.path().to_path_buf(),
        log: folder.path().join("kube-apiserver.log"),
    })
}

/// Waits until /readyz says ok, and gives up at once when a process has ended.
pub(super) async fn ready(client: &Client, apiserver: &Child, etcd: &Child, within: Duration) -> Result<()> {
    let begun = Instant::now();
    let mut answer = String::from("no answer yet");
    while begun.elapsed() < within {
        for child in [etcd, apiserver] {
            if let Some(status) = child.exited() {
                return Err(not_started(child, format!("it ended ({status})")));
            }
        }
        let request = hyper::http::Request::get("/readyz")
            .body(Vec::new())
            .map_err(|error| Error::Other { what: "asking /readyz".into(), why: error.to_string() })?;
        match tokio::time::timeout(Duration::from_secs(5), client.request_text(request)).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => answer = crate::error::chain(&error),
            Err(_) => answer = "/readyz does not answer within 5 s".into(),
        }
        // There is nothing to watch before it listens.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(not_started(apiserver, format!("it is not ready after {} s ({answer})", within.as_secs())))
}

fn not_started(child: &Child, why: String) -> Error {
    Error::NotStarted {
        what: child.name().into(),
        why,
        log: child.log_path().to_path_buf(),
        tail: child.log_tail(LOG_LINES),
    }
}
