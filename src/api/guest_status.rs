//! What the operator writes back about a guest, for people to read. It is told and never believed: the Guest is the
//! record. The content depends only on the facts, never on when somebody looked. So an unchanged status needs no write.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Reason, Refusal, RelationRecords, reason};

/// What the operator knows about the guest.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct GuestInvitationStatus {
    /// The generation of the spec that this status describes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The state of the guest, in one word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// What this resource is to the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The name of the Guest, which is the operator's record of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guest_name: Option<String>,
    /// The user in the directory, once it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guest: Option<GuestUser>,
    /// What was sent, and the send that is under way. Absent while there is no Guest for the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation: Option<InvitationStatus>,
    /// How far the guest has come with accepting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redemption: Option<Redemption>,
    /// The groups and sponsors of the spec, and how each came to be.
    #[serde(flatten)]
    pub relations: RelationRecords,
    /// The properties of the user that this resource has declared, by their names in Graph.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profile: Vec<String>,
    /// Why and how the invitation or the access ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// Graph's refusal of a change to the user. The operator waits before it asks again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// The last values of the request annotations that the operator has handled.
    #[serde(default, skip_serializing_if = "Handled::is_empty")]
    pub last_handled: Handled,
    /// The SHA-256 digest of the spec, in hex, told while the guest needs an approval. An approval names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec_digest: Option<String>,
    /// What the condition Approved is about. Who approves the guest writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovedSpec>,
    /// Ready, Invited and Redeemed. Reconciling and Stalled are present only while they are true.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
}

/// What a GuestInvitation is to a person.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The person is its guest.
    Owner,
    /// Another namespace has the person, or had them, and an access rule lets this one share them.
    Sharer,
    /// The person was in the directory before, and this resource follows how they redeem.
    Follower,
}

/// What an approver has read and approved.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ApprovedSpec {
    /// `metadata.uid` of the GuestInvitation.
    #[schemars(length(min = 1, max = 128))]
    pub uid: String,
    /// `status.specDigest` of the GuestInvitation.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    pub spec_digest: String,
}

/// The state of a guest, in one word.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The guest is not invited yet. The Ready condition says what they wait for.
    Pending,
    /// The guest is in the directory and has not accepted yet.
    Invited,
    /// The guest has accepted and can sign in.
    Accepted,
    /// The guest did not accept within `spec.expiresAfter`.
    Expired,
    /// The user is gone from the directory.
    Withdrawn,
    /// The guest cannot be invited as declared. The Ready condition says why and what to change.
    Refused,
    /// Something is wrong that may pass. The operator tries again.
    Failed,
}

impl State {
    /// All states.
    pub const ALL: [Self; 7] =
        [Self::Pending, Self::Invited, Self::Accepted, Self::Expired, Self::Withdrawn, Self::Refused, Self::Failed];

    /// The word, as a status has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Invited => "Invited",
            Self::Accepted => "Accepted",
            Self::Expired => "Expired",
            Self::Withdrawn => "Withdrawn",
            Self::Refused => "Refused",
            Self::Failed => "Failed",
        }
    }
}

/// The user in the directory.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct GuestUser {
    /// The user's object id.
    pub id: String,
    /// The user's principal name, once the directory shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_principal_name: Option<String>,
    /// Whether an invitation of this namespace made the user or found them there.
    pub origin: Origin,
    /// When the invitation that returned the user was decided. Kept until the directory shows whether that invitation
    /// made the user: a user who was created earlier was there before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub invited_at: Option<Timestamp>,
    /// Whether somebody has made the guest an internal user of the directory, who is no guest any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub internal: bool,
}

impl GuestUser {
    /// A user of whom only the id is known yet.
    pub fn new(id: String, origin: Origin) -> Self {
        Self { id, user_principal_name: None, origin, invited_at: None, internal: false }
    }
}

/// Whether an invitation of the namespace made the user or found them there.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// An invitation of the namespace made the user.
    Invited,
    /// The user was in the directory before.
    Adopted,
}

/// What was sent, and the send that is under way.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct InvitationStatus {
    /// The id of the newest invitation. It is not the user's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The one intended send. It is written before the send happens, and cleared when the outcome is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<Attempt>,
    /// How many mails were sent. A mail of unknown outcome counts as sent.
    #[serde(default)]
    pub sent: u32,
    /// Present while a mail is owed: the guest is in the directory, and the operator found out that the invitation was
    /// never sent. The value is when that was asked, on Graph's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub owed_since: Option<Timestamp>,
    /// When the newest mail was sent, on Graph's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub last_sent_at: Option<Timestamp>,
    /// How many of the mails were reminders.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reminders: u32,
    /// When the next reminder is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub next_send_at: Option<Timestamp>,
    /// The address for which the redemption was reset last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redeem_as: Option<String>,
    /// When the redemption was reset last, on Graph's clock. An acceptance of before counts for nothing, however late it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub reset_at: Option<Timestamp>,
    /// The Secret beside the GuestInvitation that has a copy of the redeem link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redeem_url_secret: Option<String>,
    /// Graph's refusal of the newest send. The operator waits before it asks again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// One intended send. It is written before the send, so that a second mail is impossible.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// The unique id of this attempt.
    pub id: String,
    /// What is sent.
    pub kind: AttemptKind,
    /// When it was decided, on Graph's clock.
    #[schemars(with = "k8s_openapi::apimachinery::pkg::apis::meta::v1::Time")]
    pub started_at: Timestamp,
    /// The uid of the GuestInvitation that the attempt is made for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub claim: String,
    /// The generation of its spec that was decided on.
    #[serde(default)]
    pub generation: i64,
    /// Deleted users with this address whom the look before the attempt has shown. None of them was made by it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deleted_before: Vec<String>,
    /// Since when the operator asks the directory by an invitation without a mail, on Graph's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub asked_at: Option<Timestamp>,
    /// The user that this question returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// When the question returned the user, on Graph's clock. Graph may answer long after the question was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub answered_at: Option<Timestamp>,
    /// The value of the annotation that requested this send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested: Option<String>,
}

impl Attempt {
    /// A send about which the directory was not asked yet.
    pub fn new(id: String, kind: AttemptKind, started_at: Timestamp) -> Self {
        Self {
            id,
            kind,
            started_at,
            claim: String::new(),
            generation: 0,
            deleted_before: Vec::new(),
            asked_at: None,
            answer: None,
            answered_at: None,
            requested: None,
        }
    }
}

/// What an attempt sends.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttemptKind {
    /// The first invitation of an address that the directory does not know.
    Invite,
    /// Adds the guest without a mail.
    Add,
    /// A mail to a guest whom the directory knows.
    Resend,
    /// A mail to a guest who was mailed before and has not accepted.
    Reminder,
    /// Lets the guest redeem again, with a mail if Microsoft delivers.
    Reset,
}

/// How far the guest has come with accepting.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Redemption {
    /// The user's `externalUserState`: `PendingAcceptance` or `Accepted`. Empty if the directory keeps none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// When that state last changed (`externalUserStateChangeDateTime`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub changed_at: Option<Timestamp>,
    /// How the guest signs in: Entra, MicrosoftAccount, EmailOneTimePasscode, Google, Facebook, Federation or Unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_provider: Option<String>,
}

impl Redemption {
    /// Whether the guest had accepted at the last look.
    pub fn has_accepted(&self) -> bool {
        self.identity_provider.is_some()
    }

    /// Whether the guest was asked and has not accepted. A guest without a state is not pending: with automatic
    /// redemption a guest may never have one.
    pub fn is_pending(&self) -> bool {
        !self.has_accepted() && self.state.as_deref() == Some("PendingAcceptance")
    }
}

impl InvitationStatus {
    /// When Graph took the newest invitation of `user`, on its own clock, as far as that is known.
    pub fn taken_at(&self, user: &GuestUser) -> Option<Timestamp> {
        self.last_sent_at.or(user.invited_at).or(self.owed_since)
    }
}

/// Why and how the invitation or the access ended.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// `Expired`, `AccessEnded`, `Deleting` or `Revoked`.
    #[serde(deserialize_with = "reason::of_ending")]
    #[schemars(with = "String")]
    pub reason: Reason,
    /// When the end was carried out, by the operator's clock.
    #[schemars(with = "k8s_openapi::apimachinery::pkg::apis::meta::v1::Time")]
    pub at: Timestamp,
    /// What was done to the user.
    pub how: HowEnded,
}

impl Ended {
    /// Whether the user was deleted.
    pub fn is_deletion(&self) -> bool {
        self.how == HowEnded::Deleted
    }
}

/// An end that the operator is about to carry out.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Ending {
    /// What is to be done to the user.
    pub how: HowEnded,
    /// Since when it may be under way, by the operator's clock.
    #[schemars(with = "k8s_openapi::apimachinery::pkg::apis::meta::v1::Time")]
    pub since: Timestamp,
}

/// What was done to the user at the end.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HowEnded {
    /// Nothing was done.
    Retained,
    /// The account was disabled.
    Disabled,
    /// The user was deleted.
    Deleted,
}

/// The last values of the request annotations that the operator has handled.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Handled {
    /// The last handled value of `guestlist.dev/resend`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resend: Option<String>,
    /// The last handled value of `guestlist.dev/reset-redemption`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset_redemption: Option<String>,
    /// The last handled value of `guestlist.dev/reconcile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconcile: Option<String>,
}

impl Handled {
    /// Whether no request was ever handled.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
