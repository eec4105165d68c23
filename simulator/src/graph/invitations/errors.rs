//! The refusals of an invitation.

use crate::graph::errors::GraphError;

/// `code` is coarse on /invitations; only the text tells the cases apart.
pub(super) fn refused(text: impl Into<String>) -> GraphError {
    GraphError::new(400, "BadRequest", text)
}

pub(super) fn forbidden(text: &str) -> GraphError {
    GraphError::new(403, "Forbidden", text)
}
