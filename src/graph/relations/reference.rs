//! What `/$ref` is about: the two ends of one relation.

use crate::api::RelationKind;

/// One user's relation with one other object, both by object id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelationRef {
    /// In which way they are related.
    pub kind: RelationKind,
    /// The user.
    pub user: String,
    /// The other object: the group, or who answers for the user.
    pub target: String,
}
