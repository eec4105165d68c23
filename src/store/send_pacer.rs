//! Paces the invitations of a tenant: each guest that wants one takes a place, and each place has its time.
//! Far slower than Graph allows, because Microsoft blocks directories whose invitations come in bursts.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use parking_lot::Mutex;

use crate::api::Pacing;

/// How long a place is kept for who does not come; then the next in need of one gets a new time.
const KEPT: Duration = Duration::from_secs(10);

/// The queue of the invitations of one tenant.
#[derive(Debug)]
pub struct SendPacer {
    interval: Duration,
    burst: u32,
    state: Mutex<PacerState>,
}

#[derive(Debug, Default)]
struct PacerState {
    /// When the place after the last one would be, were there no burst.
    next: Option<Timestamp>,
    /// The same for places that were taken up: after a stall many are late at once, and still may not leave in one go.
    next_taken: Option<Timestamp>,
    places: HashMap<String, PacerPlace>,
}

#[derive(Clone, Copy, Debug)]
struct PacerPlace {
    at: Timestamp,
    taken_up: bool,
}

impl SendPacer {
    /// A pacer whose queue is empty.
    pub fn new(pacing: &Pacing) -> Self {
        let per_minute = pacing.per_minute.max(1);
        Self { interval: Duration::from_secs(60) / per_minute, burst: pacing.burst.max(1), state: Mutex::default() }
    }

    /// The time of the place that `uid` holds, if it holds one that has not run out.
    pub fn place(&self, uid: &str, now: Timestamp) -> Option<Timestamp> {
        let mut state = self.state.lock();
        let mut place = *state.places.get(uid)?;
        if now.duration_since(place.at) > jiff::SignedDuration::try_from(KEPT).unwrap_or_default() {
            state.places.remove(uid);
            return None;
        }
        if place.at <= now && !place.taken_up {
            let next = state.next_taken.map_or(now, |next| next.max(now));
            let at = self.before_burst(next, now);
            if at <= now {
                state.next_taken = next.checked_add(self.interval).ok();
            }
            place = PacerPlace { at, taken_up: at <= now };
            state.places.insert(uid.to_owned(), place);
        }
        Some(place.at)
    }

    /// Gives `uid` the next place.
    pub fn enter(&self, uid: &str, now: Timestamp) {
        let mut state = self.state.lock();
        let next = state.next.map_or(now, |next| next.max(now));
        let at = self.before_burst(next, now);
        state.next = next.checked_add(self.interval).ok();
        state.places.insert(uid.to_owned(), PacerPlace { at, taken_up: false });
    }

    fn before_burst(&self, next: Timestamp, now: Timestamp) -> Timestamp {
        next.checked_sub(self.interval * (self.burst - 1)).unwrap_or(now).max(now)
    }

    /// Gives the place up: it was used.
    pub fn leave(&self, uid: &str) {
        self.state.lock().places.remove(uid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_goes_at_once_and_then_one_by_one() {
        let pacer = SendPacer::new(&Pacing { per_minute: 60, burst: 3, ..Pacing::default() });
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let places: Vec<i64> = (0..6)
            .map(|n| {
                pacer.enter(&n.to_string(), now);
                pacer.place(&n.to_string(), now).unwrap().duration_since(now).as_secs()
            })
            .collect();
        assert_eq!(places, [0, 0, 0, 1, 2, 3]);
    }

    /// Found by a thousand guests on a busy machine: late places left together, and Graph answered 429.
    #[test]
    fn late_places_do_not_leave_in_one_go() {
        let pacer = SendPacer::new(&Pacing { per_minute: 60, burst: 2, ..Pacing::default() });
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        (0..6).for_each(|n| pacer.enter(&n.to_string(), now));
        let late = now.checked_add(Duration::from_secs(5)).unwrap();
        let places: Vec<i64> =
            (0..6).map(|n| pacer.place(&n.to_string(), late).unwrap().duration_since(late).as_secs()).collect();
        assert_eq!(places.iter().filter(|wait| **wait <= 0).count(), 2, "{places:?}");
        assert_eq!(pacer.place("0", late), pacer.place("0", late), "who was let go stays let go");
    }

    #[test]
    fn a_place_that_was_missed_is_lost() {
        let pacer = SendPacer::new(&Pacing { per_minute: 60, burst: 1, ..Pacing::default() });
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        pacer.enter("a", now);
        assert_eq!(pacer.place("a", now.checked_add(Duration::from_secs(11)).unwrap()), None);
    }
}
