//! Since when a directory's Graph has not answered at all. One call that is cut off says little. When every call is, Graph cannot be
//! reached, whatever the connections look like.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// Since when no call got an answer.
#[derive(Debug, Default)]
pub struct Silence {
    since: Mutex<Option<Instant>>,
}

impl Silence {
    /// Notes that a call has ended at `now`, with an answer or without one.
    pub(super) fn note(&self, answered: bool, now: Instant) {
        let mut since = self.since.lock();
        *since = if answered { None } else { since.or(Some(now)) };
    }

    /// How long no call has got an answer, at `now`. Nothing while the last one got one.
    pub fn lasts(&self, now: Instant) -> Option<Duration> {
        self.since.lock().map(|since| now.saturating_duration_since(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lasts_from_the_first_call_without_an_answer_to_the_next_answer() {
        let (silence, start) = (Silence::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(silence.lasts(at(9)), None);
        silence.note(false, at(10));
        silence.note(false, at(20));
        assert_eq!(silence.lasts(at(30)), Some(Duration::from_secs(20)));
        silence.note(true, at(31));
        assert_eq!(silence.lasts(at(32)), None);
    }
}
