//! The three spans of time that the send protocol rests on, and the relation between them that makes it safe.

use std::time::Duration;

use jiff::Timestamp;

/// How long after a 201 the directory may hide the user before a person should hear of it, in settling times.
pub(super) const NEVER: u32 = 3;

/// How soon a person is looked at again for whom another claim does something.
pub(super) const AGAIN: Duration = Duration::from_secs(30);

/// How soon a user who was just made is looked for again, while something waits for them.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// How soon a difference is looked at again that may be our own change, not shown yet.
pub(super) const HELD_BACK: Duration = Duration::from_secs(15);

/// How long the parts of a send may take. Only made by [`Timing::settling_in`], which keeps their relation:
/// nobody may call an attempt lost while the process that wrote it can still send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How old a decision may be when its request leaves.
    pub freshness: Duration,
    /// How long a request may wait for its answer.
    pub request_timeout: Duration,
    /// How long after the decision the directory's silence is taken for "nothing arrived".
    pub settling: Duration,
}

impl Timing {
    /// The timing for a settling time, in the proportions of the design: 5 min gives 60 s and 30 s.
    pub fn settling_in(settling: Duration) -> Self {
        Self { freshness: settling / 5, request_timeout: settling / 10, settling }
    }

    /// From when on a request that was decided, or put on record, at `at` may not leave any more.
    pub fn latest(&self, at: Timestamp) -> Timestamp {
        at.checked_add(self.freshness).unwrap_or(Timestamp::MIN)
    }

    /// Whether something seen at `at` is young enough to begin a send on, or to bring somebody back.
    pub fn is_fresh(&self, at: Timestamp, now: Timestamp) -> bool {
        let age = now.duration_since(at);
        !age.is_negative() && age.unsigned_abs() < self.freshness
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self::settling_in(Duration::from_secs(300))
    }
}
