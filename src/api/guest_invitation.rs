//! The GuestInvitation: one guest who is to be invited into one directory. The schema is strict. The types here read
//! whatever an older schema may have allowed.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Address, DeletionPolicy, Email, Explanation, GuestInvitationStatus, Language, Profile, Reason, RedeemUrlSecretRef,
    RedirectUrl, Reminders, Span, end_of_time, of_duration,
};

/// One guest: who is invited into which tenant, and how.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "guestlist.dev",
    version = "v1alpha1",
    kind = "GuestInvitation",
    plural = "guestinvitations",
    singular = "guestinvitation",
    shortname = "ginv",
    category = "guestlist-all",
    namespaced,
    status = "GuestInvitationStatus",
    derive = "PartialEq",
    doc = "One guest of a Microsoft Entra tenant: who is invited, and what became of it.",
    selectable = ".spec.email",
    printcolumn(name = "Email", type_ = "string", json_path = ".spec.email"),
    printcolumn(name = "State", type_ = "string", json_path = ".status.state"),
    printcolumn(name = "Provider", type_ = "string", json_path = ".status.redemption.identityProvider"),
    printcolumn(name = "Sent", type_ = "integer", json_path = ".status.invitation.sent"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Role", type_ = "string", json_path = ".status.role", priority = 1),
    printcolumn(name = "Tenant", type_ = "string", json_path = ".spec.tenantRef.name", priority = 1),
    printcolumn(name = "User-ID", type_ = "string", json_path = ".status.guest.id", priority = 1),
    printcolumn(
        name = "Reason",
        type_ = "string",
        json_path = ".status.conditions[?(@.type=='Ready')].reason",
        priority = 1
    )
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("self.email == oldSelf.email").field_path(".email").message("the address of an invitation cannot change: delete this one and declare the new address"),
    validation = Rule::new("self.tenantRef.name == oldSelf.tenantRef.name").field_path(".tenantRef").message("the tenant of an invitation cannot change: delete this one and declare the guest in the other tenant"),
    validation = Rule::new("!has(self.message) || !has(self.message.body) || !has(self.delivery) || self.delivery == 'Mail'").field_path(".message.body").message("Microsoft drops the text of an application's invitation and says nothing: set delivery: Mail, so that the operator mails it, or leave message.body out"),
    validation = Rule::new("self.userType == oldSelf.userType").field_path(".userType").message("userType is given to Entra with the invitation and cannot change afterwards"),
)]
pub struct GuestInvitationSpec {
    /// The EntraTenant to invite into. Cannot change.
    #[serde(default)]
    pub tenant_ref: TenantRef,

    /// The guest's email address, in lower case. Cannot change.
    pub email: Email,

    /// The name that the directory shows for the guest.
    #[schemars(length(min = 1, max = 256))]
    pub display_name: Option<String>,

    /// The kind of user to make. Cannot change once declared.
    #[serde(default)]
    pub user_type: UserType,

    /// Where the guest's browser ends after accepting. Default: the tenant's `defaults.redirectUrl`.
    pub redirect_url: Option<RedirectUrl>,

    /// Who mails the guest. Default: the tenant's `defaults.delivery`.
    pub delivery: Option<Delivery>,

    /// What the mail says and who gets a copy.
    pub message: Option<MessageInfo>,

    /// Reminds the guest by mail while they have not accepted. Default: the tenant's `defaults.reminders`.
    pub reminders: Option<Reminders>,

    /// How long the guest may take to accept, such as `720h`. After this time the invitation is withdrawn as
    /// `deletionPolicy` says.
    #[x_kube(validation = Rule::new(of_duration("self", "duration(self) > duration('0s')")).message("expiresAfter is longer than nothing: write 720h for thirty days"))]
    pub expires_after: Option<Span>,

    /// When access ends. From then on the user is kept, disabled or deleted, as `deletionPolicy` says.
    // Without the format `date-time`, whose refusal has no way out in it and which allows times that no clock knows.
    #[schemars(with = "Option<String>", length(max = 35))]
    #[x_kube(
        validation = Rule::new(end_of_time::IS_A_TIME).message(kube::core::Message::Expression(end_of_time::WITH_A_TIME.into())),
        validation = Rule::new(end_of_time::IS_A_DAY).message("accessUntil names a day that there is not: February has no 29th in that year"),
    )]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::end_of_time::or_never")]
    pub access_until: Option<jiff::Timestamp>,

    /// What happens to the user in the directory at the end. Default: the tenant's `defaults.deletionPolicy`, or Retain.
    pub deletion_policy: Option<DeletionPolicy>,

    /// Groups that the guest is a member of: ids or unique display names. The operator removes only memberships that
    /// this resource added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50), inner(length(min = 1, max = 256)), extend("x-kubernetes-list-type" = "set"))]
    pub groups: Vec<String>,

    /// Sponsors of the guest: ids, user principal names or unique display names of users or groups. Entra keeps at most
    /// five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 5), inner(length(min = 1, max = 256)), extend("x-kubernetes-list-type" = "set"))]
    pub sponsors: Vec<String>,

    /// Properties of the guest's user.
    pub profile: Option<Profile>,

    /// The address to sign in with after `guestlist.dev/reset-redemption`, for a guest whose address changed. Default:
    /// `email`.
    pub redeem_as: Option<Email>,

    /// The Secret in this namespace that is to have a copy of the redeem link. An access rule has to allow it.
    pub redeem_url_secret_ref: Option<RedeemUrlSecretRef>,

    /// What to do with a person whom the directory already knows.
    #[serde(default)]
    pub existing: Existing,

    /// Holds the guest. While true, nothing is sent and the redemption is not followed.
    #[serde(default)]
    pub suspend: bool,
}

impl GuestInvitationSpec {
    /// The guest's address, normalised for comparison.
    pub fn address(&self) -> Address {
        Address::from(&self.email)
    }

    /// Who gets a copy of the mail.
    pub fn cc(&self) -> &[Email] {
        self.message.as_ref().map_or(&[], |message| &message.cc)
    }

    /// An address or a URL that the definition refuses. An older one may have let it through, and the definition cannot tell
    /// whether an xn-- name is the code of an international one.
    pub fn fault(&self) -> Option<Explanation> {
        let others = self.redeem_as.iter().map(|address| ("redeemAs", address));
        let copies = self.cc().iter().map(|address| ("message.cc", address));
        let mut addresses = [("email", &self.email)].into_iter().chain(others).chain(copies);
        let address = addresses.find_map(|(field, address)| Some((Reason::InvalidAddress, field, address.fault()?)));
        let url = || Some((Reason::InvalidRedirectUrl, "redirectUrl", self.redirect_url.as_ref()?.fault()?));
        let (reason, field, fault) = address.or_else(url)?;
        Some(Explanation::new(reason, format!("spec.{field} cannot be used, so nothing is sent: {fault}.")))
    }
}

/// The EntraTenant of an invitation.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
pub struct TenantRef {
    /// Name of the EntraTenant.
    #[serde(default = "default_tenant")]
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
}

fn default_tenant() -> String {
    "default".into()
}

impl Default for TenantRef {
    fn default() -> Self {
        Self { name: default_tenant() }
    }
}

/// The kind of user that redeeming makes (Graph: `invitedUserType`).
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserType {
    /// A guest of the directory.
    #[default]
    Guest,
    /// A member of the directory with an outside account. Entra allows only some callers to make one.
    Member,
}

/// Who mails the invitation.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// Microsoft mails it (Graph: `sendInvitationMessage`).
    #[default]
    Microsoft,
    /// The operator mails it through the tenant's `mail.smtp`, with `message.body`.
    Mail,
    /// Nobody mails the guest. They are only added, and may sign in by a link to an application.
    None,
}

/// What to do with a person whom the directory already knows. Each value allows more than the one before it.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Existing {
    /// Leave the person alone, and say so in status.
    Refuse,
    /// Tell how they redeem, and keep them in `groups`. Nobody is mailed, changed or ended. Any number of
    /// GuestInvitations can follow one person.
    // Resources of the first versions say Adopt.
    #[default]
    #[serde(alias = "Adopt")]
    Follow,
    /// All that may be done with an invited guest, but never delete them. An access rule has to allow it.
    Manage,
    /// All, as if the operator had made the user. An access rule has to allow it.
    Own,
}

/// What the mail says and who gets a copy (Graph: `invitedUserMessageInfo`).
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct MessageInfo {
    /// A personal text, with `delivery: Mail` only. Microsoft drops it when an application invites.
    #[schemars(length(min = 1, max = 20000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,

    /// Language of the mail, such as `nl` or `pt-BR`. Default: the tenant's `defaults.language`.
    pub language: Option<Language>,

    /// One more address that gets a copy. Graph supports only one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1))]
    pub cc: Vec<Email>,
}
