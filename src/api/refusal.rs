//! A refusal by Graph. It is kept in status, so that the operator does not ask the same again at once.

use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::conditions::whole_seconds;
use super::{Explanation, Reason, reason};

/// Graph's refusal of a request.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The reason, in one word.
    #[serde(deserialize_with = "reason::of_refusal")]
    #[schemars(with = "String")]
    pub reason: Reason,
    /// What Graph said and what to do about it.
    pub message: String,
    /// When Graph refused, by the operator's clock.
    #[schemars(with = "k8s_openapi::apimachinery::pkg::apis::meta::v1::Time")]
    pub at: Timestamp,
    /// When the operator tries again. A changed spec is tried at once.
    #[schemars(with = "k8s_openapi::apimachinery::pkg::apis::meta::v1::Time")]
    pub retry_at: Timestamp,
    /// The generation of the spec that was refused.
    pub generation: i64,
}

impl Refusal {
    /// Refused at `now`, by the operator's clock, for the spec of `generation`. It is tried again after `wait`.
    pub fn new(explanation: Explanation, generation: i64, now: Timestamp, wait: Duration) -> Self {
        let Explanation { reason, message } = explanation;
        let at = whole_seconds(now);
        Self { reason, message, at, retry_at: at.checked_add(wait).unwrap_or(at), generation }
    }

    /// Why Graph refused.
    pub fn explanation(&self) -> Explanation {
        Explanation::new(self.reason, self.message.clone())
    }
}
