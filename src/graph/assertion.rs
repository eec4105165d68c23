//! The client assertion that azure_identity sends to Entra: signed by our certificate, or read from the file of a
//! ServiceAccount. Each token request gets a new one. The library's own credential would cache the file for ten
//! minutes.

use std::io;
use std::path::PathBuf;

use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use jiff::Timestamp;

use super::certificate::{Certificate, CertificateError};

/// No assertion can be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum AssertionError {
    /// The certificate's key cannot sign.
    #[error(transparent)]
    Signing(#[from] CertificateError),
    /// The file cannot be read.
    #[error("The ServiceAccount's token in {} cannot be read: {source}.", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// The file is empty.
    #[error("The ServiceAccount's token in {} is empty.", .0.display())]
    Empty(PathBuf),
}

impl From<AssertionError> for Error {
    fn from(error: AssertionError) -> Self {
        Self::new(ErrorKind::Credential, error)
    }
}

/// Signs an assertion for each token.
#[derive(Debug)]
pub(super) struct Signed {
    pub(super) certificate: Certificate,
    pub(super) client_id: String,
    /// The token endpoint.
    pub(super) audience: String,
}

#[async_trait]
impl ClientAssertion for Signed {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        let signed = self.certificate.assertion(&self.client_id, &self.audience, Timestamp::now());
        Ok(signed.map_err(AssertionError::from)?)
    }
}

/// Reads the file again for each token, because Kubernetes renews it.
#[derive(Debug)]
pub(super) struct FromFile(pub(super) PathBuf);

#[async_trait]
impl ClientAssertion for FromFile {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        let path = || self.0.clone();
        let read = tokio::fs::read_to_string(&self.0).await;
        let text = read.map_err(|source| AssertionError::Unreadable { path: path(), source })?;
        match text.trim() {
            "" => Err(AssertionError::Empty(path()).into()),
            token => Ok(token.to_owned()),
        }
    }
}
