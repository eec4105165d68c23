//! How a reason reads: whether all is well, somebody has to wait, or somebody has to act.

/// How severe a reason is. It decides over the status of Ready, over Reconciling and Stalled, and over the type of an Event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Course {
    /// As wanted.
    Done,
    /// Counts as done, but nobody can tell for sure: a person may want to look.
    Unsure,
    /// Still being worked on.
    Going,
    /// Held by a person.
    Held,
    /// Wrong, and tried again.
    Retrying,
    /// Stuck until somebody changes something.
    Stuck,
}

impl Course {
    /// Whether an Event with such a reason is a Warning.
    pub const fn warns(self) -> bool {
        matches!(self, Self::Unsure | Self::Retrying | Self::Stuck)
    }

    /// The same where the operator tries again whatever the reason: for a tenant in trouble, which is looked at again and again,
    /// and for the guests that wait for it. They are not stuck themselves, for nobody has to change them.
    pub const fn retried(self) -> Self {
        match self {
            Self::Stuck => Self::Retrying,
            other => other,
        }
    }
}
