//! Work on a user whom the directory knows. Unlike a send, every task may be done twice, so it needs no attempt on record.

use super::{Changes, Refused};
use crate::api::{Relation, RelationKind};

/// One piece of work on the resource or on the guest's user.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// Put our finalizer on the resource, or take it off.
    Bind(bool),
    /// Find objects by name, and whether they are related to the user already.
    FindRelated {
        /// In which way.
        kind: RelationKind,
        /// The user.
        user: String,
        /// As the spec names them.
        names: Vec<String>,
    },
    /// Add relations to the user.
    AddRelations {
        /// In which way.
        kind: RelationKind,
        /// The user.
        user: String,
        /// Which, with the ids of the other objects.
        relations: Vec<Relation>,
    },
    /// Remove relations that we added.
    RemoveRelations {
        /// In which way.
        kind: RelationKind,
        /// The user.
        user: String,
        /// Which, with the ids of the other objects.
        relations: Vec<Relation>,
    },
    /// Change properties; nothing clears one.
    Update {
        /// The user.
        user: String,
        /// By Graph's name.
        changes: Changes,
    },
    /// Give the user one more address, which a reset needs first.
    AddAddress {
        /// The user.
        user: String,
        /// The address.
        address: String,
    },
    /// Enable or disable the account.
    Enable {
        /// The user.
        user: String,
        /// Which of the two.
        enabled: bool,
    },
    /// Delete the user.
    Delete(String),
    /// Bring a deleted user back.
    Restore(String),
    /// Copy the redeem link that is kept already beside the resource: from the operator's own Secret, or under the name that it had before.
    KeepLink {
        /// The Secret that it was copied to before.
        from: Option<String>,
        /// The Secret that it belongs into.
        to: String,
    },
    /// Make a new redeem link, without a mail, and keep it.
    Link {
        /// The user.
        user: String,
    },
}

/// What a task brought. A call that failed for now brings nothing: the pass ends, and comes again.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// The user is not there.
    Gone,
    /// Graph refuses it.
    Refused(Refused),
    /// How each relation stands now.
    Relations(Vec<Relation>),
    /// A new link was made and kept.
    Linked(KeptLink),
    /// The link that was there is in this Secret beside the resource.
    Copied(String),
}

/// Where a redeem link is kept that Graph has just made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptLink {
    /// The link's digest, if the operator's own Secret has it. Only that one is mailed.
    pub digest: Option<String>,
    /// The Secret beside the resource that has a copy.
    pub copy: Option<String>,
}

impl Task {
    /// What it asks of Graph, in one word; nothing where it asks nothing.
    pub(super) fn operation(&self) -> Option<&'static str> {
        Some(match self {
            Self::Bind(_) => return None,
            Self::FindRelated { .. } => "find",
            Self::AddRelations { .. } => "add",
            Self::RemoveRelations { .. } => "remove",
            Self::Update { .. } => "update",
            Self::AddAddress { .. } => "add address",
            Self::Enable { .. } => "enable",
            Self::Delete(_) => "delete",
            Self::Restore(_) => "restore",
            Self::KeepLink { .. } => "keep link",
            Self::Link { .. } => "link",
        })
    }

    /// Whether it gives a person access again that had ended.
    pub fn brings_back(&self) -> bool {
        matches!(self, Self::Restore(_) | Self::Enable { enabled: true, .. })
    }

    /// Whether it gives a property of the user a value. One that only clears them leaves nothing behind when it comes late.
    pub fn sets(&self) -> bool {
        matches!(self, Self::Update { changes, .. } if changes.values().any(Option::is_some))
    }

    /// The user whose access it ends; nothing where it ends nobody's.
    pub fn ended_user(&self) -> Option<&str> {
        match self {
            Self::Delete(user) | Self::Enable { user, enabled: false } => Some(user),
            _ => None,
        }
    }

    /// What it would do to the directory, for people; nothing when it only reads, or touches just the resource.
    pub fn would(&self) -> Option<String> {
        let names = |relations: &[Relation]| {
            relations.iter().map(|relation| relation.name.as_str()).collect::<Vec<_>>().join(", ")
        };
        Some(match self {
            Self::Bind(_) | Self::FindRelated { .. } | Self::KeepLink { .. } => return None,
            Self::AddRelations { kind, relations, .. } => format!("{} {}", kind.add(), names(relations)),
            Self::RemoveRelations { kind, relations, .. } => format!("{} {}", kind.remove(), names(relations)),
            Self::Update { changes, .. } => {
                format!("get other values for {}", changes.keys().cloned().collect::<Vec<_>>().join(", "))
            }
            Self::AddAddress { .. } => "get one more address for the reset of their redemption".into(),
            Self::Enable { enabled: true, .. } => "be enabled".into(),
            Self::Enable { enabled: false, .. } => "be disabled".into(),
            Self::Delete(_) => "be deleted".into(),
            Self::Restore(_) => "be restored from the deleted users".into(),
            Self::Link { .. } => "get a new redeem link".into(),
        })
    }
}
