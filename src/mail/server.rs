//! How to reach a mail server, and what is wrong with a configuration, as a message for its author.

use std::{fmt, time::Duration};

use rustls::pki_types::{InvalidDnsNameError, pem};

/// How the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte, usually on port 465.
    Tls,
    /// TLS after a greeting in plain text, usually on port 587. A server that does not offer STARTTLS gets no letter
    /// and no credentials.
    StartTls,
    /// No encryption.
    None,
}

/// The credentials for a mail server.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpCredentials {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for SmtpCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

/// How to reach a mail server.
#[derive(Clone, Debug)]
pub struct Server {
    /// The server's name or address. Its certificate must be valid for it.
    pub host: String,
    /// The server's port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// The credentials. None means no sign-in.
    pub credentials: Option<SmtpCredentials>,
    /// Certificate authorities in PEM. They are trusted in addition to the system's.
    pub ca_bundle: Option<Vec<u8>>,
    /// The time limit for one whole delivery.
    pub timeout: Duration,
}

/// Why a server cannot be used as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum WrongServer {
    /// The host is neither a name nor an address.
    #[error("host {0:?} is no name and no address of a mail server, such as smtp.example.com")]
    Host(String, #[source] InvalidDnsNameError),
    /// The credentials would be sent without encryption.
    #[error(
        "the user name and password are not sent to {0} without encryption: use tls: StartTls (port 587) or tls: Tls (port 465), or take the credentials away"
    )]
    CredentialsInPlain(String),
    /// The user name or the password cannot be sent.
    #[error("the user name and the password must not be empty, nor hold a NUL character")]
    Credentials,
    /// The bundle or the system's own certificates cannot be used.
    #[error("the certificate authorities cannot be used: {0}")]
    Authorities(#[from] WrongAuthorities),
}

/// What is wrong with the certificate authorities.
#[derive(Debug, thiserror::Error)]
pub enum WrongAuthorities {
    /// The bundle cannot be read.
    #[error(transparent)]
    Pem(#[from] pem::Error),
    /// The bundle has no certificate.
    #[error("the bundle holds no certificate; give PEM")]
    Empty,
    /// The certificates can be read but not used as authorities.
    #[error(transparent)]
    Tls(#[from] rustls::Error),
}
