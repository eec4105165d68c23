//! From an EntraTenant to a connection: endpoints, credentials, one HTTP client.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use kube::ResourceExt;

use super::mailer::{self, MailParts};
use super::{Connection, Trouble, proof};
use crate::api::conditions::{INVITATIONS_BLOCKED, Truth, is_true};
use crate::api::{Cloud, EntraTenant};
use crate::controller::context::Context;
use crate::graph::{Clouds, Credential, Graph, Http, Proof, Roots, TokenSource};

/// What a connection is made from. Equal parts make equal connections.
pub struct Parts {
    roots: Roots,
    ca_bundle: Option<Vec<u8>>,
    proof: Proof,
    mail: MailParts,
    /// A digest of everything, to tell whether the connection at hand still fits.
    pub made_from: String,
}

/// Reads everything that the connection needs.
pub async fn parts(context: &Context, tenant: &EntraTenant) -> Result<Parts, Trouble> {
    let spec = &tenant.spec;
    let endpoints = spec.endpoints.clone().unwrap_or_default();
    let roots = match (spec.cloud, &endpoints.graph, &endpoints.authority) {
        (Cloud::Custom, Some(graph), Some(authority)) => Roots::custom(graph, authority),
        (Cloud::Custom, ..) => {
            return Err(trouble("InvalidEndpoint", "cloud: Custom needs endpoints.graph and endpoints.authority."));
        }
        (Cloud::Global, ..) => Roots::of(Clouds::Global),
        (Cloud::USGovernment, ..) => Roots::of(Clouds::UsGovernment),
        (Cloud::USGovernmentDoD, ..) => Roots::of(Clouds::UsGovernmentDod),
        (Cloud::China, ..) => Roots::of(Clouds::China),
    };
    let roots = roots.map_err(|error| trouble("InvalidEndpoint", format!("{error}.")))?;
    let ca_bundle = match &endpoints.ca_bundle {
        None => None,
        Some(text) => {
            let compact: String = text.split_whitespace().collect();
            let pem = STANDARD.decode(compact);
            Some(pem.map_err(|error| {
                trouble(
                    "InvalidCaBundle",
                    format!("endpoints.caBundle is no base64: {error}. Give PEM, base64 encoded."),
                )
            })?)
        }
    };
    let proof = proof::proof(context, &spec.credentials).await?;
    let mail = mailer::parts(context, spec.mail.as_ref()).await;
    let made_from = format!(
        "{roots:?} {ca_bundle:?} {} {:?} {:?} {:?} {:?} {:x}",
        proof::digest(&proof),
        spec.defaults,
        spec.sweep.every,
        spec.pacing,
        spec.mode,
        proof::hashed(&format!("{:?}", (spec.mail.as_ref(), mail.password())))
    );
    Ok(Parts { roots, ca_bundle, proof, mail, made_from })
}

/// Makes the connection. Nothing is called yet.
pub fn connection(context: &Context, tenant: &EntraTenant, parts: Parts) -> Result<Connection, Trouble> {
    let http =
        Http::new(parts.ca_bundle.as_deref()).map_err(|error| trouble("InvalidCaBundle", format!("{error}.")))?;
    let expires = match &parts.proof {
        Proof::ClientCertificate { certificate, .. } => Some(certificate.not_after),
        _ => None,
    };
    let credential = Credential {
        tenant_id: tenant.spec.tenant_id.clone(),
        roots: parts.roots.clone(),
        http: http.shared.clone(),
        proof: parts.proof,
    };
    let graph = Graph::new(http, &parts.roots, TokenSource::new(credential), context.settings.timing.request_timeout)
        .metered(context.metrics.graph.of(&tenant.name_any()));
    let blocked = tenant.status.as_ref().is_some_and(|status| is_true(&status.conditions, INVITATIONS_BLOCKED));
    let mailer = mailer::mailer(parts.mail, context.settings.timing.request_timeout);
    Ok(Connection::new(parts.made_from, graph, &tenant.spec, mailer, expires, blocked))
}

/// Trouble with what the sign-in is made from.
pub fn trouble(reason: &str, message: impl Into<String>) -> Trouble {
    Trouble { reason: reason.into(), message: message.into(), signed_in: Truth::False }
}
