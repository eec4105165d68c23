//! How far Graph's clock is ahead of ours, by the `Date` of its answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// The header has whole seconds, and an answer takes a moment. Less than this is no difference.
const NOTHING: SignedDuration = SignedDuration::from_secs(3);

/// What the last answer told.
#[derive(Clone, Debug, Default)]
pub(super) struct ClockGap(Arc<AtomicI64>);

impl ClockGap {
    /// Takes in that an answer of Graph's with this `Date` came at `now`.
    pub(super) fn note(&self, date: Timestamp, now: Timestamp) {
        // The true time lies somewhere within the second.
        let ahead = date.duration_since(now) + SignedDuration::from_millis(500);
        let ahead = if ahead.abs() < NOTHING { SignedDuration::ZERO } else { ahead };
        // What is told of it does not change with each answer.
        if (ahead - self.ahead()).abs() >= NOTHING || ahead.is_zero() {
            self.0.store(i64::try_from(ahead.as_millis()).unwrap_or_default(), Ordering::Relaxed);
        }
    }

    /// How far Graph's clock is ahead; negative when it is behind.
    pub(super) fn ahead(&self) -> SignedDuration {
        SignedDuration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_told_and_the_rounding_of_the_header_is_none() {
        let gap = ClockGap::default();
        let now: Timestamp = "2026-11-28T10:00:00.900Z".parse().unwrap();
        for (date, seconds) in
            [("09:50:00", -600), ("10:10:01", 600), ("10:00:00", 0), ("09:59:59", 0), ("10:00:03", 0)]
        {
            gap.note(format!("2026-11-28T{date}Z").parse().unwrap(), now);
            assert!((gap.ahead().as_secs() - seconds).abs() <= 1, "{date}: {:?}", gap.ahead());
        }
        let told = |seconds: i64| {
            gap.note(now + SignedDuration::from_secs(seconds), now);
            gap.ahead()
        };
        let first = told(600);
        assert_eq!((told(601), told(599)), (first, first), "it does not go back and forth");
    }
}
