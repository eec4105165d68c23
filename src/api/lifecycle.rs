//! What happens to a guest after the first mail: reminders, and how access ends.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Span, of_duration};

/// Reminds the guest by mail while they have not accepted.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new(of_duration("self.after", "duration(self.after) >= duration('1m')")).field_path(".after").message("reminders.after is at least 1m: write 72h for three days"))]
pub struct Reminders {
    /// How long after one mail the next one is sent, such as `72h`.
    pub after: Span,
    /// The most reminders to send.
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = 10))]
    pub limit: u32,
}

fn default_limit() -> u32 {
    2
}

/// What happens to the user in the directory when the resource is deleted, the invitation expires or access ends.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DeletionPolicy {
    /// The user stays as they are.
    #[default]
    Retain,
    /// The account is disabled, and removed from the groups that the operator added it to.
    Disable,
    /// The user is deleted if this resource made them. A user who was there before stays. Entra can restore a deleted
    /// user for 30 days.
    Delete,
}

/// The Secret that has a copy of the redeem link.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct RedeemUrlSecretRef {
    /// The name of a Secret in this namespace. The operator makes it, with the link under the key `redeemUrl`.
    #[schemars(length(min = 1, max = 253))]
    #[x_kube(validation = Rule::new("self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')").message("the name of a Secret has small letters, digits, hyphens and dots, such as adele-link, and begins and ends with a letter or a digit"))]
    pub name: String,
}
