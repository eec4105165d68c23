//! The EntraTenant of a world, with the Secret that it signs in by.
//! A test changes the fields it is about; the addresses are the simulator's.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use url::Url;

use crate::{Error, Result, operator::NAMESPACE};

/// What an EntraTenant is applied with.
#[derive(Debug, Clone)]
pub struct TenantManifest {
    /// Its name.
    pub name: String,
    /// The directory's id.
    pub tenant_id: String,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: String,
    /// How often the directory is listed.
    pub sweep_every: String,
    /// Invitations a minute.
    pub per_minute: u32,
    /// Invitations at once.
    pub burst: u32,
    /// Laid over the spec at the end, as a JSON merge patch is.
    pub more: Value,
}

impl Default for TenantManifest {
    fn default() -> Self {
        let tenant = entra_simulator::TenantConfig::default();
        let app = tenant.apps.first().cloned().unwrap_or_default();
        Self {
            name: "default".into(),
            tenant_id: tenant.id,
            client_id: app.client_id,
            client_secret: app.secrets.first().map(|secret| secret.value.clone()).unwrap_or_default(),
            sweep_every: "2s".into(),
            per_minute: 600,
            burst: 50,
            more: Value::Null,
        }
    }
}

impl TenantManifest {
    /// The Secret and the EntraTenant, as two documents. Graph and the sign-in are at one address.
    pub fn yaml(&self, entra: &Url, ca_pem: &str) -> Result<String> {
        let secret_name = format!("entra-{}", self.name);
        let secret = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": { "name": secret_name, "namespace": NAMESPACE },
            "stringData": { "client-secret": self.client_secret },
        });
        let mut spec = json!({
            "tenantId": self.tenant_id,
            "cloud": "Custom",
            "endpoints": {
                "graph": bare(entra),
                "authority": bare(entra),
                "caBundle": BASE64_STANDARD.encode(ca_pem),
            },
            "credentials": { "clientSecret": {
                "clientId": self.client_id,
                "secretRef": { "name": secret_name, "key": "client-secret" },
            }},
            // As a guest, everybody may be invited with all that goes with it; who tests a rule gives another.
            "access": [{ "redeemAs": "Allowed", "redeemLinks": "Allowed", "profile": ["*"] }],
            "defaults": { "redirectUrl": "https://myapps.microsoft.com", "language": "en-US", "delivery": "Microsoft" },
            // A story is not to wait for a sweep of everybody.
            "sweep": { "every": self.sweep_every, "settledEvery": self.sweep_every },
            // A story ends more people in an hour than anybody would by mistake, and mails the same person again and again.
            "pacing": {
                "perMinute": self.per_minute,
                "burst": self.burst,
                "endsPerHour": 1000,
                "perGuest": { "interval": "0s", "perDay": 100 },
            },
        });
        lay_over(&mut spec, &self.more);
        let tenant = json!({
            "apiVersion": "guestlist.dev/v1alpha1",
            "kind": "EntraTenant",
            "metadata": { "name": self.name },
            "spec": spec,
        });
        let text = |value: &Value| {
            serde_saphyr::to_string(value).map_err(|error| Error::Manifest {
                what: format!("the EntraTenant {}", self.name),
                why: error.to_string(),
            })
        };
        Ok(format!("{}\n---\n{}", text(&secret)?, text(&tenant)?))
    }
}

/// A URL as a person writes it, without the slash at its end.
fn bare(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

/// Lays `patch` over `target`, as a JSON merge patch is (RFC 7396).
pub fn lay_over(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else { return };
    for (name, change) in patch {
        match change {
            Value::Null => {
                if let Some(object) = target.as_object_mut() {
                    object.remove(name);
                }
            }
            Value::Object(_) if target[name].is_object() => lay_over(&mut target[name], change),
            other => target[name] = other.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_laid_over_the_spec() {
        let mut spec = json!({ "a": { "b": 1, "c": 2 }, "d": 3 });
        lay_over(&mut spec, &json!({ "a": { "b": 9 }, "d": null, "e": [1] }));
        assert_eq!(spec, json!({ "a": { "b": 9, "c": 2 }, "e": [1] }));
    }

    #[test]
    fn the_manifest_is_two_documents_that_parse() {
        let url = Url::parse("https://127.0.0.1:1/").unwrap();
        let yaml = TenantManifest::default().yaml(&url, "-----BEGIN CERTIFICATE-----\n").unwrap();
        let documents: Vec<Value> = serde_saphyr::from_multiple(&yaml).unwrap();
        assert_eq!(documents[1]["spec"]["endpoints"]["graph"], "https://127.0.0.1:1");
    }
}
