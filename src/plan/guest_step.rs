//! The steps for a Guest itself, and what they are decided on beside the record.

use std::time::Duration;

use super::{Look, Outcome, Task, UserView, guest};
use crate::api::{Explanation, GuestRecord};

/// What is known beside the record.
#[derive(Clone, Debug, Default)]
pub struct Unclaimed {
    /// The older Guest of the same user.
    pub older: Option<String>,
    /// Whether the directory can be worked with, and may be written to.
    pub reachable: bool,
    /// A live look for the address.
    pub look: Option<Look>,
    /// The user, by id, read live in this pass.
    pub user: Option<UserView>,
    /// The user, as the sweep shows them.
    pub swept: UserView,
    /// Why nobody is ended now, if so.
    pub ends_stopped: Option<Explanation>,
    /// What the task brought that was carried out a moment ago.
    pub done: Option<(Task, Outcome)>,
}

/// The one next thing to do for a Guest.
#[derive(Clone, Debug, PartialEq)]
pub enum GuestStep {
    /// Write this record under compare-and-swap.
    Write(Box<GuestRecord>),
    /// Look the address up, live, among the deleted too.
    Look,
    /// Read the user by id, live.
    Fetch(String),
    /// Work on the user.
    Do(Task),
    /// Delete the Guest: nothing of it is worth keeping.
    Forget,
    /// Nothing until something changes, or until then.
    Rest(Option<Duration>),
}

impl GuestStep {
    /// Write `record`, with the state that it tells.
    pub(super) fn write(mut record: GuestRecord) -> Self {
        record.state = guest::state(&record);
        Self::Write(Box::new(record))
    }
}
