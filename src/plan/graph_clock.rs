//! How far Graph's clock is ahead of ours. Times that Graph gives are kept as it gives them, and so are the times that are compared
//! with those. What is counted from them to now is counted on one clock.

use jiff::{SignedDuration, Timestamp};

/// Graph's clock, seen from ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GraphClock {
    ahead: SignedDuration,
}

impl GraphClock {
    /// A clock that is so far ahead of ours, or behind it.
    pub fn ahead_by(ahead: SignedDuration) -> Self {
        Self { ahead }
    }

    /// What it shows when ours shows `ours`.
    pub fn shows(self, ours: Timestamp) -> Timestamp {
        ours.saturating_add(self.ahead).unwrap_or(ours)
    }

    /// What ours shows when it shows `graphs`.
    pub fn on_ours(self, graphs: Timestamp) -> Timestamp {
        graphs.saturating_sub(self.ahead).unwrap_or(graphs)
    }
}
