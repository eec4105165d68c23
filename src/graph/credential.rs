//! What the operator signs in with, through azure_identity, over the same HTTP client as Graph's.

use std::path::PathBuf;
use std::sync::Arc;

use azure_core::cloud::CustomConfiguration;
use azure_core::credentials::{Secret, TokenCredential};
use azure_core::http::{ClientOptions, RetryOptions, Transport};
use azure_identity::{
    ClientAssertionCredentialOptions, ClientSecretCredential, ClientSecretCredentialOptions,
    WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};

use super::Roots;

/// A way to sign in to one tenant.
#[derive(Clone)]
pub struct Credential {
    /// The directory's id.
    pub tenant_id: String,
    /// The cloud's roots.
    pub roots: Roots,
    /// The HTTP client, shared with Graph's calls.
    pub http: reqwest::Client,
    /// The proof.
    pub proof: Proof,
}

/// What proves who the operator is.
#[derive(Clone)]
pub enum Proof {
    /// An application's secret.
    ClientSecret {
        /// The application's (client) id.
        client_id: String,
        /// The secret itself.
        secret: String,
    },
    /// A token of the pod's ServiceAccount, in a file that Kubernetes renews.
    WorkloadIdentity {
        /// The application's (client) id; `AZURE_CLIENT_ID` if absent.
        client_id: Option<String>,
        /// The file; `AZURE_FEDERATED_TOKEN_FILE` if absent.
        token_file: Option<PathBuf>,
    },
}

/// The credential cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the credential cannot be used: {0}")]
pub struct CredentialError(String);

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("tenant_id", &self.tenant_id).finish_non_exhaustive()
    }
}

impl Credential {
    /// The scope that its tokens are for.
    pub fn scope(&self) -> String {
        self.roots.scope()
    }

    /// Makes azure_identity's part, new at each call: its cache cannot be told that a token was refused.
    ///
    /// # Errors
    /// When an id is malformed, or the token file is not there.
    pub fn signer(&self) -> Result<Arc<dyn TokenCredential>, CredentialError> {
        let wrong = |error: azure_core::Error| CredentialError(error.to_string());
        match &self.proof {
            Proof::ClientSecret { client_id, secret } => {
                let options = ClientSecretCredentialOptions { client_options: self.options() };
                let secret = Secret::new(secret.clone());
                let made = ClientSecretCredential::new(&self.tenant_id, client_id.clone(), secret, Some(options));
                Ok(made.map_err(wrong)? as Arc<dyn TokenCredential>)
            }
            Proof::WorkloadIdentity { client_id, token_file } => {
                let options = WorkloadIdentityCredentialOptions {
                    credential_options: ClientAssertionCredentialOptions { client_options: self.options() },
                    client_id: client_id.clone(),
                    tenant_id: Some(self.tenant_id.clone()),
                    token_file_path: token_file.clone(),
                };
                Ok(WorkloadIdentityCredential::new(Some(options)).map_err(wrong)? as Arc<dyn TokenCredential>)
            }
        }
    }

    /// No retries here: the library's default waits 80 seconds on a broken sign-in and then hides its answer.
    fn options(&self) -> ClientOptions {
        let mut cloud = CustomConfiguration::default();
        cloud.authority_host = self.roots.authority.as_str().trim_end_matches('/').to_owned();
        ClientOptions {
            retry: RetryOptions::none(),
            transport: Some(Transport::new(Arc::new(self.http.clone()))),
            cloud: Some(Arc::new(cloud.into())),
            ..ClientOptions::default()
        }
    }
}
