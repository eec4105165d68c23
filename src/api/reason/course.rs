//! How severe a reason is: all is well, somebody has to wait, or somebody has to act.

/// How severe a reason is. It decides the status of Ready, Reconciling and Stalled, and the type of an Event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Course {
    /// All is as declared, also where the spec declares an end or a pause.
    Done,
    /// Counts as done, but nobody can tell for sure. A person may want to look.
    Unsure,
    /// The operator is still working on it.
    Going,
    /// It rests, and what the spec declares is not done: something outside of the spec holds it.
    Held,
    /// Something is wrong, and the operator tries again.
    Retrying,
    /// Nothing happens until somebody changes something.
    Stuck,
}

impl Course {
    /// Whether an Event with such a reason is a Warning.
    pub const fn warns(self) -> bool {
        matches!(self, Self::Unsure | Self::Retrying | Self::Stuck)
    }

    /// The same where the operator tries again whatever the reason. This holds for a tenant in trouble, which is looked
    /// at again and again, and for the guests that wait for it. Such a guest is not stuck, because nobody has to change
    /// it.
    pub const fn retried(self) -> Self {
        match self {
            Self::Stuck => Self::Retrying,
            other => other,
        }
    }
}
