//! How often one person may be mailed, and when they were.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// How often one person may be mailed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailLimit {
    /// The least time from one mail to the next.
    pub interval: Duration,
    /// The most mails within 24 hours.
    pub per_day: u32,
}

impl MailLimit {
    /// No limit.
    pub const NONE: Self = Self { interval: Duration::ZERO, per_day: u32::MAX };
}

/// How long a mail counts.
pub(super) const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The most mails a day that a limit can allow.
const MOST: usize = 100;

/// Adds `at` to the times of mails, and takes out those of more than a day before.
pub(super) fn note(mailed_at: &mut Vec<Timestamp>, at: Timestamp) {
    mailed_at.retain(|before| at.duration_since(*before) < DAY);
    mailed_at.push(at);
    // The schema holds no more, and no limit is as high.
    let surplus = mailed_at.len().saturating_sub(MOST);
    mailed_at.drain(..surplus);
}
