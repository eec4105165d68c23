//! When an object is looked at again.

use std::time::Duration;

/// When a pass wants to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// When something changes.
    OnChange,
    /// Also after this time.
    After(Duration),
}

impl From<Option<Duration>> for Again {
    fn from(again: Option<Duration>) -> Self {
        again.map_or(Self::OnChange, Self::After)
    }
}
