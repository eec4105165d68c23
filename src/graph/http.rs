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
#[error("endpoints.caBundle cannot be used: {0}")]
pub struct HttpError(String);

impl Http {
    /// With `ca_bundle` (PEM) trusted beside the system's own.
    ///
    /// # Errors
    /// When the bundle holds no readable certificate.
    pub fn new(ca_bundle: Option<&[u8]>) -> Result<Self, HttpError> {
        let made = |builder: reqwest::ClientBuilder| builder.build().map_err(|error| HttpError(error.to_string()));
        Ok(Self {
            shared: made(builder(ca_bundle)?)?,
            sending: made(builder(ca_bundle)?.http1_only().pool_idle_timeout(IDLE))?,
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
    let certificates = reqwest::Certificate::from_pem_bundle(pem).map_err(|error| HttpError(error.to_string()))?;
    if certificates.is_empty() {
        return Err(HttpError("it holds no certificate; give PEM, base64 encoded".into()));
    }
    Ok(builder.tls_certs_merge(certificates))
}
