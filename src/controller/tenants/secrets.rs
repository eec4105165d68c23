//! The Secrets that the sign-in is made from, read anew each time: a changed one makes another connection.

use k8s_openapi::api::core::v1::Secret;
use kube::{Api, Client};

use crate::api::Reason;
use crate::store::TenantTrouble;

/// Where the tenants' Secrets are.
#[derive(Clone, Copy)]
pub struct Secrets<'a> {
    /// The API server.
    pub client: &'a Client,
    /// The operator's own namespace.
    pub namespace: &'a str,
}

/// A Secret that was found, with its namespace and name for sentences.
pub struct FoundSecret {
    secret: Secret,
    /// Its kind, namespace and name.
    pub named: String,
}

/// Reads the Secret `name`. `make` is the rest of `kubectl create secret`, for one that does not exist.
///
/// # Errors
/// When it does not exist or cannot be read: what to do.
pub async fn read(secrets: Secrets<'_>, name: &str, make: &str) -> Result<FoundSecret, TenantTrouble> {
    let Secrets { client, namespace } = secrets;
    let named = format!("Secret {namespace}/{name}");
    let api: Api<Secret> = Api::namespaced(client.clone(), namespace);
    match api.get_opt(name).await {
        Ok(Some(secret)) => Ok(FoundSecret { secret, named }),
        Ok(None) => Err(TenantTrouble::before_sign_in(
            Reason::SecretNotFound,
            format!("The {named} does not exist. Make it: kubectl -n {namespace} create secret {make}"),
        )),
        Err(kube::Error::Api(status)) if status.is_forbidden() => Err(TenantTrouble::before_sign_in(
            Reason::SecretForbidden,
            format!("The operator may not read the {named}: {}", status.message),
        )),
        Err(error) => {
            Err(TenantTrouble::before_sign_in(Reason::SecretUnreadable, format!("The {named} cannot be read: {error}")))
        }
    }
}

impl FoundSecret {
    /// What is under `key`, which the field `field` of the EntraTenant names.
    ///
    /// # Errors
    /// When there is no such key: which ones there are.
    pub fn value(&self, key: &str, field: &str) -> Result<Vec<u8>, TenantTrouble> {
        let bytes = self.secret.data.as_ref().and_then(|data| data.get(key));
        bytes.map(|bytes| bytes.0.clone()).ok_or_else(|| {
            let keys: Vec<&str> = self.secret.data.iter().flatten().map(|(key, _)| key.as_str()).collect();
            let keys = if keys.is_empty() { "nothing".to_owned() } else { keys.join(", ") };
            let message =
                format!("The {} has no key {key:?}; it has: {keys}. Name the right one in {field}.", self.named);
            TenantTrouble::before_sign_in(Reason::SecretKeyMissing, message)
        })
    }
}
