//! Graph's word that it does not do what was asked.

use std::time::Duration;

use crate::api::Explanation;

/// Graph's refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// What Graph said and what to do about it.
    pub explanation: Explanation,
    /// How long to leave it before asking again.
    pub retry_after: Duration,
}
