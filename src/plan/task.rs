//! Work on a user whom the directory knows. Unlike a send, every task may be done twice, so it needs no attempt on record.

use std::collections::BTreeMap;

use super::Refused;
use crate::api::Tie;

/// One piece of work on the resource or on the guest's user.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// Put our finalizer on the resource, or take it off.
    Bind(bool),
    /// Find groups or sponsors by name, and whether they hold the user already.
    Find {
        /// Which of the two.
        kind: TieKind,
        /// The user.
        user: String,
        /// As the spec names them.
        names: Vec<String>,
    },
    /// Add the user to groups, or sponsors to the user.
    Tie {
        /// Which of the two.
        kind: TieKind,
        /// The user.
        user: String,
        /// Which, with their ids.
        ties: Vec<Tie>,
    },
    /// Remove what we added.
    Untie {
        /// Which of the two.
        kind: TieKind,
        /// The user.
        user: String,
        /// Which, with their ids.
        ties: Vec<Tie>,
    },
    /// Change properties; nothing clears one.
    Update {
        /// The user.
        user: String,
        /// By Graph's name.
        changes: BTreeMap<String, Option<String>>,
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
    /// Find the redeem link that is kept already, under this name or the one that it had before.
    KeepLink {
        /// The Secret that it was in.
        from: Option<String>,
        /// The Secret that it belongs into.
        to: String,
    },
    /// Make a new redeem link, without a mail, and put it into its Secret.
    Link {
        /// The user.
        user: String,
    },
}

/// Groups or sponsors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TieKind {
    /// `spec.groups`.
    Group,
    /// `spec.sponsors`.
    Sponsor,
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
    /// How each group or sponsor stands now.
    Ties(Vec<Tie>),
    /// The link is in this Secret.
    Linked(String),
}

impl Task {
    /// What it would do to the directory, for people; nothing when it only reads, or touches just the resource.
    pub fn would(&self) -> Option<String> {
        let names = |ties: &[Tie]| ties.iter().map(|tie| tie.name.as_str()).collect::<Vec<_>>().join(", ");
        Some(match self {
            Self::Bind(_) | Self::Find { .. } | Self::KeepLink { .. } => return None,
            Self::Tie { kind: TieKind::Group, ties, .. } => format!("be added to the groups {}", names(ties)),
            Self::Tie { kind: TieKind::Sponsor, ties, .. } => format!("get the sponsors {}", names(ties)),
            Self::Untie { kind: TieKind::Group, ties, .. } => format!("be removed from the groups {}", names(ties)),
            Self::Untie { kind: TieKind::Sponsor, ties, .. } => format!("lose the sponsors {}", names(ties)),
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
