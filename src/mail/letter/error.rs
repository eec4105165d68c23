//! Why no letter can be made, as a sentence for whoever wrote the address or the text.

/// Why no letter can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// An address that no mail server takes.
    #[error("{which} {address:?} is no address that mail can be sent to: {why}")]
    Address {
        /// `from`, `to` or `cc`.
        which: &'static str,
        /// The address as it was given.
        address: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// An attempt's id that cannot be part of a Message-ID.
    #[error("the attempt id {0:?} cannot stand in a Message-ID: only ASCII letters, digits, -, _ and ., at most 64")]
    Attempt(String),
    /// The builder refused, or made something that a server could misread.
    #[error("the letter cannot be put into the form of a mail: {0}")]
    Form(String),
}
