//! What is so from the start of a scenario, and how much may happen in it.

use crate::api::DeletionPolicy;

/// The one mail that is wanted, and what is to be undone at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// The first mail, to an address that nobody has invited yet.
    Invitation,
    /// One more, by annotation, to a guest who was mailed before.
    Resend,
    /// One more, by `reminders`.
    Reminder,
    /// The first, by a resource that takes the user with it when it ends (`deletionPolicy: Delete`).
    Visit,
    /// The first, by a resource that disables the account when it ends (`deletionPolicy: Disable`).
    Stay,
    /// The first, to somebody whose owner has ended before anybody mailed them: the claims share the person.
    Left,
}

impl Asks {
    /// Whether the guest is not known yet.
    pub fn is_first(self) -> bool {
        matches!(self, Self::Invitation | Self::Visit | Self::Stay)
    }

    /// What becomes of the user at the end.
    pub fn policy(self) -> DeletionPolicy {
        match self {
            Self::Visit => DeletionPolicy::Delete,
            Self::Stay => DeletionPolicy::Disable,
            Self::Invitation | Self::Resend | Self::Reminder | Self::Left => DeletionPolicy::Retain,
        }
    }

    /// Whether something is to be undone at the end.
    pub fn ends(self) -> bool {
        self.policy() != DeletionPolicy::Retain
    }
}

/// Who else claims the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rival {
    /// Nobody.
    Nobody,
    /// A claim of the same namespace under another name, as while a resource is renamed.
    Renamed,
    /// A claim of the same namespace under another name, from the start.
    Twin,
    /// A claim of another namespace.
    Stranger,
    /// A claim of another namespace that is suspended, and stays so.
    Suspended,
}

impl Rival {
    /// Whether the other claim is of the same namespace.
    pub fn is_of_the_namespace(self) -> bool {
        matches!(self, Self::Renamed | Self::Twin)
    }

    /// Whether the other claim is there from the start.
    pub fn is_there(self) -> bool {
        matches!(self, Self::Twin | Self::Stranger | Self::Suspended)
    }
}

/// What is so from the start, and stays so.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub asks: Asks,
    pub rival: Rival,
    /// There is one process only.
    pub alone: bool,
    /// The guest was in the directory before anybody invited.
    pub existed: bool,
    /// And reads showed them from the start.
    pub in_sight: bool,
    /// The claims may treat whom they find as if they had invited them (`existing: Manage`).
    pub manages: bool,
    /// The claims say `deletionPolicy: Retain` at first.
    pub retains: bool,
    /// The rules want an approval, and each change of a spec wants another.
    pub approval: bool,
}

/// How much of each kind may still happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Budget {
    pub crashes: u8,
    pub lost: u8,
    pub throttled: u8,
    pub deletes: u8,
    pub accepts: u8,
    pub edits: u8,
    pub leaves: u8,
    /// `accessUntil` passes, or is set to later.
    pub ends: u8,
    /// A claim disappears without being deleted, as by a restore.
    pub vanishes: u8,
    /// A claim is made, or made anew.
    pub creates: u8,
    /// The EntraTenant's rules come to refuse a claim, or to allow it.
    pub rules: u8,
    /// An approval is withdrawn, or given.
    pub approvals: u8,
    /// `deletionPolicy` comes to ask for more than Retain.
    pub hardens: u8,
    /// An administrator disables the account, or enables it.
    pub switches: u8,
    /// A request that ends somebody or brings them back is under way for long, and its sender never hears of it.
    pub late: u8,
}
