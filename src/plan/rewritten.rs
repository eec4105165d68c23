//! A change of a user that is written again and again, because somebody changes it back: another cluster that declares something else,
//! or a synchronisation. It is told, and written more and more seldom.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use jiff::Timestamp;

/// So often a change is written without a pause: somebody may have corrected the user by hand, and not known better.
const WITHOUT_PAUSE: u32 = 3;

/// How long the first pause is. Each further one is twice as long.
const PAUSE: Duration = Duration::from_secs(15 * 60);

/// How long a pause is at most.
const LONGEST: Duration = Duration::from_secs(3600);

/// After so long a change that is written again is a new one.
const FORGOTTEN: Duration = Duration::from_secs(2 * 3600);

/// Properties by Graph's name; nothing clears one.
pub type Changes = BTreeMap<String, Option<String>>;

/// The last change of a user, and how often it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// A digest of the change, as a hundred thousand of them may be remembered.
    digest: u64,
    times: u32,
    last: Timestamp,
}

impl Rewritten {
    /// `changes` were written at `now`, after what was `before`.
    pub fn note(before: Option<Self>, changes: &Changes, now: Timestamp) -> Self {
        let digest = digest(changes);
        let before = before.filter(|before| before.digest == digest && !before.is_forgotten(now));
        Self { digest, times: before.map_or(1, |before| before.times.saturating_add(1)), last: now }
    }

    /// Whether it is too long ago to count.
    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        now.duration_since(self.last).unsigned_abs() >= FORGOTTEN
    }

    /// Until when these `changes` are not written once more; nothing where they may be written now.
    pub(super) fn rests_until(&self, changes: &Changes, now: Timestamp) -> Option<Timestamp> {
        let beyond = self.times.checked_sub(WITHOUT_PAUSE).filter(|_| self.digest == digest(changes))?;
        let pause = PAUSE.saturating_mul(1 << beyond.min(16)).min(LONGEST);
        self.last.checked_add(pause).ok().filter(|until| *until > now)
    }
}

fn digest(changes: &Changes) -> u64 {
    let mut hasher = DefaultHasher::new();
    changes.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_changed_back_is_written_more_and_more_seldom() {
        let start: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let at = |minutes: i64| start.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap();
        let ours = Changes::from([("department".to_owned(), Some("Sales".to_owned()))]);
        let (mut written, mut minutes) = (None, Vec::new());
        for minute in 0..240 {
            let rests =
                written.as_ref().is_some_and(|written: &Rewritten| written.rests_until(&ours, at(minute)).is_some());
            if !rests {
                written = Some(Rewritten::note(written, &ours, at(minute)));
                minutes.push(minute);
            }
        }
        assert_eq!(minutes, [0, 1, 2, 17, 47, 107, 167, 227]);

        let written = written.unwrap();
        let others = Changes::from([("department".to_owned(), Some("Support".to_owned()))]);
        assert_eq!(written.rests_until(&others, at(230)), None, "the spec has changed");
        assert_eq!(Rewritten::note(Some(written), &others, at(230)).times, 1);
        assert_eq!(Rewritten::note(Some(written), &ours, at(227 + 120)).times, 1, "two hours later");
    }
}
