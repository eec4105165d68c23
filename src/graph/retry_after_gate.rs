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

    /// The time until which the gate is closed; none when it is open.
    pub fn closed_until(&self, now: Timestamp) -> Option<Timestamp> {
        let held = self.until.lock();
        held.filter(|until| *until > now)
    }
}
