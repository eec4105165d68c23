//! The interposer's own connections to what it stands in front of.
//! HTTP/1.1 over TLS, with the upstream's own authority as the only one trusted.

use http_body_util::combinators::BoxBody;
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    header::{HOST, HeaderValue},
    http::uri::{Authority, Scheme},
};
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use url::Url;

use crate::{Error, Result};

/// A body that is passed on, whatever it is made of.
pub(super) type Body = BoxBody<Bytes, hyper::Error>;

/// A client for the upstream.
pub(super) struct Upstream {
    scheme: Scheme,
    authority: Authority,
    client: Client<HttpsConnector<HttpConnector>, Body>,
}

impl Upstream {
    pub(super) fn new(url: Url, ca_pem: &str) -> Result<Self> {
        let what = "reading the upstream's certificate authority";
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(ca_pem.as_bytes()) {
            roots.add(certificate.map_err(Error::certificate(what))?).map_err(Error::certificate(what))?;
        }
        let tls = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let connector =
            hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().build();
        let failed = |why: String| Error::Other { what: format!("standing before {url}"), why };
        let scheme = Scheme::try_from(url.scheme()).map_err(|error| failed(error.to_string()))?;
        let authority = Authority::try_from(url.authority()).map_err(|error| failed(error.to_string()))?;
        let client = Client::builder(TokioExecutor::new())
            // What the test sees pass is to be what the operator sent, never a second try of ours.
            .retry_canceled_requests(false)
            // For the same reason no pooled connection is used that may be dead already.
            .pool_max_idle_per_host(0)
            .build(connector);
        Ok(Self { scheme, authority, client })
    }

    /// Passes a request on. The Host header stays the client's, as behind any proxy; HTTP/2 has it in the address.
    pub(super) async fn request(&self, mut request: Request<Body>) -> std::result::Result<Response<Incoming>, String> {
        if let Some(asked) = request.uri().authority() {
            let host = HeaderValue::from_str(asked.as_str()).map_err(|error| error.to_string())?;
            request.headers_mut().entry(HOST).or_insert(host);
        }
        let mut parts = request.uri().clone().into_parts();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        *request.uri_mut() = hyper::Uri::from_parts(parts).map_err(|error| error.to_string())?;
        *request.version_mut() = hyper::Version::HTTP_11;
        self.client.request(request).await.map_err(|error| crate::error::chain(&error))
    }
}
