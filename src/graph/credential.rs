//! The credential that the operator signs in with, through azure_identity. It uses the same HTTP client as the calls to
//! Graph.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use azure_core::cloud::CustomConfiguration;
use azure_core::credentials::{Secret, TokenCredential};
use azure_core::http::{ClientOptions, HttpClient, RetryOptions, Transport};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, ClientAssertion, ClientAssertionCredential,
    ClientAssertionCredentialOptions, ClientSecretCredential, ClientSecretCredentialOptions, ManagedIdentityCredential,
    ManagedIdentityCredentialOptions, UserAssignedId,
};

use super::Roots;
use super::assertion::{FromFile, Signed};
use super::azure_cli::Az;
use super::certificate::Certificate;
use super::sign_in_http::SignInHttp;

/// The metadata service runs on the node itself. If no connection opens within this time, there is none.
const METADATA_CONNECT: Duration = Duration::from_secs(3);

/// The credential for one tenant.
#[derive(Clone)]
pub struct Credential {
    /// The directory's id.
    pub tenant_id: String,
    /// The base addresses of the cloud.
    pub roots: Roots,
    /// The HTTP client. Calls to Graph use it too.
    pub http: reqwest::Client,
    /// The proof of the operator's identity.
    pub proof: Proof,
}

/// How the operator proves its identity.
#[derive(Clone)]
pub enum Proof {
    /// A client secret of an application.
    ClientSecret {
        /// The application's (client) id.
        client_id: String,
        /// The secret itself.
        secret: String,
    },
    /// A certificate of an application. Its key signs client assertions.
    ClientCertificate {
        /// The application's (client) id.
        client_id: String,
        /// The certificate with its key.
        certificate: Certificate,
    },
    /// A token of the pod's ServiceAccount, in a file that Kubernetes renews.
    WorkloadIdentity {
        /// The application's (client) id; `AZURE_CLIENT_ID` if absent.
        client_id: Option<String>,
        /// The file; `AZURE_FEDERATED_TOKEN_FILE` if absent.
        token_file: Option<PathBuf>,
    },
    /// A managed identity of the virtual machine, from its metadata service.
    ManagedIdentity {
        /// The client id of a user-assigned identity; the system-assigned one if absent.
        client_id: Option<String>,
    },
    /// The account that is signed in to the Azure CLI.
    AzureCli,
}

/// Why no credential can be made.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// azure_identity refuses an argument.
    #[error("the credential cannot be used: {0}")]
    Unusable(#[from] azure_core::Error),
    /// The pod lacks a variable that Azure's webhook for workload identity sets.
    #[error("The operator's pod has no {0}.")]
    NotInPod(&'static str),
    /// No HTTP client can be made for the metadata service.
    #[error("no HTTP client for the metadata service: {0}")]
    Client(#[from] reqwest::Error),
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("tenant_id", &self.tenant_id).finish_non_exhaustive()
    }
}

impl Credential {
    /// The scope to request tokens for.
    pub fn scope(&self) -> String {
        self.roots.scope()
    }

    /// Makes a new azure_identity credential for each token. The library's cache does not know that Graph refused a
    /// token. It returns the same token until five minutes before it expires.
    ///
    /// # Errors
    /// When an id is malformed, or the pod lacks a setting of workload identity.
    pub fn signer(&self) -> Result<Arc<dyn TokenCredential>, CredentialError> {
        Ok(match &self.proof {
            Proof::ClientSecret { client_id, secret } => {
                let options =
                    ClientSecretCredentialOptions { client_options: self.options(SignInHttp(self.http.clone())) };
                let secret = Secret::new(secret.clone());
                ClientSecretCredential::new(&self.tenant_id, client_id.clone(), secret, Some(options))?
            }
            Proof::ClientCertificate { client_id, certificate } => {
                let (certificate, audience) = (certificate.clone(), self.token_endpoint());
                self.by_assertion(client_id, Signed { certificate, client_id: client_id.clone(), audience })?
            }
            Proof::WorkloadIdentity { client_id, token_file } => {
                let client_id = client_id.clone().map_or_else(|| from_pod("AZURE_CLIENT_ID"), Ok)?;
                let file = match token_file {
                    Some(file) => file.clone(),
                    None => from_pod("AZURE_FEDERATED_TOKEN_FILE")?.into(),
                };
                self.by_assertion(&client_id, FromFile(file))?
            }
            Proof::ManagedIdentity { client_id } => {
                let options = ManagedIdentityCredentialOptions {
                    user_assigned_id: client_id.clone().map(UserAssignedId::ClientId),
                    client_options: self.options(metadata_client()?),
                };
                ManagedIdentityCredential::new(Some(options))?
            }
            Proof::AzureCli => {
                let options = AzureCliCredentialOptions {
                    tenant_id: Some(self.tenant_id.clone()),
                    executor: Some(Arc::new(Az)),
                    ..AzureCliCredentialOptions::default()
                };
                AzureCliCredential::new(Some(options))?
            }
        })
    }

    fn by_assertion<A: ClientAssertion + 'static>(
        &self,
        client_id: &str,
        assertion: A,
    ) -> Result<Arc<dyn TokenCredential>, CredentialError> {
        let options = ClientAssertionCredentialOptions { client_options: self.options(SignInHttp(self.http.clone())) };
        Ok(ClientAssertionCredential::new(self.tenant_id.clone(), client_id.into(), assertion, Some(options))?)
    }

    fn authority(&self) -> &str {
        self.roots.authority.as_str().trim_end_matches('/')
    }

    fn token_endpoint(&self) -> String {
        format!("{}/{}/oauth2/v2.0/token", self.authority(), self.tenant_id)
    }

    /// Turns retries off. The library's default waits 80 seconds on a failing sign-in and then hides the answer.
    fn options(&self, http: impl HttpClient + 'static) -> ClientOptions {
        let mut cloud = CustomConfiguration::default();
        cloud.authority_host = self.authority().to_owned();
        ClientOptions {
            retry: RetryOptions::none(),
            transport: Some(Transport::new(Arc::new(http))),
            cloud: Some(Arc::new(cloud.into())),
            ..ClientOptions::default()
        }
    }
}

impl Proof {
    /// The service that checks the proof, for messages.
    pub(super) fn shown_to(&self) -> &'static str {
        match self {
            Self::ManagedIdentity { .. } => "the node's metadata service",
            Self::AzureCli => "the Azure CLI",
            _ => "the sign-in",
        }
    }

    /// What to do when the sign-in is refused without an error number of Entra.
    pub(super) fn when_refused(&self) -> &'static str {
        match self {
            Self::ManagedIdentity { client_id: Some(_) } => {
                "Assign that identity to the virtual machines of this cluster, or put managedIdentity.clientId right."
            }
            Self::ManagedIdentity { client_id: None } => {
                "Give the virtual machines of this cluster a system-assigned identity, or name a user-assigned one in managedIdentity.clientId."
            }
            Self::AzureCli => "The operator has to run where az is installed and az login was done for this directory.",
            Self::WorkloadIdentity { .. } => {
                "Check that the operator's pod has the label azure.workload.identity/use: \"true\", and its ServiceAccount the annotation azure.workload.identity/client-id."
            }
            Self::ClientSecret { .. } | Self::ClientCertificate { .. } => "Check the credentials of the EntraTenant.",
        }
    }
}

fn from_pod(variable: &'static str) -> Result<String, CredentialError> {
    std::env::var(variable).ok().filter(|value| !value.is_empty()).ok_or(CredentialError::NotInPod(variable))
}

/// A client without a proxy. Behind a proxy the metadata address means another machine.
fn metadata_client() -> Result<reqwest::Client, CredentialError> {
    Ok(reqwest::Client::builder()
        .no_proxy()
        .connect_timeout(METADATA_CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .build()?)
}
