//! The pieces of a parsed template.

use super::placeholder::Placeholder;

/// One piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Literal(String),
    Hole(Placeholder),
}
