//! A Secret that keeps a redeem link: whoever has the link can accept in the guest's place, so it is written nowhere else.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::api::PostParams;
use kube::{Api, ResourceExt};

use crate::api::{Explanation, REDEEM_URL_KEY, REDEEM_URL_TYPE, Reason};
use crate::controller::context::{Context, MANAGER};
use crate::controller::status::TIMEOUT;
use crate::graph::RedeemUrl;
use crate::store::{KnownClaim, KnownGuest};

/// The label of everything that the operator makes.
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

/// A Secret for a redeem link, which goes with its owner.
pub struct LinkSecret {
    api: Api<Secret>,
    name: String,
    owner: OwnerReference,
    whose: Whose,
}

/// For whom the link is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// For the operator, which mails it: in its own namespace.
    Operators,
    /// For the team: a copy beside the claim.
    Teams,
}

impl LinkSecret {
    /// The Secret of the operator's own namespace that has the link of `person`.
    pub fn own(context: &Context, person: &KnownGuest) -> Self {
        Self {
            api: Api::namespaced(context.client.clone(), &context.settings.namespace),
            name: format!("{}-redeem-url", person.name),
            owner: person.owner_ref(),
            whose: Whose::Operators,
        }
    }

    /// The Secret `name` beside `claim`.
    pub fn copy(context: &Context, claim: &KnownClaim, name: &str) -> Self {
        Self {
            api: Api::namespaced(context.client.clone(), &claim.key.namespace),
            name: name.to_owned(),
            owner: claim.owner_ref(),
            whose: Whose::Teams,
        }
    }

    /// Keeps `link`. The Secret is made if it is not there. One that is not ours is left alone.
    ///
    /// # Errors
    /// When the Secret is not ours, or the API server does not let it be written.
    pub async fn keep(&self, link: &RedeemUrl) -> Result<(), Explanation> {
        let data = BTreeMap::from([(REDEEM_URL_KEY.to_owned(), ByteString(link.expose().as_bytes().to_vec()))]);
        let params = PostParams::default();
        let written = match self.read().await? {
            Some(mut current) => {
                current.data = Some(data);
                // A Guest that was restored has another uid.
                current.metadata.owner_references = Some(vec![self.owner.clone()]);
                tokio::time::timeout(TIMEOUT, self.api.replace(&self.name, &params, &current)).await
            }
            None => {
                let secret = Secret {
                    metadata: ObjectMeta {
                        name: Some(self.name.clone()),
                        labels: Some(BTreeMap::from([(MANAGED_BY.to_owned(), MANAGER.to_owned())])),
                        owner_references: Some(vec![self.owner.clone()]),
                        ..ObjectMeta::default()
                    },
                    type_: Some(REDEEM_URL_TYPE.into()),
                    data: Some(data),
                    ..Secret::default()
                };
                tokio::time::timeout(TIMEOUT, self.api.create(&params, &secret)).await
            }
        };
        match written {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(self.refused(&error)),
            Err(_) => Err(self.unwritable(LATE)),
        }
    }

    /// Whether the Secret can keep a link: asked before Graph makes one, because it cannot be fetched again.
    ///
    /// # Errors
    /// When the Secret is not ours, or the API server does not let it be read.
    pub async fn check(&self) -> Result<(), Explanation> {
        self.read().await.map(|_| ())
    }

    /// The link in the Secret; nothing when it is not there.
    ///
    /// # Errors
    /// When the Secret is not ours, or the API server does not let it be read.
    pub async fn link(&self) -> Result<Option<RedeemUrl>, Explanation> {
        let own = |secret: &Secret| {
            self.whose == Whose::Operators || secret.owner_references().iter().any(|owner| owner.uid == self.owner.uid)
        };
        // What an earlier one has left may be another guest's link.
        let Some(secret) = self.read().await?.filter(own) else { return Ok(None) };
        let bytes = secret.data.and_then(|mut data| data.remove(REDEEM_URL_KEY)).map(|bytes| bytes.0);
        let link = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|link| !link.is_empty());
        Ok(link.map(RedeemUrl::from))
    }

    /// The link in the Secret, to be copied from there; nothing where the Secret is not there, or is not ours.
    ///
    /// # Errors
    /// When the API server does not let it be read.
    pub async fn link_to_copy(&self) -> Result<Option<RedeemUrl>, Explanation> {
        match self.link().await {
            Err(trouble) if trouble.reason == Reason::SecretNotOurs => Ok(None),
            read => read,
        }
    }

    /// The Secret, if it is there and ours.
    async fn read(&self) -> Result<Option<Secret>, Explanation> {
        let read = match tokio::time::timeout(TIMEOUT, self.api.get_opt(&self.name)).await {
            Ok(Ok(secret)) => secret,
            Ok(Err(error)) => return Err(self.refused(&error)),
            Err(_) => return Err(self.unwritable(LATE)),
        };
        match read {
            Some(secret) if !self.is_ours(&secret) => Err(self.foreign()),
            read => Ok(read),
        }
    }

    /// In the operator's own namespace only the platform team can have made one of our type, and what is in it is checked by its digest.
    fn is_ours(&self, secret: &Secret) -> bool {
        let is_a_link = secret.type_.as_deref() == Some(REDEEM_URL_TYPE);
        is_a_link && (self.whose == Whose::Operators || is_of(&self.owner, secret.owner_references()))
    }

    fn foreign(&self) -> Explanation {
        let name = &self.name;
        let message = match self.whose {
            Whose::Teams => format!(
                "The Secret {name} exists and is not this invitation's, so the redeem link is not put there, and no mail leaves until it can be. Name another one in spec.redeemUrlSecretRef, or delete it."
            ),
            Whose::Operators => format!(
                "The Secret {name} of the operator's namespace exists and is not one for redeem links, so nothing is mailed. Whoever runs the operator has to delete it."
            ),
        };
        Explanation::new(Reason::SecretNotOurs, message)
    }

    fn refused(&self, error: &kube::Error) -> Explanation {
        match error {
            kube::Error::Api(status) if status.is_forbidden() => {
                let (what, switch) = match self.whose {
                    Whose::Teams => ("the copy in the Secret", "redeemLinkSecrets.enabled"),
                    Whose::Operators => ("the redeem link in the Secret", "ownMail.enabled"),
                };
                let message = format!(
                    "The operator may not keep {what} {}: {}. The chart's value {switch} gives it that right. It is tried again.",
                    self.name, status.message
                );
                Explanation::new(Reason::SecretUnwritable, message)
            }
            kube::Error::Api(status) => self.unwritable(&status.message),
            other => self.unwritable(&other.to_string()),
        }
    }

    fn unwritable(&self, why: &str) -> Explanation {
        let message = format!("The Secret {} cannot be kept: {why}. It is tried again.", self.name);
        Explanation::new(Reason::SecretUnwritable, message)
    }
}

/// Whether the Secret with these owners is `own`'s. One that a GuestInvitation of the same name has left, and the garbage collector has not
/// come to yet, is taken over.
fn is_of(own: &OwnerReference, owners: &[OwnerReference]) -> bool {
    let of_our_name = |owner: &OwnerReference| owner.kind == own.kind && owner.name == own.name;
    owners.iter().any(|owner| owner.uid == own.uid) || (!owners.is_empty() && owners.iter().all(of_our_name))
}

/// What is said of an API server that is silent.
const LATE: &str = "the API server did not answer in time";

#[cfg(test)]
mod tests {
    use super::*;

    /// Found by random lives: a GuestInvitation was deleted and declared again. While the first one's Secret was still there, the second one
    /// said that the Secret was not its own, and nobody was mailed.
    #[test]
    fn a_secret_that_an_earlier_one_of_the_name_has_left_is_taken_over() {
        let owner = |name: &str, uid: &str| OwnerReference {
            kind: "GuestInvitation".into(),
            name: name.into(),
            uid: uid.into(),
            ..OwnerReference::default()
        };
        let (now, before, other) = (owner("ann", "2"), owner("ann", "1"), owner("bob", "3"));
        for (owners, expected) in [
            (vec![now.clone()], true),
            (vec![before.clone()], true),
            (vec![other.clone()], false),
            (vec![before, other], false),
            (vec![], false),
        ] {
            assert_eq!(is_of(&now, &owners), expected, "{owners:?}");
        }
    }
}
