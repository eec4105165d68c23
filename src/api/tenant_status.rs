//! What the operator writes back about a directory.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether the directory can be reached and may be written to, and how many guests it holds.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct EntraTenantStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The guests that this cluster declares in the directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guests: Option<GuestCounts>,
    /// The value of the annotation `guestlist.dev/resume` that was acted on last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_handled_resume: Option<String>,
    /// Ready, Authenticated, Permitted, InvitationsBlocked and, with `spec.mail`, Mail; Reconciling and Stalled only while true.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
}

/// The guests that this cluster declares in one directory.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GuestCounts {
    /// GuestInvitations that name this tenant.
    pub total: u32,
    /// Invited and not yet accepted.
    pub pending: u32,
    /// Accepted.
    pub accepted: u32,
}
