//! The two ends of one relation, which `/$ref` reads and writes.

use crate::api::RelationKind;

/// A relation between a user and another object, both by object id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelationRef {
    /// The kind of the relation.
    pub kind: RelationKind,
    /// The user.
    pub user: String,
    /// The other object: the group, or the sponsor of the user.
    pub target: String,
}
