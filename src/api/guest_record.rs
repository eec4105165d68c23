//! What the operator records of a person. It is written in one piece, so that an intent, its outcome and the counts are
//! never apart, and a backup holds all of it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    DeletionPolicy, Ended, Ending, GuestUser, Handled, HowEnded, InvitationStatus, Redemption, Refusal, RelationRecords,
};

/// What the operator records of a person.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct GuestRecord {
    /// The directory's id, in lower case.
    pub tenant_id: String,
    /// The address, in lower case.
    pub email: String,
    /// The EntraTenant through which the record was written last.
    pub tenant: String,
    /// Where the person is, in one word.
    pub state: GuestState,
    /// The user in the directory, once it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<GuestUser>,
    /// The namespace whose invitation made the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_in: Option<String>,
    /// The GuestInvitation that the person belongs to, or belonged to last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// The older Guest that has the same user. This one never acts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias_of: Option<String>,
    /// What was sent, and the send that is under way.
    #[serde(default)]
    pub invitation: InvitationStatus,
    /// When mails left for the person within a day, for whichever GuestInvitation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>", length(max = 100), extend("x-kubernetes-list-type" = "atomic"))]
    pub mailed_at: Vec<Timestamp>,
    /// The SHA-256 digest, in hex, of the redeem link that the operator keeps in a Secret of its own namespace. It mails no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_digest: Option<String>,
    /// How far the person has come with accepting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redemption: Option<Redemption>,
    /// The properties of the user that the operator has set, by their names in Graph.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profile: Vec<String>,
    /// The last change of these properties. It is written before the change is asked of Graph.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_change: Option<ProfileChange>,
    /// The end that the operator is about to carry out. It is written before anything is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    /// Why and how the access ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// Whether the operator disabled the account. Only then does it enable the account again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// When the operator last began to give access back that had ended, by enabling the account or by restoring the user. It is written before
    /// anything is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub brought_back_at: Option<Timestamp>,
    /// Graph's refusal of a change to the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// What each GuestInvitation of the person has asked for, the owner's among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 65), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["namespace", "name"]))]
    pub claims: Vec<ClaimRecord>,
    /// The end that the owner has left to those who share the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reclaim: Option<Reclaim>,
    /// Since when the user is gone from the directory. After 30 days the Guest goes too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub gone_since: Option<Timestamp>,
}

/// A change of the user's properties.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct ProfileChange {
    /// When the operator began it, by the operator's clock.
    #[schemars(with = "k8s_openapi::apimachinery::pkg::apis::meta::v1::Time")]
    pub begun_at: Timestamp,
    /// Whether it sets something for the first time, and is still to be carried out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
}

/// Where a person is, in one word.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GuestState {
    /// No invitation was sent yet, or nobody knows yet whether it was.
    #[default]
    Pending,
    /// The person is in the directory and has not accepted yet.
    Invited,
    /// The person has accepted.
    Accepted,
    /// Somebody has made the person an internal user of the directory, who is no guest any more.
    Internal,
    /// The access ended as declared. The user is still in the directory.
    Ended,
    /// The user is gone from the directory.
    Gone,
    /// No GuestInvitation has the person any more. The user stays in the directory.
    Released,
    /// The GuestInvitation vanished without being deleted, and something is to be undone at its end. Nobody is ended.
    Ownerless,
    /// Another Guest has the same user.
    Alias,
}

/// The GuestInvitation that a person belongs to.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Owner {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its uid. Absent once it has ended or was released: then the place is vacant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// The ends that it was entitled to when it was looked at last.
    #[serde(default)]
    pub ends: Ends,
}

/// The ends of a person that a GuestInvitation has declared while it was entitled to.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Ends {
    /// What happens to the user.
    #[serde(default)]
    pub policy: DeletionPolicy,
    /// When access ends.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::end_of_time::or_never")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub access_until: Option<Timestamp>,
    /// How many seconds the person may take to accept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after_seconds: Option<u32>,
}

/// The end that an owner has left to those who share the person.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Reclaim {
    /// What happens to the user when the last of them has ended.
    pub policy: DeletionPolicy,
    /// Whether the last of them has ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub due: bool,
}

/// What one GuestInvitation has asked for, and what was done for it.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct ClaimRecord {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its uid. Absent once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// The relations that it declares, and how each came to be.
    #[serde(flatten)]
    pub relations: RelationRecords,
    /// The last values of its request annotations that the operator has handled.
    #[serde(default, skip_serializing_if = "Handled::is_empty")]
    pub last_handled: Handled,
    /// When the newest mail left that it asked for as one of several that share the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub mailed_at: Option<Timestamp>,
}

impl GuestRecord {
    /// A record of nobody yet: the address `email` in the directory `tenant_id`, both in lower case.
    pub fn new(tenant_id: &str, email: &str, tenant: &str) -> Self {
        Self { tenant_id: tenant_id.into(), email: email.into(), tenant: tenant.into(), ..Self::default() }
    }

    /// The record of the claim `namespace`/`name`.
    pub fn claim(&self, namespace: &str, name: &str) -> Option<&ClaimRecord> {
        self.claims.iter().find(|claim| claim.namespace == namespace && claim.name == name)
    }

    /// The uids of the claims that have the person: the owner's and the followers'.
    pub fn claim_uids(&self) -> impl Iterator<Item = &str> {
        self.claims.iter().filter_map(|claim| claim.uid.as_deref())
    }

    /// Whether the owner has ended and has left the person to those who share them.
    pub fn is_left_to_sharers(&self) -> bool {
        self.reclaim.is_some() && self.owner.as_ref().is_some_and(|owner| owner.uid.is_none())
    }

    /// Whether an end of this kind is about to be carried out.
    pub fn is_ending(&self, how: HowEnded) -> bool {
        self.ending.is_some_and(|ending| ending.how == how)
    }

    /// Whether an intent is open: a send or an end whose outcome is not on record.
    pub fn is_open(&self) -> bool {
        self.invitation.attempt.is_some() || self.ending.is_some()
    }
}
