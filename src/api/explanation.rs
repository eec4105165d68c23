//! Why something is as it is.

use super::Reason;

/// Why something is as it is: one word for programs, and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Explanation {
    /// The word. It says how severe it is.
    pub reason: Reason,
    /// The cause and the way out.
    pub message: String,
}

impl Explanation {
    /// `reason`, with the cause and the way out.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }
}
