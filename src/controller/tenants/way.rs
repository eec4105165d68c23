//! The way into a directory: its addresses, the certificates to trust and what the operator signs in with, read from the
//! EntraTenant and its Secrets. `guestlist check` goes the same way, so that it says what the operator would.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::proof;
use super::secrets::Secrets;
use crate::api::{Cloud, EntraTenantSpec, Reason};
use crate::graph::{Clouds, Credential, Graph, Http, Proof, Roots, TokenSource};
use crate::store::TenantTrouble;

/// How one directory is reached and signed in to.
pub struct Way {
    tenant_id: String,
    roots: Roots,
    ca_bundle: Option<Vec<u8>>,
    proof: Proof,
}

impl Way {
    /// Reads everything that it takes.
    ///
    /// # Errors
    /// What is wrong with the EntraTenant or its Secret, and how to put it right.
    pub async fn read(secrets: Secrets<'_>, spec: &EntraTenantSpec) -> Result<Self, TenantTrouble> {
        let endpoints = spec.endpoints.clone().unwrap_or_default();
        let roots = match (spec.cloud, &endpoints.graph, &endpoints.authority) {
            (Cloud::Custom, Some(graph), Some(authority)) => Roots::custom(graph, authority),
            (Cloud::Custom, ..) => {
                return Err(TenantTrouble::before_sign_in(
                    Reason::InvalidEndpoint,
                    "cloud: Custom needs endpoints.graph and endpoints.authority.",
                ));
            }
            (Cloud::Global, ..) => Roots::of(Clouds::Global),
            (Cloud::USGovernment, ..) => Roots::of(Clouds::UsGovernment),
            (Cloud::USGovernmentDoD, ..) => Roots::of(Clouds::UsGovernmentDod),
            (Cloud::China, ..) => Roots::of(Clouds::China),
        };
        let roots =
            roots.map_err(|error| TenantTrouble::before_sign_in(Reason::InvalidEndpoint, format!("{error}.")))?;
        let ca_bundle = match &endpoints.ca_bundle {
            None => None,
            Some(text) => {
                let compact: String = text.split_whitespace().collect();
                let pem = STANDARD.decode(compact);
                Some(pem.map_err(|error| {
                    TenantTrouble::before_sign_in(
                        Reason::InvalidCaBundle,
                        format!("endpoints.caBundle is no base64: {error}. Give PEM, base64 encoded."),
                    )
                })?)
            }
        };
        let proof = proof::proof(secrets, &spec.credentials).await?;
        Ok(Self { tenant_id: spec.tenant_id.clone(), roots, ca_bundle, proof })
    }

    /// A digest of everything, without the secret.
    pub fn digest(&self) -> String {
        format!("{:?} {:?} {}", self.roots, self.ca_bundle, proof::digest(&self.proof))
    }

    /// When the certificate expires that the operator signs in with.
    pub fn expires(&self) -> Option<Timestamp> {
        match &self.proof {
            Proof::ClientCertificate { certificate, .. } => Some(certificate.not_after),
            _ => None,
        }
    }

    /// Graph at its end. Nothing is called yet.
    ///
    /// # Errors
    /// When the certificates to trust cannot be read.
    pub fn graph(self, timeout: Duration) -> Result<Graph, TenantTrouble> {
        let http = Http::new(self.ca_bundle.as_deref())
            .map_err(|error| TenantTrouble::before_sign_in(Reason::InvalidCaBundle, format!("{error}.")))?;
        let (tenant_id, roots, proof) = (self.tenant_id, self.roots.clone(), self.proof);
        let credential = Credential { tenant_id, roots, http: http.shared.clone(), proof };
        Ok(Graph::new(http, &self.roots, TokenSource::new(credential), timeout))
    }
}
