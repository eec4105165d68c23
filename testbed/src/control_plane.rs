//! One etcd and one kube-apiserver of our own, on loopback, with RBAC on and certificates made for this run.
//! No scheduler and no kubelet run here, and controllers only if asked for: nothing but the API that an operator sees.

use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use kube::{Client, core::ApiResource, discovery::Scope};
use url::Url;

use crate::{Binaries, Error, Folder, Result, children::Child, pki::Authority};

mod accounts;
mod apiserver;
mod audit;
mod clean;
mod config;
mod controllers;
mod etcd;
mod kubeconfig;
mod lifted;
pub(crate) mod manifests;
mod origin;
mod pool;
mod turn;

pub use accounts::{Grant, ServiceAccount};
pub use audit::Asked;
pub use config::{Definitions, PlaneConfig};
pub use kubeconfig::client_of;
pub use pool::Pooled;

/// How long the API server may take until it is ready; 2 s is usual, a loaded machine with many of them takes longer.
const READY_WITHIN: Duration = Duration::from_secs(90);

/// A running control plane. Dropping it ends it and removes its data.
pub struct ControlPlane {
    // Dropped in this order: whoever uses the API server, the API server, the data last.
    controllers: Option<Child>,
    apiserver: Child,
    etcd: Child,
    url: Url,
    admin: Client,
    kubeconfig: PathBuf,
    ca_pem: String,
    /// What it had when it was new, if it may be used again.
    origin: origin::Origin,
    /// Whether a test has had its processes in hand, to freeze or to kill them.
    touched: AtomicBool,
    /// The kinds that somebody has asked for, by api version and kind: each is looked up once.
    served: tokio::sync::Mutex<HashMap<(String, String), (ApiResource, Scope)>>,
    folder: Folder,
}

impl ControlPlane {
    /// Starts one in a temporary folder.
    pub async fn start() -> Result<Self> {
        Self::start_in(Folder::temporary()?).await
    }

    /// Starts one with its data, keys and logs in the given folder.
    pub async fn start_in(folder: Folder) -> Result<Self> {
        Self::start_with(folder, &PlaneConfig::default()).await
    }

    /// Starts one in the given folder with what the configuration asks for.
    pub async fn start_with(folder: Folder, config: &PlaneConfig) -> Result<Self> {
        crate::install_crypto();
        let binaries = Binaries::find()?;
        let _turn = turn::Turn::take().await;

        let authority = Authority::new("testbed control plane")?;
        let admin = authority.client("testbed-admin", "system:masters")?;
        let ca_pem = authority.pem();
        let etcd = etcd::start(&binaries.etcd, &folder, config)?;
        let keys = apiserver::Keys::write(&folder, &authority)?;

        let tries = 5;
        for last in (0..tries).map(|number| number + 1 == tries) {
            let port = free_port()?;
            let url = Url::parse(&format!("https://127.0.0.1:{port}/"))
                .map_err(|error| Error::Other { what: "naming the API server".into(), why: error.to_string() })?;
            let kubeconfig = folder.write("admin.kubeconfig", &kubeconfig::with_certificate(&url, &ca_pem, &admin)?)?;
            let client = client_of(&kubeconfig).await?;
            let apiserver = apiserver::spawn(&binaries.kube_apiserver, &folder, &keys, port, config)?;
            match apiserver::ready(&client, &apiserver, &etcd, READY_WITHIN).await {
                Ok(()) => {
                    let mut plane = Self {
                        controllers: None,
                        apiserver,
                        etcd,
                        url,
                        admin: client,
                        kubeconfig,
                        ca_pem,
                        origin: origin::Origin::default(),
                        touched: AtomicBool::new(false),
                        served: tokio::sync::Mutex::default(),
                        folder,
                    };
                    count_start();
                    // The API server makes it too, but a moment after it says that it is ready.
                    plane.namespace("default").await?;
                    if !config.controllers.is_empty() {
                        plane.controllers =
                            Some(controllers::start(&plane.kubeconfig, &plane.folder, &config.controllers).await?);
                    }
                    return Ok(plane);
                }
                // Somebody took the port between our look and its bind.
                Err(_) if !last && apiserver.log().contains("bind: address already in use") => continue,
                Err(error) => {
                    folder.keep();
                    return Err(error);
                }
            }
        }
        Err(Error::Other { what: "starting kube-apiserver".into(), why: "no free port was left for it".into() })
    }

    /// A client that may do everything. It does not retry: kube's own default goes on for minutes and hides the cause.
    pub fn admin_client(&self) -> Client {
        self.admin.clone()
    }

    /// The kubeconfig file of the administrator, good for kubectl.
    pub fn kubeconfig_path(&self) -> &Path {
        &self.kubeconfig
    }

    /// Where the API server listens.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The certificate authority of the API server.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The folder with the data, the keys and the logs.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The API server's process, to be frozen or killed by a test.
    pub fn apiserver(&self) -> &Child {
        self.touched.store(true, Ordering::Relaxed);
        &self.apiserver
    }

    /// The process of kube-controller-manager, if one was asked for.
    pub fn controllers(&self) -> Option<&Child> {
        self.controllers.as_ref()
    }

    /// etcd's process, to be frozen or killed by a test.
    pub fn etcd(&self) -> &Child {
        self.touched.store(true, Ordering::Relaxed);
        &self.etcd
    }

    /// Waits until the API server is ready (again), and says how long that took.
    pub async fn ready(&self) -> Result<Duration> {
        let began = Instant::now();
        apiserver::ready(&self.admin, &self.apiserver, &self.etcd, READY_WITHIN).await?;
        Ok(began.elapsed())
    }

    fn was_touched(&self) -> bool {
        self.touched.load(Ordering::Relaxed)
    }

    /// Everything that the service account has asked for so far. The plane must have been started with `audit`.
    pub fn asked_by(&self, namespace: &str, account: &str) -> Result<BTreeSet<Asked>> {
        audit::asked_by(&self.folder, namespace, account)
    }

    /// Ends both processes and removes the data, unless the folder is kept.
    pub fn stop(self) {
        drop(self);
    }
}

/// The variable that names a file to which each start of a control plane adds a line: `make test` counts them.
const COUNT: &str = "TESTBED_STARTS";

fn count_start() {
    use std::io::Write as _;
    let Some(path) = std::env::var_os(COUNT) else { return };
    // A count that cannot be kept is no reason to fail a test.
    let file = std::fs::File::options().append(true).create(true).open(path);
    let _ = file.and_then(|mut file| file.write_all(b"control plane\n"));
}

/// A port that was free just now.
fn free_port() -> Result<u16> {
    std::net::TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Error::io("looking for a free port"))
}
