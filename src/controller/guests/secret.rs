//! The Secret that keeps a redeem link: whoever has the link can accept in the guest's place, so it is written nowhere else.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::PostParams;
use kube::{Api, ResourceExt};

use crate::api::{Explanation, REDEEM_URL_KEY, REDEEM_URL_TYPE, Reason};
use crate::controller::context::Context;
use crate::controller::status::TIMEOUT;
use crate::graph::RedeemUrl;
use crate::store::KnownClaim;

/// Keeps `link` in the Secret `name`, which is made if it is not there. A Secret that is not ours is left alone.
///
/// # Errors
/// When the Secret is not ours, or the API server does not let it be written.
pub async fn keep(context: &Context, guest: &KnownClaim, name: &str, link: &RedeemUrl) -> Result<(), Explanation> {
    let api = api(context, guest);
    let data = BTreeMap::from([(REDEEM_URL_KEY.to_owned(), ByteString(link.expose().as_bytes().to_vec()))]);
    let written = match read(&api, name).await? {
        Some(mut current) => {
            if !ours(&current, guest) {
                return Err(foreign(name));
            }
            current.data = Some(data);
            tokio::time::timeout(TIMEOUT, api.replace(name, &PostParams::default(), &current)).await
        }
        None => {
            let secret = Secret {
                metadata: ObjectMeta {
                    name: Some(name.to_owned()),
                    owner_references: Some(vec![guest.owner_ref()]),
                    ..ObjectMeta::default()
                },
                type_: Some(REDEEM_URL_TYPE.into()),
                data: Some(data),
                ..Secret::default()
            };
            tokio::time::timeout(TIMEOUT, api.create(&PostParams::default(), &secret)).await
        }
    };
    match written {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(refused(name, &error)),
        Err(_) => Err(unwritable(name, "the API server did not answer in time")),
    }
}

/// Whether the Secret `to` has the link, if need be copied there from the one that had it before.
///
/// # Errors
/// When the Secret is not ours, or the API server does not let it be read or written.
pub async fn moved(context: &Context, guest: &KnownClaim, from: Option<&str>, to: &str) -> Result<bool, Explanation> {
    if link(context, guest, to).await?.is_some() {
        return Ok(true);
    }
    let Some(from) = from else { return Ok(false) };
    match link(context, guest, from).await? {
        Some(old) => keep(context, guest, to, &RedeemUrl::from(old)).await.map(|()| true),
        None => Ok(false),
    }
}

/// Whether `name` can keep a link of this guest: asked before Graph makes one, because it cannot be fetched again.
///
/// # Errors
/// When the Secret is not ours, or the API server does not let it be read.
pub async fn check(context: &Context, guest: &KnownClaim, name: &str) -> Result<(), Explanation> {
    match read(&api(context, guest), name).await? {
        Some(current) if !ours(&current, guest) => Err(foreign(name)),
        _ => Ok(()),
    }
}

/// The link in the Secret `name`; nothing when it is not there.
///
/// # Errors
/// When the Secret is not ours, or the API server does not let it be read.
pub async fn link(context: &Context, guest: &KnownClaim, name: &str) -> Result<Option<String>, Explanation> {
    let Some(secret) = read(&api(context, guest), name).await? else { return Ok(None) };
    if !ours(&secret, guest) {
        return Err(foreign(name));
    }
    let bytes = secret.data.as_ref().and_then(|data| data.get(REDEEM_URL_KEY)).map(|bytes| bytes.0.clone());
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|link| !link.is_empty()))
}

fn api(context: &Context, guest: &KnownClaim) -> Api<Secret> {
    Api::namespaced(context.client.clone(), &guest.key.namespace)
}

async fn read(api: &Api<Secret>, name: &str) -> Result<Option<Secret>, Explanation> {
    match tokio::time::timeout(TIMEOUT, api.get_opt(name)).await {
        Ok(Ok(secret)) => Ok(secret),
        Ok(Err(error)) => Err(refused(name, &error)),
        Err(_) => Err(unwritable(name, "the API server did not answer in time")),
    }
}

fn ours(secret: &Secret, guest: &KnownClaim) -> bool {
    secret.type_.as_deref() == Some(REDEEM_URL_TYPE)
        && secret.owner_references().iter().any(|owner| owner.uid == guest.uid)
}

fn foreign(name: &str) -> Explanation {
    let message = format!(
        "The Secret {name} exists and is not this invitation's, so the redeem link is not put there. Name another one in spec.redeemUrlSecretRef, or delete it."
    );
    Explanation::new(Reason::SecretNotOurs, message)
}

fn refused(name: &str, error: &kube::Error) -> Explanation {
    match error {
        kube::Error::Api(status) if status.is_forbidden() => {
            let message = format!(
                "The operator may not keep the Secret {name}: {}. The chart's value redeemLinkSecrets.enabled gives it that right. It is tried again.",
                status.message
            );
            Explanation::new(Reason::SecretUnwritable, message)
        }
        kube::Error::Api(status) => unwritable(name, &status.message),
        other => unwritable(name, &other.to_string()),
    }
}

fn unwritable(name: &str, why: &str) -> Explanation {
    Explanation::new(Reason::SecretUnwritable, format!("The Secret {name} cannot be kept: {why}. It is tried again."))
}
