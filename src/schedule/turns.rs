//! Whose turn it is: rounds in which each namespace has one place, so that nobody waits for all the guests of another namespace.

use std::collections::HashMap;

/// A place. The smaller comes first: by round, and within a round who came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueueTurn {
    round: u64,
    came: u64,
}

impl QueueTurn {
    /// No place comes before this one.
    pub(super) const FIRST: Self = Self { round: 0, came: 0 };
    /// No place comes after this one.
    pub(super) const LAST: Self = Self { round: u64::MAX, came: u64::MAX };
}

/// Gives places.
#[derive(Debug, Default)]
pub struct Turns {
    /// The round that is under way.
    round: u64,
    /// The round of the last place of each namespace that has one in this round or later.
    last: HashMap<String, u64>,
    /// How many have come.
    came: u64,
}

impl Turns {
    /// A place for somebody of `namespace`.
    pub fn take(&mut self, namespace: &str) -> QueueTurn {
        let round = self.last.get(namespace).map_or(self.round, |last| self.round.max(last + 1));
        self.last.insert(namespace.to_owned(), round);
        self.came += 1;
        QueueTurn { round, came: self.came }
    }

    /// It is the turn of `turn`: with it its round begins.
    pub fn has_come(&mut self, turn: QueueTurn) {
        if turn.round > self.round {
            self.round = turn.round;
            self.last.retain(|_, last| *last >= turn.round);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_late_waits_for_one_of_each_namespace() {
        let mut turns = Turns::default();
        let mut waiting: Vec<(QueueTurn, &str)> = (0..5).map(|_| (turns.take("busy"), "busy")).collect();
        turns.has_come(waiting.remove(0).0);
        turns.has_come(waiting.remove(0).0);
        waiting.extend([(turns.take("calm"), "calm"), (turns.take("calm"), "calm")]);
        waiting.sort_unstable();
        let names: Vec<&str> = waiting.iter().map(|(_, name)| *name).collect();
        assert_eq!(names, ["calm", "busy", "calm", "busy", "busy"]);
    }
}
