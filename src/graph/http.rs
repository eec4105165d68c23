//! The HTTP clients of one tenant: pooled, without redirects and repeats, with the tenant's own authority trusted as well.

use std::time::Duration;

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a connection for mails may lie idle: well below the time after which anybody in between drops it, as a request on a
/// dropped one is a send of which nothing can tell.
const IDLE: Duration = Duration::from_secs(10);

/// The HTTP clients of one tenant.
#[derive(Clone, Debug)]
pub struct Http {
    /// For tokens and for all that may be asked twice.
    pub shared: reqwest::Client,
    /// For what mails a person. By HTTP/1.1 each has a connection of its own, so that no other's end takes it along, and its
    /// last check and its bytes go to the connection in one go.
    pub sending: reqwest::Client,
}

/// The HTTP clients cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The bundle cannot be read, or no client takes what is in it.
    #[error("endpoints.caBundle cannot be used: {0}")]
    Unusable(#[from] reqwest::Error),
    /// The bundle is empty.
    #[error("endpoints.caBundle cannot be used: it holds no certificate; give PEM, base64 encoded")]
    NoCertificate,
}

impl Http {
    /// With `ca_bundle` (PEM) trusted beside the system's own.
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
