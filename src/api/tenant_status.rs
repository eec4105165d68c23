//! What the operator writes back about a directory.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GuestCounts;

/// Whether the operator can reach the directory and write to it, and how many guests this cluster declares in it.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct EntraTenantStatus {
    /// The generation of the spec that this status describes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The GuestInvitations that name this tenant, by state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guests: Option<GuestCounts>,
    /// The last value of the annotation `guestlist.dev/resume` that the operator has handled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_handled_resume: Option<String>,
    /// When the operator handled it. People who were ended before count no more for `spec.pacing.endsPerHour`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub resumed_at: Option<Timestamp>,
    /// The listing of the directory. Present only while it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_sweep: Option<LastSweep>,
    /// Ready, Authenticated, Permitted, InvitationsBlocked and, with `spec.mail`, Mail. EndsStopped, SweepFailing, Reconciling and
    /// Stalled are present only while they are true.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
}

/// How the listing of the directory fails. Redemptions show again when it has passed.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct LastSweep {
    /// When the last one that read everything ended. Absent if none has since the operator started.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub completed_at: Option<Timestamp>,
    /// Since when it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub failing_since: Option<Timestamp>,
    /// What Graph said, or why it said nothing.
    pub message: String,
}
