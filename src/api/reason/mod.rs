//! Every reason that a condition or an Event of the operator can have. One table says how severe each reason is, what
//! it means and what to do. The tables in docs/states.md are generated from it.

mod course;
pub mod docs;
mod place;
mod table;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use course::Course;
pub use place::ReasonPlace;
pub use table::Reason;

impl Reason {
    /// The reason of this name. Nothing for a word that this version does not know.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.as_str() == word)
    }

    /// Whether it can be the reason of a refusal by Graph, because it says that something is wrong.
    fn is_wrong(self) -> bool {
        matches!(self.course(), Course::Retrying | Course::Stuck)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Reads the reason of a refusal. Another version or a person may have written it. A word that is no reason of a
/// refusal counts as RefusedByGraph, and the message beside it says more.
pub(super) fn of_refusal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Reason, D::Error> {
    let word = String::deserialize(deserializer)?;
    Ok(Reason::named(&word).filter(|reason| reason.is_wrong()).unwrap_or(Reason::RefusedByGraph))
}

/// Reads the reason of an ending. A word that is no such reason counts as AccessEnded.
pub(super) fn of_ending<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Reason, D::Error> {
    let word = String::deserialize(deserializer)?;
    Ok(Reason::named(&word)
        .filter(|reason| matches!(reason, Reason::Expired | Reason::Deleting | Reason::Revoked))
        .unwrap_or(Reason::AccessEnded))
}

/// Reads the reason why a guest of a list needs attention.
pub(super) fn of_attention<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Reason, D::Error> {
    let word = String::deserialize(deserializer)?;
    Ok(Reason::named(&word).unwrap_or(Reason::GuestsNeedALook))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::api::{Ended, Refusal};

    #[test]
    fn each_reason_is_one_word_that_kubernetes_takes_and_is_read_back() {
        let words: HashSet<&str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert_eq!(words.len(), Reason::ALL.len());
        for reason in Reason::ALL {
            let word = reason.as_str();
            assert!(word.starts_with(|c: char| c.is_ascii_uppercase()) && word.len() <= 1024, "{word}");
            assert!(word.chars().all(|c| c.is_ascii_alphanumeric()), "{word}");
            assert_eq!(Reason::named(word), Some(*reason));
            assert!(!reason.places().is_empty(), "{word} stands nowhere");
        }
    }

    #[test]
    fn a_status_of_another_version_or_of_a_persons_hand_is_read_all_the_same() {
        let refusal = |word: &str| {
            let text = serde_json::json!({"reason": word, "message": "No.", "at": "2026-11-22T10:00:00Z", "retryAt": "2026-11-22T10:00:00Z", "generation": 1});
            serde_json::from_value::<Refusal>(text).unwrap()
        };
        assert_eq!(refusal("DomainBlocked").reason, Reason::DomainBlocked);
        assert_eq!(serde_json::to_value(refusal("DomainBlocked")).unwrap()["reason"], "DomainBlocked");
        for odd in ["OfTomorrow", "", "not a word", "Accepted", "Suspended"] {
            assert_eq!(refusal(odd).reason, Reason::RefusedByGraph, "{odd}");
        }
        let ended = |word: &str| {
            let text = serde_json::json!({"reason": word, "at": "2026-11-22T10:00:00Z", "how": "Retained"});
            serde_json::from_value::<Ended>(text).unwrap().reason
        };
        assert_eq!(ended("Expired"), Reason::Expired);
        for other in ["AccessEnded", "OfTomorrow", "Accepted", ""] {
            assert_eq!(ended(other), Reason::AccessEnded, "{other}");
        }
    }
}
