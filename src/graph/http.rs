//! The HTTP clients of one tenant: pooled, without redirects and retries. They also trust the tenant's own certificate
//! authority.

use std::time::Duration;

/// How long opening a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a connection that sends mails may be idle. It is well below the time after which a device on the network
/// path drops it. A request on a dropped connection would have an unknown result.
const IDLE: Duration = Duration::from_secs(10);

/// The HTTP clients of one tenant.
#[derive(Clone, Debug)]
pub struct Http {
    /// For tokens and for all requests that can be repeated safely.
    pub shared: reqwest::Client,
    /// For requests with a body that mail or change a person. With HTTP/1.1 each request has its own connection, so the end of another
    /// request cannot break it. The last check and the bytes go to the connection in one step.
    pub sending: reqwest::Client,
}

/// Why the HTTP clients cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The bundle cannot be read, or the HTTP client refuses its content.
    #[error("endpoints.caBundle cannot be used: {0}")]
    Unusable(#[from] reqwest::Error),
    /// The bundle has no certificate.
    #[error("endpoints.caBundle cannot be used: it holds no certificate; give PEM, base64 encoded")]
    NoCertificate,
}

impl Http {
    /// Makes the clients. They trust `ca_bundle` (PEM) in addition to the system's certificate authorities.
    ///
    /// # Errors
    /// When the bundle holds no readable certificate.
    pub fn new(ca_bundle: Option<&[u8]>) -> Result<Self, HttpError> {
        Ok(Self {
            shared: builder(ca_bundle)?.build()?,
            sending: builder(ca_bundle)?.http1_only().pool_idle_timeout(IDLE).build()?,
        })
    }
}

fn builder(ca_bundle: Option<&[u8]>) -> Result<reqwest::ClientBuilder, HttpError> {
    let builder = reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .user_agent(concat!("guestlist/", env!("CARGO_PKG_VERSION")));
    let Some(pem) = ca_bundle else { return Ok(builder) };
    let certificates = reqwest::Certificate::from_pem_bundle(pem)?;
    if certificates.is_empty() {
        return Err(HttpError::NoCertificate);
    }
    Ok(builder.tls_certs_merge(certificates))
}
