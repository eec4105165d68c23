//! What the operator writes back about a guest: the record of the send protocol and the words to read.
//! Its content depends only on what is true, never on when somebody looked, so an unchanged status is no write.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Reason, Refusal, Relation, reason};

/// What became of the guest.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct GuestInvitationStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The one word to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// The user in the directory, once known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guest: Option<Guest>,
    /// What was sent, and the send that is under way. Absent while nobody has said that an earlier resource for the
    /// same address did not send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation: Option<InvitationStatus>,
    /// How far the guest has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redemption: Option<Redemption>,
    /// The groups of `spec.groups`, and how the guest came to be in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Relation>,
    /// The sponsors of `spec.sponsors`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sponsors: Vec<Relation>,
    /// The properties of the user that this resource has declared, by Graph's name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profile: Vec<String>,
    /// How the invitation or the access ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// Graph's refusal of a change to the user. It is not asked again at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// The values of the request annotations that were acted on last.
    #[serde(default, skip_serializing_if = "Handled::is_empty")]
    pub last_handled: Handled,
    /// Ready, Invited and Redeemed; Reconciling and Stalled only while true.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
}

/// The one word to read about a guest.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not invited yet; the Ready condition says what it waits for.
    Pending,
    /// In the directory, not yet accepted.
    Invited,
    /// The guest has accepted and can sign in.
    Accepted,
    /// The guest did not accept within `spec.expiresAfter`.
    Expired,
    /// The user is gone from the directory.
    Withdrawn,
    /// Will not be invited as declared; the Ready condition says why and what to change.
    Refused,
    /// Something is wrong that may pass; it is tried again.
    Failed,
}

/// The user in the directory.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Guest {
    /// The user's object id.
    pub id: String,
    /// The user's principal name, once the directory shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_principal_name: Option<String>,
    /// Whether this resource made the user or found them.
    pub origin: Origin,
    /// When the invitation was decided that named the user, until the directory shows whether it made them: a user who
    /// was created before was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub invited_at: Option<Timestamp>,
}

impl Guest {
    /// A user of whom nothing but the id is known yet.
    pub fn new(id: String, origin: Origin) -> Self {
        Self { id, user_principal_name: None, origin, invited_at: None }
    }
}

/// Whether this resource made the user or found them.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Our invitation made the user.
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
    /// The one intended send, written before it happens and cleared when its outcome is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<Attempt>,
    /// How many mails were sent, counting one whose fate nobody can tell as sent.
    #[serde(default)]
    pub sent: u32,
    /// A mail is owed: the guest is in the directory, and it was found out that the invitation never left.
    /// Holds when that was asked, on Graph's clock.
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
    /// The address that the newest reset of the redemption was made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redeem_as: Option<String>,
    /// The Secret that keeps the newest redeem link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redeem_url_secret: Option<String>,
    /// Graph's refusal of the newest send. It is not asked again at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// One intended send: the write-ahead record that makes a second mail impossible.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// Tells this attempt from every other one.
    pub id: String,
    /// What is sent.
    pub kind: AttemptKind,
    /// When it was decided, on Graph's clock.
    #[schemars(with = "k8s_openapi::apimachinery::pkg::apis::meta::v1::Time")]
    pub started_at: Timestamp,
    /// It stands for a send by an earlier resource for the same address, which may have been a question only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inherited: bool,
    /// Since when, on Graph's clock, the directory is asked by an invitation without a mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub asked_at: Option<Timestamp>,
    /// The user that the question returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// When it did, on Graph's clock. A question can wait for long before Graph answers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub answered_at: Option<Timestamp>,
    /// The value of the annotation that asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested: Option<String>,
}

impl Attempt {
    /// A send of our own that nobody has asked about.
    pub fn new(id: String, kind: AttemptKind, started_at: Timestamp) -> Self {
        Self {
            id,
            kind,
            started_at,
            inherited: false,
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
    /// A mail to a guest that the directory knows.
    Resend,
    /// A mail to a guest who was mailed before and has not accepted.
    Reminder,
    /// Lets the guest redeem anew, with a mail if Microsoft delivers.
    Reset,
}

/// How far the guest has come.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Redemption {
    /// The user's `externalUserState`, `PendingAcceptance` or `Accepted`; empty when the directory keeps none.
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
    /// Whether the guest has accepted, by the last look.
    pub fn has_accepted(&self) -> bool {
        self.identity_provider.is_some()
    }

    /// Whether the guest was asked and has not accepted. Who has no state is not pending: who redeems automatically may
    /// never have one.
    pub fn is_pending(&self) -> bool {
        !self.has_accepted() && self.state.as_deref() == Some("PendingAcceptance")
    }
}

/// How the invitation or the access ended.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// `Expired` or `AccessEnded`.
    #[serde(deserialize_with = "reason::of_ending")]
    #[schemars(with = "String")]
    pub reason: Reason,
    /// When it was carried out, by the operator's clock.
    #[schemars(with = "k8s_openapi::apimachinery::pkg::apis::meta::v1::Time")]
    pub at: Timestamp,
    /// What was done to the user.
    pub how: HowEnded,
}

/// What was done to the user at the end.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HowEnded {
    /// Nothing.
    Retained,
    /// The account was disabled.
    Disabled,
    /// The user was deleted.
    Deleted,
}

/// The values of the request annotations that were acted on last.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Handled {
    /// `guestlist.dev/resend`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resend: Option<String>,
    /// `guestlist.dev/reset-redemption`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset_redemption: Option<String>,
    /// `guestlist.dev/reconcile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconcile: Option<String>,
}

impl Handled {
    /// Whether no request was ever acted on.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
