//! How many guests are in each state: in the status of lists and of tenants, and in the metrics.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::State;

/// How many guests are in each state. `total` is the sum of the others.
// A status of an older version lacks some of them.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(default)]
pub struct GuestCounts {
    /// All guests.
    pub total: u32,
    /// Guests who are not invited yet.
    pub pending: u32,
    /// Guests who are in the directory and have not accepted yet.
    pub invited: u32,
    /// Guests who have accepted.
    pub accepted: u32,
    /// Guests who did not accept in time.
    pub expired: u32,
    /// Guests who are gone from the directory.
    pub withdrawn: u32,
    /// Guests who cannot be invited as declared.
    pub refused: u32,
    /// Guests for whom something is wrong that may pass.
    pub failed: u32,
}

impl GuestCounts {
    /// Counts one more guest. Whoever has no state yet is pending.
    pub fn add(&mut self, state: Option<State>) {
        self.total += 1;
        *self.of(state) += 1;
    }

    /// Counts one guest less, who was counted before with this state.
    pub fn remove(&mut self, state: Option<State>) {
        self.total = self.total.saturating_sub(1);
        let count = self.of(state);
        *count = count.saturating_sub(1);
    }

    /// The count of each state.
    pub fn each(mut self) -> [(State, u32); State::ALL.len()] {
        State::ALL.map(|state| (state, *self.of(Some(state))))
    }

    fn of(&mut self, state: Option<State>) -> &mut u32 {
        match state {
            Some(State::Pending) | None => &mut self.pending,
            Some(State::Invited) => &mut self.invited,
            Some(State::Accepted) => &mut self.accepted,
            Some(State::Expired) => &mut self.expired,
            Some(State::Withdrawn) => &mut self.withdrawn,
            Some(State::Refused) => &mut self.refused,
            Some(State::Failed) => &mut self.failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_a_count_of_its_own_and_they_add_up() {
        let mut counts = GuestCounts::default();
        let all: Vec<Option<State>> = State::ALL.into_iter().map(Some).chain([None]).collect();
        all.iter().for_each(|state| counts.add(*state));
        assert!(counts.each().iter().all(|(state, count)| *count == 1 + u32::from(*state == State::Pending)));
        assert_eq!(counts.total, counts.each().iter().map(|(_, count)| count).sum::<u32>());
        let words = State::ALL.map(State::as_str);
        let json = serde_json::to_value(counts).unwrap();
        assert!(words.iter().all(|word| json[word.to_lowercase()].is_number()), "{json}");
        assert_eq!(serde_json::to_value(State::ALL).unwrap(), serde_json::json!(words));
        all.iter().for_each(|state| counts.remove(*state));
        assert_eq!(counts, GuestCounts::default());
    }

    #[test]
    fn a_status_of_an_older_version_is_read() {
        let older: GuestCounts = serde_json::from_str(r#"{"total": 3, "pending": 1, "accepted": 2}"#).unwrap();
        assert_eq!((older.total, older.invited), (3, 0));
    }
}
