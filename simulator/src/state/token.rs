//! Access tokens, as the simulator remembers them.

use jiff::Timestamp;

/// An access token that was issued.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) tenant: String,
    pub(crate) app: String,
    /// As they were when it was issued: later consent needs a new token.
    pub(crate) roles: Vec<String>,
    /// The signed-in user, of a delegated token.
    pub(crate) user: Option<String>,
    pub(crate) expires: Timestamp,
    pub(crate) revoked: bool,
}
