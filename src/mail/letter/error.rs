//! Why no letter can be made, as a sentence for whoever wrote the address or the text.

use lettre::address::AddressError;

/// Why no letter can be made.
#[derive(Debug, thiserror::Error)]
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
        /// What lettre has against it, if it is lettre who does not take it.
        source: Option<AddressError>,
    },
    /// An attempt's id that cannot be part of a Message-ID.
    #[error("the attempt id {0:?} cannot stand in a Message-ID: only ASCII letters, digits, -, _ and ., at most 64")]
    Attempt(String),
    /// The builder refused.
    #[error("the letter cannot be put into the form of a mail: {0}")]
    Form(#[from] lettre::error::Error),
    /// A part has content that quoted-printable cannot hold.
    #[error("the letter cannot be put into the form of a mail: a part cannot be encoded")]
    Encoding,
    /// The builder made something that a server could misread.
    #[error("the letter cannot be put into the form of a mail: {0}")]
    Misreadable(&'static str),
}
