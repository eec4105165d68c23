//! Why something is as it is.

use super::Reason;

/// Why something is as it is: one word for programs, and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Explanation {
    /// The word. It also says how severe the matter is.
    pub reason: Reason,
    /// The cause, and what to do.
    pub message: String,
}

impl Explanation {
    /// `reason`, with the cause and what to do.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }
}
