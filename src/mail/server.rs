//! How to reach a mail server, and what is wrong with such a configuration, as a sentence for whoever wrote it.

use std::{fmt, time::Duration};

use rustls::pki_types::{InvalidDnsNameError, pem};

/// How the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte on, usually on port 465.
    Tls,
    /// After a greeting in plain text, usually on port 587. A server that does not offer it gets nothing.
    StartTls,
    /// Not at all.
    None,
}

/// What a server is signed in to with.
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
    /// Its name or address; the certificate must be for it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// How to sign in. None: without.
    pub credentials: Option<SmtpCredentials>,
    /// Certificate authorities in PEM that are trusted beside the system's own.
    pub ca_bundle: Option<Vec<u8>>,
    /// How long all of one hand-over may take.
    pub timeout: Duration,
}

/// Why a server cannot be used as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum WrongServer {
    /// The host is neither a name nor an address.
    #[error("host {0:?} is no name and no address of a mail server, such as smtp.example.com")]
    Host(String, #[source] InvalidDnsNameError),
    /// Credentials would travel readable for all.
    #[error(
        "the user name and password are not sent to {0} without encryption: use tls: StartTls (port 587) or tls: Tls (port 465), or take the credentials away"
    )]
    CredentialsInPlain(String),
    /// The credentials have a part that cannot be sent.
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
    /// The bundle is empty.
    #[error("the bundle holds no certificate; give PEM")]
    Empty,
    /// They are read and cannot be trusted.
    #[error(transparent)]
    Tls(#[from] rustls::Error),
}
