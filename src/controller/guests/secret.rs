//! The Secret that keeps a redeem link: whoever has the link can accept in the guest's place, so it is written nowhere else.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::api::PostParams;
use kube::{Api, ResourceExt};

use crate::api::{Explanation, REDEEM_URL_KEY, REDEEM_URL_TYPE, Reason};
use crate::controller::context::Context;
use crate::controller::status::TIMEOUT;
use crate::graph::RedeemUrl;
use crate::store::KnownClaim;

/// Whose a Secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// The operator made it for this very GuestInvitation.
    Ours,
    /// The operator made it for one of the same name that is gone. The garbage collector has not come to it yet. Its link may be
    /// another guest's, so nobody reads it.
    Left,
    /// Somebody else's.
    Others,
}

/// Keeps `link` in the Secret `name`, which is made if it is not there. A Secret that is somebody else's is left alone.
///
/// # Errors
/// When the Secret is not ours, or the API server does not let it be written.
pub async fn keep(context: &Context, guest: &KnownClaim, name: &str, link: &RedeemUrl) -> Result<(), Explanation> {
    let api = api(context, guest);
    let data = BTreeMap::from([(REDEEM_URL_KEY.to_owned(), ByteString(link.expose().as_bytes().to_vec()))]);
    let written = match read(&api, name).await? {
        Some(mut current) => {
            if whose(&current, guest) == Whose::Others {
                return Err(foreign(name));
            }
            current.metadata.owner_references = Some(vec![guest.owner_ref()]);
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
        Some(current) if whose(&current, guest) == Whose::Others => Err(foreign(name)),
        _ => Ok(()),
    }
}

/// The link in the Secret `name`; nothing when it is not there.
///
/// # Errors
/// When the Secret is not ours, or the API server does not let it be read.
pub async fn link(context: &Context, guest: &KnownClaim, name: &str) -> Result<Option<String>, Explanation> {
    let Some(secret) = read(&api(context, guest), name).await? else { return Ok(None) };
    match whose(&secret, guest) {
        Whose::Ours => {}
        Whose::Left => return Ok(None),
        Whose::Others => return Err(foreign(name)),
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

fn whose(secret: &Secret, guest: &KnownClaim) -> Whose {
    let owners = secret.owner_references();
    if secret.type_.as_deref() != Some(REDEEM_URL_TYPE) {
        return Whose::Others;
    }
    if owners.iter().any(|owner| owner.uid == guest.uid) {
        return Whose::Ours;
    }
    let own = guest.owner_ref();
    let of_our_name = |owner: &OwnerReference| owner.kind == own.kind && owner.name == own.name;
    if !owners.is_empty() && owners.iter().all(of_our_name) { Whose::Left } else { Whose::Others }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::GuestInvitation;

    /// Found by random lives: a GuestInvitation was deleted and declared again. While the first one's Secret was still there, the second one
    /// said that the Secret was not its own, and nobody was mailed.
    #[test]
    fn a_secret_that_an_earlier_one_of_the_name_has_left_is_taken_over_and_never_read() {
        let guest = |name: &str, uid: &str| {
            let spec = serde_json::from_value(serde_json::json!({"email": "guest@example.com"})).unwrap();
            let mut guest = GuestInvitation::new(name, spec);
            guest.metadata.uid = Some(uid.into());
            KnownClaim::of(&guest)
        };
        let secret = |kind: &str, owners: &[KnownClaim]| Secret {
            type_: Some(kind.into()),
            metadata: ObjectMeta {
                owner_references: Some(owners.iter().map(KnownClaim::owner_ref).collect()),
                ..ObjectMeta::default()
            },
            ..Secret::default()
        };
        let (now, before, other) = (guest("ann", "2"), guest("ann", "1"), guest("bob", "3"));
        for (kind, owners, expected) in [
            (REDEEM_URL_TYPE, vec![now.clone()], Whose::Ours),
            (REDEEM_URL_TYPE, vec![before.clone()], Whose::Left),
            (REDEEM_URL_TYPE, vec![other.clone()], Whose::Others),
            (REDEEM_URL_TYPE, vec![before.clone(), other], Whose::Others),
            (REDEEM_URL_TYPE, vec![], Whose::Others),
            ("Opaque", vec![now.clone()], Whose::Others),
            ("Opaque", vec![before], Whose::Others),
        ] {
            assert_eq!(whose(&secret(kind, &owners), &now), expected, "{kind}, {owners:?}");
        }
    }
}
