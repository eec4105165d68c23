//! Every reason that a condition or an Event of the operator can have: one table with how severe each is, what it means and what
//! to do. The tables in docs/states.md are generated from it.

mod course;
pub mod docs;
mod place;
mod table;

use std::fmt;

pub use course::Course;
pub use place::ReasonPlace;
pub use table::Reason;

impl Reason {
    /// The reason of this name; nothing for a word that this version does not know.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.as_str() == word)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

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
}
