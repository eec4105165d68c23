//! What azure_identity hands to Entra as the proof: signed by our certificate, or read from the file of a ServiceAccount.
//! Each token gets a new one. The library's own credential for the file would keep what it read for ten minutes.

use std::path::PathBuf;

use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use jiff::Timestamp;

use super::certificate::Certificate;

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
        self.certificate
            .assertion(&self.client_id, &self.audience, Timestamp::now())
            .map_err(|error| Error::with_message(ErrorKind::Credential, error.to_string()))
    }
}

/// Reads the file for each token: Kubernetes renews it.
#[derive(Debug)]
pub(super) struct FromFile(pub(super) PathBuf);

#[async_trait]
impl ClientAssertion for FromFile {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        let wrong = |why: String| {
            let message = format!("The ServiceAccount's token in {} {why}", self.0.display());
            Error::with_message(ErrorKind::Credential, message)
        };
        let read = tokio::fs::read_to_string(&self.0).await;
        let text = read.map_err(|error| wrong(format!("cannot be read: {error}.")))?;
        match text.trim() {
            "" => Err(wrong("is empty.".into())),
            token => Ok(token.to_owned()),
        }
    }
}
