//! A proxy between the operator and what it writes to: the API server, or Graph.
//! It numbers every write that passes, and can lose any of them, or its answer, at the moment when a test says so.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{Error, Result, pki::Authority};

mod effects;
mod pass;
mod upstream;
mod watch;

pub use effects::{Effect, Effects, Held, Moment};
pub use pass::Write;
pub use watch::Bend;

/// Where an interposer stands.
pub struct InterposerConfig {
    /// What its effects are called, such as `kube` or `graph`.
    pub name: String,
    /// What it stands in front of.
    pub upstream: Url,
    /// The certificate authority of that.
    pub upstream_ca_pem: String,
    /// Where its writes are numbered; several interposers may share one.
    pub effects: Effects,
    /// Which writes count. The others (tokens, events, leases) pass unseen.
    pub counts: Box<dyn Fn(&Write<'_>) -> bool + Send + Sync>,
}

/// A running proxy. Dropping it closes all its connections.
pub struct Interposer {
    url: Url,
    ca_pem: String,
    shared: Arc<Shared>,
}

struct Shared {
    refusing: AtomicBool,
    connections: Mutex<CancellationToken>,
    ended: CancellationToken,
    pass: Arc<pass::Pass>,
}

impl Interposer {
    /// Starts it on a free port, with a certificate of its own authority.
    pub async fn start(config: InterposerConfig) -> Result<Self> {
        crate::install_crypto();
        let authority = Authority::new("testbed interposer")?;
        let tls = server_tls(&authority)?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(Error::io("opening the interposer's port"))?;
        let address = listener.local_addr().map_err(Error::io("reading the interposer's port"))?;
        let url = Url::parse(&format!("https://{address}/"))
            .map_err(|error| Error::Other { what: "naming the interposer".into(), why: error.to_string() })?;
        let shared = Arc::new(Shared {
            refusing: AtomicBool::new(false),
            connections: Mutex::new(CancellationToken::new()),
            ended: CancellationToken::new(),
            pass: Arc::new(pass::Pass {
                name: config.name,
                upstream: upstream::Upstream::new(config.upstream, &config.upstream_ca_pem)?,
                effects: config.effects,
                counts: config.counts,
                slow: Mutex::default(),
                bender: Arc::default(),
            }),
        });
        tokio::spawn(accept(listener, tls, shared.clone()));
        Ok(Self { url, ca_pem: authority.pem(), shared })
    }

    /// Starts one before the API server that counts every write whose path is `counted`, but for events, leases and reviews of access.
    pub async fn before_kube(
        upstream: &Url,
        ca_pem: &str,
        effects: &Effects,
        counted: fn(&str) -> bool,
    ) -> Result<Self> {
        const UNCOUNTED: [&str; 5] =
            ["/events", "/leases", "/selfsubjectaccessreviews", "/tokenreviews", "/subjectaccessreviews"];
        Self::start(InterposerConfig {
            name: "kube".into(),
            upstream: upstream.clone(),
            upstream_ca_pem: ca_pem.into(),
            effects: effects.clone(),
            counts: Box::new(move |write| {
                counted(write.path) && !UNCOUNTED.iter().any(|part| write.path.contains(part))
            }),
        })
        .await
    }

    /// Where the client shall go.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The certificate authority that the client shall trust.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Breaks every connection and takes no new one, as a cut cable does, until `mend`.
    pub fn cut(&self) {
        self.shared.refusing.store(true, Ordering::SeqCst);
        let mut connections = self.shared.connections.lock();
        std::mem::take(&mut *connections).cancel();
    }

    /// Takes connections again.
    pub fn mend(&self) {
        self.shared.refusing.store(false, Ordering::SeqCst);
    }

    /// Has each request from now on wait for so long before it is passed on.
    pub fn slow(&self, by: Duration) {
        *self.shared.pass.slow.lock() = by;
    }

    /// Does this to the events of every watch on GuestInvitations, those that run already too.
    pub fn bend(&self, bend: Bend) {
        self.shared.pass.bender.set(bend);
    }

    /// How many events were not told as they came.
    pub fn bent(&self) -> usize {
        self.shared.pass.bender.bent()
    }
}

impl Drop for Interposer {
    fn drop(&mut self) {
        self.shared.ended.cancel();
        self.cut();
    }
}

fn server_tls(authority: &Authority) -> Result<TlsAcceptor> {
    let identity = authority.server(&["127.0.0.1", "localhost"])?;
    let what = "giving the interposer its certificate";
    let certificate =
        CertificateDer::from_pem_slice(identity.certificate.as_bytes()).map_err(Error::certificate(what))?;
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).map_err(Error::certificate(what))?;
    let mut config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .map_err(Error::certificate(what))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn accept(listener: TcpListener, tls: TlsAcceptor, shared: Arc<Shared>) {
    while let Some(Ok((stream, _))) = shared.ended.run_until_cancelled(listener.accept()).await {
        if shared.refusing.load(Ordering::SeqCst) {
            continue;
        }
        let broken = shared.connections.lock().clone();
        let (tls, shared) = (tls.clone(), shared.clone());
        tokio::spawn(async move { broken.run_until_cancelled(connection(stream, tls, shared.clone())).await });
    }
}

async fn connection(stream: TcpStream, tls: TlsAcceptor, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    if let Ok(stream) = tls.accept(stream).await {
        shared.pass.serve(stream).await;
    }
}
