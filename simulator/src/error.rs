//! What keeps a simulator from starting, and what its handle answers to whoever asks for something that is not there.

use crate::state::redemption::RedeemError;

/// What can go wrong with the simulator itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot listen.
    #[error("cannot listen: {0}")]
    Listen(#[from] std::io::Error),
    /// Its TLS cannot be set up.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// Its certificate cannot be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(String),
    /// Its own address makes no URL.
    #[error("cannot make a URL: {0}")]
    Url(#[from] url::ParseError),
    /// There is no such app.
    #[error("there is no app '{0}'")]
    UnknownApp(String),
    /// There is no such group.
    #[error("there is no group '{0}'")]
    UnknownGroup(String),
    /// There is no such user.
    #[error("there is no user '{0}'")]
    UnknownUser(String),
    /// The guest cannot redeem.
    #[error("the guest cannot redeem: {0}")]
    Redeem(#[from] RedeemError),
}

impl Error {
    pub(crate) fn certificate(error: impl std::fmt::Display) -> Self {
        Self::Certificate(error.to_string())
    }
}
