//! Guests that the watch has told to be deleted. An answer to our own last write may come after that; it must not bring back to
//! the index who would then hold an address and a place for ever.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use jiff::Timestamp;

/// Longer than any reconcile may take.
const KEPT: Duration = Duration::from_secs(600);

#[derive(Debug, Default)]
pub(super) struct Buried {
    uids: HashSet<String>,
    by_age: VecDeque<(Timestamp, String)>,
}

impl Buried {
    /// Takes note that the guest with `uid` is gone, and forgets those of long ago.
    pub fn bury(&mut self, uid: String, now: Timestamp) {
        let long_ago = now.checked_sub(KEPT).unwrap_or(now);
        while let Some((_, old)) = self.by_age.pop_front_if(|(at, _)| *at < long_ago) {
            self.uids.remove(&old);
        }
        if self.uids.insert(uid.clone()) {
            self.by_age.push_back((now, uid));
        }
    }

    /// Whether the guest with `uid` is gone.
    pub fn holds(&self, uid: &str) -> bool {
        self.uids.contains(uid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_gone_is_remembered_for_ten_minutes() {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let after = |minutes: i64| start.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap();
        let mut buried = Buried::default();
        buried.bury("a".into(), start);
        buried.bury("b".into(), after(9));
        assert!(buried.holds("a") && buried.holds("b") && !buried.holds("c"));
        buried.bury("c".into(), after(11));
        assert!(!buried.holds("a") && buried.holds("b") && buried.holds("c"));
    }
}
