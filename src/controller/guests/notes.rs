//! What one pass notes for itself, from one step to the next.

use std::time::Duration;

use jiff::Timestamp;

use crate::api::Explanation;
use crate::plan::{Answer, Look, Outcome, Post, Record, Task, Ticket, UserView};

/// What one pass has seen so far. It is never kept: the next pass looks again.
#[derive(Debug)]
pub struct Pass {
    /// A live look for the address.
    pub look: Option<Look>,
    /// A live read of the user.
    pub user: UserView,
    /// From when that is.
    pub user_read_at: Option<Timestamp>,
    /// What the request brought that was sent a moment ago.
    pub answer: Option<(Post, Answer)>,
    /// What the task brought that was carried out a moment ago.
    pub done: Option<(Task, Outcome)>,
    /// Whether it was found that no Secret keeps an earlier link.
    pub no_link_kept: bool,
    /// The right to act on the attempt that this pass wrote.
    pub ticket: Option<Ticket>,
    /// In mode Observe: what would have been written so far.
    pub would: Option<Record>,
    /// Whether another claim of the namespace may take the person over, once that was read live.
    pub successor: Option<bool>,
    /// Whether what was decided on is not so any more: the pass ends, and comes again.
    pub outdated: bool,
    /// A call that failed.
    pub trouble: Option<Explanation>,
    /// When to come back after that.
    pub again: Option<Duration>,
    /// Whether that is this guest's own trouble, and not the tenant's.
    pub own_trouble: bool,
}

impl Pass {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            look: None,
            user: UserView::Unknown,
            user_read_at: None,
            answer: None,
            done: None,
            no_link_kept: false,
            ticket: None,
            would: None,
            successor: None,
            outdated: false,
            trouble: None,
            again: None,
            own_trouble: false,
        }
    }

    /// Notes a failed call, and that it is tried again after a while.
    pub fn failed(&mut self, trouble: Explanation, again: Option<Duration>) {
        self.trouble = Some(trouble);
        self.again = again;
        self.own_trouble = false;
    }

    /// Notes a call that failed for this guest.
    pub fn failed_itself(&mut self, trouble: Explanation) {
        self.failed(trouble, None);
        self.own_trouble = true;
    }
}
