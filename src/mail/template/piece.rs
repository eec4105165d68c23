//! What a template consists of once it is read.

use super::placeholder::Placeholder;

/// A stretch of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Literal(String),
    Hole(Placeholder),
}
