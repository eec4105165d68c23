//! The tenant's pause. After a 429 or 503 the whole tenant makes no call until the time that Graph gave.

use std::time::Duration;

use jiff::Timestamp;
use parking_lot::Mutex;

/// How long to wait when Graph throttles without a `Retry-After`.
const UNTOLD: Duration = Duration::from_secs(10);

/// The pause of one tenant, shared by all its calls.
#[derive(Debug, Default)]
pub struct RetryAfterGate {
    until: Mutex<Option<Timestamp>>,
    /// For whom the invitation service was not there last.
    unavailable_for: Mutex<Option<String>>,
}

impl RetryAfterGate {
    /// Closes the gate for `wait`, or for ten seconds when Graph gave no time. It never shortens a longer pause.
    /// Returns how much longer the pause is now.
    pub fn close(&self, wait: Option<Duration>, now: Timestamp) -> Duration {
        let until = now.checked_add(wait.unwrap_or(UNTOLD)).unwrap_or(now);
        let mut held = self.until.lock();
        let before = held.map_or(now, |earlier| earlier.max(now));
        *held = Some(before.max(until));
        Duration::try_from(until.duration_since(before)).unwrap_or_default()
    }

    /// The invitation service was not there for `whom`. When it is not there for two people in a row it is there for nobody, and the gate
    /// closes as by [`RetryAfterGate::close`].
    pub fn unavailable_for(&self, whom: &str, wait: Option<Duration>, now: Timestamp) -> Duration {
        let before = self.unavailable_for.lock().replace(whom.to_owned());
        let another = before.is_some_and(|before| before != whom);
        if another { self.close(wait, now) } else { Duration::ZERO }
    }

    /// The invitation service was there.
    pub fn available(&self) {
        *self.unavailable_for.lock() = None;
    }

    /// The time until which the gate is closed; none when it is open.
    pub fn closed_until(&self, now: Timestamp) -> Option<Timestamp> {
        let held = self.until.lock();
        held.filter(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The POST for one address was always answered by 503, and each time all others waited ten seconds.
    #[test]
    fn one_address_that_gets_no_service_holds_up_nobody_else() {
        let (gate, now) = (RetryAfterGate::default(), "2026-11-22T10:00:00Z".parse::<Timestamp>().unwrap());
        for _ in 0..3 {
            assert_eq!(gate.unavailable_for("a", None, now), Duration::ZERO);
        }
        gate.available();
        assert_eq!(gate.unavailable_for("a", None, now), Duration::ZERO);
        assert_eq!(gate.closed_until(now), None);
        assert_eq!(gate.unavailable_for("b", None, now), UNTOLD, "two in a row");
        assert!(gate.closed_until(now).is_some());
    }
}
