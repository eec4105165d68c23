//! How long a guest is left alone with what keeps failing for it. A rest for another reason, a wake-up or a write of our own is no reason
//! to try sooner, and what fails for one guest holds up no other.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::api::Explanation;

const FIRST: Duration = Duration::from_secs(1);

/// From so many failures in a row on it is tried once an hour.
pub const STUBBORN: u32 = 10;

const HOURLY: Duration = Duration::from_secs(3600);

/// How soon somebody who changes the guest has it tried again.
const CHANGED: Duration = Duration::from_secs(10);

/// What fails for each guest, by uid and operation.
#[derive(Debug, Default)]
pub struct Patience {
    failing: Mutex<HashMap<String, HashMap<&'static str, Failing>>>,
}

/// What fails for a guest, and until when it is not tried again.
#[derive(Clone, Debug)]
struct Failing {
    /// Failures in a row.
    count: u32,
    tried: Instant,
    over: Instant,
    /// A digest of what people ask for. Another one is a reason to try again.
    asked: u64,
    trouble: Explanation,
}

/// Something that is not tried again yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatienceHold {
    /// How long.
    pub left: Duration,
    /// Why it failed.
    pub trouble: Explanation,
}

impl Patience {
    /// Notes that `operation` failed for the guest `uid`, of whom people `asked` for this. `trouble` makes the words, from how often it has
    /// failed in a row. It is tried again after 1 s, 2 s, 4 s ... and from the tenth time on after an hour, with a tenth of jitter.
    pub fn failed(
        &self,
        uid: &str,
        operation: &'static str,
        asked: u64,
        trouble: impl FnOnce(u32) -> Explanation,
    ) -> PatienceHold {
        self.failed_at(uid, operation, asked, trouble, Instant::now())
    }

    fn failed_at(
        &self,
        uid: &str,
        operation: &'static str,
        asked: u64,
        trouble: impl FnOnce(u32) -> Explanation,
        now: Instant,
    ) -> PatienceHold {
        let mut failing = self.failing.lock();
        let of_guest = failing.entry(uid.to_owned()).or_default();
        let count = of_guest.get(operation).map_or(0, |before| before.count).saturating_add(1);
        let wait = if count < STUBBORN { FIRST.saturating_mul(1 << (count - 1).min(31)) } else { HOURLY };
        let left = wait.mul_f64(0.9 + 0.1 * fastrand::f64());
        let trouble = trouble(count);
        let hold = PatienceHold { left, trouble: trouble.clone() };
        of_guest.insert(operation, Failing { count, tried: now, over: now + left, asked, trouble });
        hold
    }

    /// What stands in the way of trying `operation` for the guest `uid` now.
    pub fn holds(&self, uid: &str, operation: &'static str, asked: u64) -> Option<PatienceHold> {
        self.holds_at(uid, operation, asked, Instant::now())
    }

    fn holds_at(&self, uid: &str, operation: &'static str, asked: u64, now: Instant) -> Option<PatienceHold> {
        let failing = self.failing.lock();
        let held = failing.get(uid)?.get(operation)?;
        let over = if held.asked == asked { held.over } else { held.over.min(held.tried + CHANGED) };
        let left = over.saturating_duration_since(now);
        (!left.is_zero()).then(|| PatienceHold { left, trouble: held.trouble.clone() })
    }

    /// `operation` went well for the guest `uid`.
    pub fn succeeded(&self, uid: &str, operation: &'static str) {
        let mut failing = self.failing.lock();
        let Some(of_guest) = failing.get_mut(uid) else { return };
        of_guest.remove(operation);
        if of_guest.is_empty() {
            failing.remove(uid);
        }
    }

    /// Nothing is left to be done for the guest `uid`.
    pub fn forget(&self, uid: &str) {
        self.failing.lock().remove(uid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Reason;

    fn fail(patience: &Patience, uid: &str, asked: u64, now: Instant) -> u64 {
        let trouble = |count| Explanation::new(Reason::GraphError, format!("{count} times"));
        patience.failed_at(uid, "send", asked, trouble, now).left.as_secs_f64().ceil() as u64
    }

    /// The POST for one address was answered by 503 for ever: it was made every ten seconds, as a rest in a queue counted as success.
    #[test]
    fn what_keeps_failing_is_tried_more_and_more_seldom_and_then_once_an_hour() {
        let (patience, mut now) = (Patience::default(), Instant::now());
        for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 3600, 3600] {
            let waits = fail(&patience, "a", 1, now);
            assert!(waits <= wait && waits * 10 >= wait * 9, "{waits} s of {wait} s");
            assert!(patience.holds_at("a", "send", 1, now).is_some());
            assert_eq!(patience.holds_at("a", "look", 1, now), None, "something else");
            assert_eq!(patience.holds_at("b", "send", 1, now), None, "somebody else");
            patience.succeeded("a", "look");
            now += Duration::from_secs(wait);
            assert_eq!(patience.holds_at("a", "send", 1, now), None);
        }
        assert_eq!(patience.failing.lock()["a"]["send"].trouble.message, "11 times");
        patience.succeeded("a", "send");
        assert_eq!(fail(&patience, "a", 1, now), 1);
    }

    #[test]
    fn whoever_changes_the_guest_has_it_tried_again_and_gets_no_storm_by_it() {
        let (patience, now) = (Patience::default(), Instant::now());
        (0..12).for_each(|_| _ = fail(&patience, "a", 1, now));
        let left = |asked, after: u64| patience.holds_at("a", "send", asked, now + Duration::from_secs(after));
        assert!(left(1, 60).is_some() && left(2, 9).is_some());
        assert_eq!(left(2, 10), None);
        let _ = fail(&patience, "a", 2, now + Duration::from_secs(10));
        assert!(left(3, 19).is_some() && left(2, 60).is_some() && left(3, 20).is_none());
    }
}
