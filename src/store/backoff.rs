//! How long to leave a resource alone after failures in a row. kube's controller keeps no such count.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(120);

/// Failures in a row, by a key such as the resource's uid.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: Mutex<HashMap<String, Failures>>,
}

#[derive(Debug)]
struct Failures {
    count: u32,
    /// When the wait after the last one is over.
    over: Instant,
}

impl Backoff {
    /// Counts one more failure of `key`; says how long to wait: 1 s, 2 s, 4 s ... 2 min, with a fifth of jitter. Who was woken
    /// before the wait was over and failed again waits for its end: many events in a moment are no reason to wait for minutes.
    pub fn failed(&self, key: &str) -> Duration {
        self.failed_at(key, Instant::now())
    }

    fn failed_at(&self, key: &str, now: Instant) -> Duration {
        let mut failures = self.failures.lock();
        let failures = failures.entry(key.to_owned()).or_insert(Failures { count: 0, over: now });
        let left = failures.over.saturating_duration_since(now);
        if !left.is_zero() {
            return left;
        }
        let wait = FIRST.saturating_mul(2u32.saturating_pow(failures.count)).min(LONGEST);
        let wait = wait.mul_f64(0.9 + 0.2 * fastrand::f64());
        *failures = Failures { count: failures.count.saturating_add(1), over: now + wait };
        wait
    }

    /// `key` went well.
    pub fn succeeded(&self, key: &str) {
        self.failures.lock().remove(key);
    }
}
