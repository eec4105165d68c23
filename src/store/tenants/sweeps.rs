//! How the sweeps of a directory go. While they fail, redemptions do not show, and the EntraTenant says so.

use jiff::Timestamp;

/// How the sweeps go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sweeps {
    /// When the last one that read everything ended.
    pub completed_at: Option<Timestamp>,
    /// Since when they fail, and why the last one did.
    pub failing: Option<FailingSweeps>,
}

/// Sweeps that fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailingSweeps {
    /// Since when.
    pub since: Timestamp,
    /// Why the last one failed.
    pub why: String,
}

impl Sweeps {
    /// Notes how a sweep ended at `now`. Returns whether that is news for people.
    pub fn note(&mut self, ended: Result<(), String>, now: Timestamp) -> bool {
        match ended {
            Ok(()) => {
                self.completed_at = Some(now);
                self.failing.take().is_some()
            }
            Err(why) => {
                let before = self.failing.take();
                let since = before.as_ref().map_or(now, |before| before.since);
                let failing = FailingSweeps { since, why };
                let news = before.as_ref() != Some(&failing);
                self.failing = Some(failing);
                news
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_and_the_recovery_are_news_and_the_time_is_the_first_ones() {
        let at = |minute: i8| format!("2026-11-22T10:0{minute}:00Z").parse::<Timestamp>().unwrap();
        let mut sweeps = Sweeps::default();
        assert!(!sweeps.note(Ok(()), at(0)));
        assert!(sweeps.note(Err("no".into()), at(1)));
        assert!(!sweeps.note(Err("no".into()), at(2)), "the same again");
        assert!(sweeps.note(Err("other".into()), at(3)));
        assert_eq!(
            (sweeps.completed_at, sweeps.failing.as_ref().map(|failing| failing.since)),
            (Some(at(0)), Some(at(1)))
        );
        assert!(sweeps.note(Ok(()), at(4)));
        assert_eq!(sweeps, Sweeps { completed_at: Some(at(4)), failing: None });
    }
}
