//! Graph's word that it does not do what was asked.

use std::time::Duration;

/// Graph's refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The condition reason.
    pub reason: String,
    /// What Graph said and what to do about it.
    pub message: String,
    /// How long to leave it before asking again.
    pub retry_after: Duration,
}
