//! What happens to a guest after the first mail: reminders, and how access ends.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Span;

/// Mails the guest again while they have not accepted.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("duration(self.after) >= duration('1m')").field_path(".after").message("reminders.after is at least 1m: write 72h for three days"))]
pub struct Reminders {
    /// How long after a mail the next one goes out, such as `72h`.
    pub after: Span,
    /// How many reminders at most.
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
    /// The account is disabled, and leaves the groups that it was put into.
    Disable,
    /// The user is deleted if this resource made them; a user that was there before stays. Entra keeps them restorable for 30 days.
    Delete,
}

/// Where the redeem link is kept.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
pub struct RedeemUrlSecretRef {
    /// Name of a Secret in this namespace. The operator makes it, with the link under the key `redeemUrl`.
    #[schemars(
        length(min = 1, max = 253),
        regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
    )]
    pub name: String,
}
