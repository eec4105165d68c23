//! Whose turn it is in the sweeps of a directory: the pending often, everybody now and then.

use std::time::Duration;

use tokio::time::Instant;

use crate::api;
use crate::directory::Whom;

/// How often a directory is swept.
#[derive(Clone, Copy, Debug)]
pub struct Rhythm {
    /// From one look at those who have not accepted yet to the next.
    pub every: Duration,
    /// From one look at everybody to the next.
    settled_every: Duration,
}

impl Rhythm {
    /// The rhythm that is declared. The defaults stand for what an older schema may have let through.
    pub fn of(sweep: &api::Sweep) -> Self {
        let default = api::Sweep::default();
        let length = |declared: &api::Span, default: &api::Span| {
            declared.length().or_else(|_| default.length()).unwrap_or(Duration::from_secs(60))
        };
        Self {
            every: length(&sweep.every, &default.every),
            settled_every: length(&sweep.settled_every, &default.settled_every),
        }
    }
}

/// How a sweep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SweepEnd {
    /// All was read.
    Whole,
    /// Nothing was asked, or Graph answered with less than all.
    Partly,
    /// There was no answer.
    Unanswered,
    /// Graph cannot list those who have not accepted.
    Unsupported,
}

/// Whose turn it is.
#[derive(Debug)]
pub struct SweepTurn {
    rhythm: Rhythm,
    /// When everybody is looked at next.
    everybody_at: Option<Instant>,
    /// Whether Graph can list those who have not accepted.
    lists_pending: bool,
}

impl SweepTurn {
    /// Everybody comes first.
    pub fn new(rhythm: Rhythm) -> Self {
        Self { rhythm, everybody_at: None, lists_pending: true }
    }

    /// Whom the sweep that begins at `now` is about.
    pub fn whom(&self, now: Instant) -> Whom {
        // A tenth of the time early: the sweeps have jitter, and one that just missed it would be late by a whole sweep.
        let due = self.everybody_at.is_none_or(|at| now + self.rhythm.every / 10 >= at);
        if due || !self.lists_pending { Whom::Everybody } else { Whom::Pending }
    }

    /// A sweep has ended at `now`.
    pub fn ended(&mut self, whom: Whom, ended: SweepEnd, now: Instant) {
        match (whom, ended) {
            (Whom::Everybody, SweepEnd::Whole) => self.everybody_at = Some(now + self.rhythm.settled_every),
            (Whom::Pending, SweepEnd::Unsupported) => self.lists_pending = false,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(every: u64, settled_every: u64) -> SweepTurn {
        SweepTurn::new(Rhythm { every: Duration::from_secs(every), settled_every: Duration::from_secs(settled_every) })
    }

    #[test]
    fn everybody_comes_first_and_then_when_it_is_time_again() {
        let start = Instant::now();
        let mut turn = turn(60, 900);
        let mut seen = Vec::new();
        for minute in 0..=31 {
            // The sweeps have jitter, so they come a little early.
            let now = start + Duration::from_secs(minute * 59);
            let whom = turn.whom(now);
            turn.ended(whom, if minute == 0 { SweepEnd::Partly } else { SweepEnd::Whole }, now);
            seen.extend((whom == Whom::Everybody).then_some(minute));
        }
        assert_eq!(seen, [0, 1, 17], "the first one failed");
    }

    #[test]
    fn where_the_pending_cannot_be_listed_each_sweep_is_of_everybody() {
        let now = Instant::now();
        let mut turn = turn(60, 900);
        turn.ended(Whom::Everybody, SweepEnd::Whole, now);
        assert_eq!(turn.whom(now), Whom::Pending);
        turn.ended(Whom::Pending, SweepEnd::Unsupported, now);
        assert_eq!(turn.whom(now), Whom::Everybody);
    }

    #[test]
    fn a_settled_time_that_is_no_longer_than_the_other_makes_each_sweep_one_of_everybody() {
        let now = Instant::now();
        let mut turn = turn(2, 2);
        for n in 1..5 {
            let now = now + Duration::from_millis(1_910 * n);
            assert_eq!(turn.whom(now), Whom::Everybody);
            turn.ended(Whom::Everybody, SweepEnd::Whole, now);
        }
    }
}
