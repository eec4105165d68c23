//! Why a letter cannot be made, as a message for the author of the address or the text.

use lettre::address::AddressError;

/// Why a letter cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// No mail server accepts the address.
    #[error("{which} {address:?} is no address that mail can be sent to: {why}")]
    Address {
        /// `from`, `to` or `cc`.
        which: &'static str,
        /// The address as given.
        address: String,
        /// What is wrong with it.
        why: &'static str,
        /// lettre's reason, if lettre refused the address.
        source: Option<AddressError>,
    },
    /// The attempt's id cannot be part of a Message-ID.
    #[error("the attempt id {0:?} cannot stand in a Message-ID: only ASCII letters, digits, -, _ and ., at most 64")]
    Attempt(String),
    /// lettre's builder refused the letter.
    #[error("the letter cannot be put into the form of a mail: {0}")]
    Form(#[from] lettre::error::Error),
    /// Quoted-printable cannot encode the content of a part.
    #[error("the letter cannot be put into the form of a mail: a part cannot be encoded")]
    Encoding,
    /// The built letter has content that a server could misread.
    #[error("the letter cannot be put into the form of a mail: {0}")]
    Misreadable(&'static str),
}
