//! From an EntraTenant to a connection: endpoints, credentials, one HTTP client.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::core::v1::Secret;
use kube::{Api, ResourceExt};

use super::mailer::{self, MailParts};
use super::{Connection, Trouble};
use crate::api::conditions::{INVITATIONS_BLOCKED, is_true};
use crate::api::{ClientSecret, Cloud, EntraTenant};
use crate::controller::context::Context;
use crate::graph::{Clouds, Credential, Graph, Proof, Roots, TokenSource, http_client};

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
    let proof = match (&spec.credentials.client_secret, &spec.credentials.workload_identity) {
        (Some(secret), _) => client_secret(context, secret).await?,
        (None, Some(identity)) => Proof::WorkloadIdentity { client_id: identity.client_id.clone(), token_file: None },
        (None, None) => {
            return Err(trouble("NoCredentials", "Give spec.credentials one kind: clientSecret or workloadIdentity."));
        }
    };
    let mail = mailer::parts(context, spec.mail.as_ref()).await;
    let made_from = format!(
        "{roots:?} {ca_bundle:?} {} {:?} {:?} {:?} {:?} {:x}",
        digest(&proof),
        spec.defaults,
        spec.sweep.every,
        spec.pacing,
        spec.mode,
        hashed(&format!("{:?}", (spec.mail.as_ref(), mail.password())))
    );
    Ok(Parts { roots, ca_bundle, proof, mail, made_from })
}

/// Makes the connection. Nothing is called yet.
pub fn connection(context: &Context, tenant: &EntraTenant, parts: Parts) -> Result<Connection, Trouble> {
    let http =
        http_client(parts.ca_bundle.as_deref()).map_err(|error| trouble("InvalidCaBundle", format!("{error}.")))?;
    let credential = Credential {
        tenant_id: tenant.spec.tenant_id.clone(),
        roots: parts.roots.clone(),
        http: http.clone(),
        proof: parts.proof,
    };
    let graph = Graph::new(http, &parts.roots, TokenSource::new(credential), context.settings.timing.request_timeout)
        .metered(context.metrics.graph.of(&tenant.name_any()));
    let blocked = tenant.status.as_ref().is_some_and(|status| is_true(&status.conditions, INVITATIONS_BLOCKED));
    let mailer = mailer::mailer(parts.mail, context.settings.timing.request_timeout);
    Ok(Connection::new(parts.made_from, graph, &tenant.spec, mailer, blocked))
}

async fn client_secret(context: &Context, wanted: &ClientSecret) -> Result<Proof, Trouble> {
    let namespace = &context.settings.namespace;
    let (name, key) = (&wanted.secret_ref.name, &wanted.secret_ref.key);
    let api: Api<Secret> = Api::namespaced(context.client.clone(), namespace);
    let secret = match api.get_opt(name).await {
        Ok(Some(secret)) => secret,
        Ok(None) => {
            return Err(trouble(
                "SecretNotFound",
                format!(
                    "The Secret {namespace}/{name} does not exist. Make it: kubectl -n {namespace} create secret generic {name} --from-literal={key}=<the client secret's value>"
                ),
            ));
        }
        Err(kube::Error::Api(status)) if status.is_forbidden() => {
            return Err(trouble(
                "SecretForbidden",
                format!("The operator may not read the Secret {namespace}/{name}: {}", status.message),
            ));
        }
        Err(error) => {
            return Err(trouble("SecretUnreadable", format!("The Secret {namespace}/{name} cannot be read: {error}")));
        }
    };
    let bytes = secret.data.as_ref().and_then(|data| data.get(key)).ok_or_else(|| {
        let keys: Vec<&str> = secret.data.iter().flatten().map(|(key, _)| key.as_str()).collect();
        trouble(
            "SecretKeyMissing",
            format!(
                "The Secret {} has no key {key:?}; it has: {}. Name the right one in clientSecret.secretRef.key.",
                secret.name_any(),
                keys.join(", ")
            ),
        )
    })?;
    let text = String::from_utf8(bytes.0.clone())
        .map_err(|_| trouble("SecretUnreadable", format!("The key {key:?} of the Secret {name} is no text.")))?;
    match text.trim() {
        "" => Err(trouble(
            "SecretKeyMissing",
            format!("The key {key:?} of the Secret {name} is empty: put the client secret's value there."),
        )),
        secret => Ok(Proof::ClientSecret { client_id: wanted.client_id.clone(), secret: secret.to_owned() }),
    }
}

fn trouble(reason: &str, message: impl Into<String>) -> Trouble {
    Trouble { reason: reason.into(), message: message.into(), sign_in: true }
}

/// Tells one proof from another without keeping the secret in one more place.
fn digest(proof: &Proof) -> String {
    match proof {
        Proof::ClientSecret { client_id, secret } => format!("{client_id} {:x}", hashed(secret)),
        Proof::WorkloadIdentity { client_id, token_file } => format!("{client_id:?} {token_file:?}"),
    }
}

fn hashed(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
