//! The Guest: the operator's record of one person in one directory. Nobody in a namespace can read or write it. So a
//! GuestInvitation is only a claim: it says what a team wishes, and the Guest says what was done.
//!
//! The API server knows it as `GuestRecord`. Kubernetes takes the kind X + `List` for a list of X. So beside a kind `Guest` it would
//! take each `GuestList` for a cluster-scoped list of Guests: the garbage collector then finds no owner of the GuestInvitations of a
//! list, and deletes them.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GuestRecord;

/// What a Guest consists of: the wishes of the platform team and the record of the operator.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[kube(
    group = "guestlist.dev",
    version = "v1alpha1",
    kind = "GuestRecord",
    root = "Guest",
    plural = "guests",
    singular = "guest",
    category = "guestlist-all",
    no_spec,
    selectable = ".record.user.id",
    derive = "PartialEq",
    doc = "The operator's record of one person in one directory. Platform teams write spec; the operator writes record.",
    printcolumn(name = "Email", type_ = "string", json_path = ".record.email"),
    printcolumn(name = "State", type_ = "string", json_path = ".record.state"),
    printcolumn(name = "Provider", type_ = "string", json_path = ".record.redemption.identityProvider"),
    printcolumn(name = "Owner", type_ = "string", json_path = ".record.owner.namespace"),
    printcolumn(name = "Sent", type_ = "integer", json_path = ".record.invitation.sent"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Invitation", type_ = "string", json_path = ".record.owner.name", priority = 1),
    printcolumn(name = "Tenant", type_ = "string", json_path = ".record.tenant", priority = 1),
    printcolumn(name = "User-ID", type_ = "string", json_path = ".record.user.id", priority = 1)
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("!has(oldSelf.record) || has(self.record)").message("the record of a Guest cannot be taken away: delete the Guest to erase it"),
    validation = Rule::new("!has(oldSelf.record) || !has(self.record) || (self.record.email == oldSelf.record.email && self.record.tenantId == oldSelf.record.tenantId)").message("a Guest stays the record of one address in one directory"),
)]
pub struct GuestFields {
    /// What the platform team wishes for the person.
    #[serde(default)]
    pub spec: GuestSpec,
    /// What the operator knows of the person and has done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<GuestRecord>,
}

/// What the platform team wishes for the person.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct GuestSpec {
    /// What the GuestInvitations of this person may do with a user whom the operator did not make, whatever the access
    /// rules say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<Grant>,
    /// While true, nothing is sent to the person and nothing of their user is changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hold: bool,
    /// Ends the person's access in spite of all GuestInvitations, and keeps it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoke: Option<Revoke>,
}

/// What may be done with a user whom the operator did not make.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grant {
    /// Only follow how they redeem.
    Follow,
    /// All that may be done with an invited guest, but never delete them.
    Manage,
    /// All, as if the operator had made the user.
    Own,
}

/// How access is ended by the platform team.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoke {
    /// The account is disabled, and removed from the groups that the operator added it to.
    Disable,
    /// The user is deleted. Entra can restore a deleted user for 30 days.
    Delete,
}

impl Guest {
    /// The record; nothing of a Guest that a person made by hand.
    pub fn record(&self) -> Option<&GuestRecord> {
        self.spec.record.as_ref()
    }

    /// What the platform team wishes.
    pub fn wishes(&self) -> &GuestSpec {
        &self.spec.spec
    }
}
