//! How the operator signs in to a directory. Exactly one kind is given. Secrets are given only by the name of a Secret.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the operator signs in. Exactly one kind must be given.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("[has(self.workloadIdentity), has(self.managedIdentity), has(self.clientSecret), has(self.clientCertificate), has(self.azureCli)].filter(kind, kind).size() == 1").message("give exactly one kind of credentials: workloadIdentity, managedIdentity, clientSecret, clientCertificate or azureCli"))]
pub struct Credentials {
    /// The pod's own identity through Azure Workload Identity. No secret is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workload_identity: Option<WorkloadIdentity>,
    /// The identity of the node that the operator runs on, an Azure virtual machine. No secret is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_identity: Option<ManagedIdentity>,
    /// An application's secret, in a Secret of the operator's namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<ClientSecret>,
    /// An application's certificate and its key, in a Secret of the operator's namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_certificate: Option<ClientCertificate>,
    /// The account that is signed in to the Azure CLI where the operator runs, to try it out on a laptop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_cli: Option<AzureCli>,
}

/// The one kind that is given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CredentialKind<'c> {
    /// `workloadIdentity`.
    WorkloadIdentity(&'c WorkloadIdentity),
    /// `managedIdentity`.
    ManagedIdentity(&'c ManagedIdentity),
    /// `clientSecret`.
    ClientSecret(&'c ClientSecret),
    /// `clientCertificate`.
    ClientCertificate(&'c ClientCertificate),
    /// `azureCli`.
    AzureCli,
}

impl Credentials {
    /// The one kind that is given. Nothing if none is given, or more than one.
    pub fn kind(&self) -> Option<CredentialKind<'_>> {
        let kinds = [
            self.workload_identity.as_ref().map(CredentialKind::WorkloadIdentity),
            self.managed_identity.as_ref().map(CredentialKind::ManagedIdentity),
            self.client_secret.as_ref().map(CredentialKind::ClientSecret),
            self.client_certificate.as_ref().map(CredentialKind::ClientCertificate),
            self.azure_cli.map(|AzureCli {}| CredentialKind::AzureCli),
        ];
        let mut given = kinds.into_iter().flatten();
        given.next().filter(|_| given.next().is_none())
    }
}

/// The pod's own identity.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadIdentity {
    /// The application's (client) id. Default: the pod's `AZURE_CLIENT_ID`.
    #[schemars(length(min = 1, max = 64))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// The node's identity.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ManagedIdentity {
    /// The client id of a user-assigned identity. Default: the system-assigned one.
    #[schemars(length(min = 1, max = 64))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// An application's secret.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ClientSecret {
    /// The application's (client) id.
    #[schemars(length(min = 1, max = 64))]
    pub client_id: String,
    /// The Secret, in the operator's namespace.
    pub secret_ref: SecretKeyRef,
}

/// One key of a Secret in the operator's namespace.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct SecretKeyRef {
    /// The Secret's name.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// The key in the Secret.
    #[serde(default = "default_key")]
    #[schemars(length(min = 1, max = 253))]
    pub key: String,
}

fn default_key() -> String {
    "clientSecret".into()
}

/// An application's certificate.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ClientCertificate {
    /// The application's (client) id.
    #[schemars(length(min = 1, max = 64))]
    pub client_id: String,
    /// The Secret, in the operator's namespace.
    pub secret_ref: CertificateSecretRef,
}

/// A Secret with a certificate and its private key, in the operator's namespace.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct CertificateSecretRef {
    /// The Secret's name.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// The one key that holds both as PEM. Default: `tls.crt` and `tls.key`, as in a Secret of type kubernetes.io/tls.
    #[schemars(length(min = 1, max = 253))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// The account of `az login`. There is nothing to set.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AzureCli {}
