//! How fast a directory's invitations leave: as declared; else slowly at first, and faster while nothing is refused.
//!
//! Directories were blocked after eleven invitations in five minutes, and one that is blocked stays blocked until Microsoft's support
//! lifts it. What is too fast for a directory is published nowhere.

use std::time::Duration;

use jiff::Timestamp;

use crate::api::Pacing;

/// How many a minute where nobody says, at first.
const FIRST: u32 = 3;

/// How many a minute where nobody says, at most.
const MOST: u32 = 30;

/// How many may leave at once where nobody says.
const BURST: u32 = 3;

/// So many minutes with invitations and without a refusal, and they leave twice as fast.
const CLEAN_MINUTES: u32 = 10;

/// How fast invitations leave.
#[derive(Clone, Copy, Debug)]
pub struct SendPace {
    per_minute: u32,
    burst: u32,
    /// Whether it changes by itself.
    adapts: bool,
    clean_minutes: u32,
    /// The last minute in which an invitation left, since 1970.
    last_minute: i64,
}

impl SendPace {
    /// The pace that `pacing` asks for.
    pub fn of(pacing: &Pacing) -> Self {
        Self {
            per_minute: pacing.per_minute.unwrap_or(FIRST).max(1),
            burst: pacing.burst.unwrap_or(BURST).max(1),
            adapts: pacing.per_minute.is_none(),
            clean_minutes: 0,
            last_minute: i64::MIN,
        }
    }

    /// The time from one invitation to the next.
    pub fn interval(&self) -> Duration {
        Duration::from_secs(60) / self.per_minute
    }

    /// How many may leave at once after a quiet time.
    pub fn burst(&self) -> u32 {
        self.burst
    }

    /// An invitation leaves at `now`.
    pub fn leaves(&mut self, now: Timestamp) {
        let minute = now.as_second().div_euclid(60);
        if minute == self.last_minute {
            return;
        }
        self.last_minute = minute;
        self.clean_minutes += 1;
        // The first of these minutes has just begun.
        if self.adapts && self.clean_minutes > CLEAN_MINUTES {
            self.per_minute = (self.per_minute * 2).min(MOST);
            self.clean_minutes = 1;
        }
    }

    /// Graph has refused an invitation in a way that may be about the pace.
    pub fn refused(&mut self) {
        self.clean_minutes = 0;
        if self.adapts {
            self.per_minute = FIRST;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(pace: &mut SendPace, from: i64, count: i64) -> Vec<u32> {
        let each = (from..from + count).map(|minute| {
            pace.leaves(Timestamp::from_second(minute * 60).unwrap());
            pace.leaves(Timestamp::from_second(minute * 60 + 30).unwrap());
            pace.per_minute
        });
        let mut seen: Vec<u32> = each.collect();
        seen.dedup();
        seen
    }

    #[test]
    fn it_doubles_after_every_ten_clean_minutes_and_begins_anew_after_a_refusal() {
        let mut pace = SendPace::of(&Pacing::default());
        assert_eq!((pace.interval(), pace.burst()), (Duration::from_secs(20), 3));
        assert_eq!(minutes(&mut pace, 0, 10), [3]);
        assert_eq!(minutes(&mut pace, 10, 50), [6, 12, 24, 30]);
        // Minutes without an invitation say nothing.
        pace.refused();
        assert_eq!(minutes(&mut pace, 10_000, 5), [3]);
        assert_eq!(minutes(&mut pace, 20_000, 6), [3, 6]);
    }

    #[test]
    fn a_pace_that_is_declared_stays() {
        let mut pace = SendPace::of(&Pacing { per_minute: Some(60), ..Pacing::default() });
        assert_eq!(minutes(&mut pace, 0, 100), [60]);
        pace.refused();
        assert_eq!((pace.interval(), pace.burst()), (Duration::from_secs(1), 3));
    }
}
