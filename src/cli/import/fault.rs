//! What must be corrected in a table, as sentences that name the line.

use std::str::Utf8Error;

use crate::api::Address;

const KNOWN: &str = "email, displayName, redirectUrl, sendEmail and message";

/// What must be corrected in a table.
#[derive(Debug, thiserror::Error)]
pub enum TableFault {
    /// The file is not in UTF-8.
    #[error("line {line}: this is not UTF-8; save the file as \"CSV UTF-8\"")]
    NotUtf8 {
        /// The line.
        line: usize,
        /// Where the text stops being UTF-8.
        source: Utf8Error,
    },
    /// The file begins like UTF-16 and is none.
    #[error("the file begins like UTF-16 and is none to its end; save it as \"CSV UTF-8\"")]
    NotUtf16,
    /// A character that no text has.
    #[error("line {line}: there is a NUL character; save the file as \"CSV UTF-8\"")]
    Nul {
        /// The line.
        line: u64,
    },
    /// A quoted cell has no end.
    #[error(
        "line {line}: a quote (\") begins a cell here and none ends it, so all that follows would be in it; close it, or write \"\" for one inside a cell"
    )]
    Unclosed {
        /// The line where it begins.
        line: u64,
    },
    /// The file is no CSV.
    #[error("it is no CSV: {0}")]
    NotCsv(#[from] csv::Error),
    /// Two columns mean the same.
    #[error("the header names {0} twice")]
    ColumnTwice(String),
    /// The names of these columns are not known.
    #[error("{} not known; name {} as one of {KNOWN}, or take {} out", columns(.0), them(.0), them(.0))]
    UnknownColumns(Vec<String>),
    /// The first row has a guest in it.
    #[error(
        "line {line}: the first row has to name the columns, and this is a guest; write a line above it, such as email,displayName"
    )]
    NoHeader {
        /// The line.
        line: u64,
    },
    /// There is no column for the address, or no header at all.
    #[error("the first row has to name the columns, {KNOWN}, and email is not among them")]
    NoEmailColumn,
    /// A row has something that no guest can have.
    #[error("line {line}: {source}")]
    Row {
        /// The line.
        line: u64,
        /// What is wrong.
        source: RowFault,
    },
    /// Two rows have the same guest.
    #[error("line {line}: {email} stands on line {first} already")]
    Twice {
        /// The line of the second row.
        line: u64,
        /// The guest.
        email: Address,
        /// The line of the first row.
        first: u64,
    },
    /// There are no rows under the header.
    #[error("there is no guest under the header")]
    Empty,
}

/// What is wrong with a row.
#[derive(Debug, thiserror::Error)]
pub enum RowFault {
    /// The row has more cells than the header.
    #[error("{0:?} stands under no column's name; a text with the sign that parts the cells needs quotes around it")]
    NoColumn(String),
    /// The address is missing.
    #[error("there is no address")]
    NoAddress,
    /// The text is no address.
    #[error("{text:?} is no address; {why}")]
    NotAnAddress {
        /// The text.
        text: String,
        /// What is wrong, and the way out.
        why: &'static str,
    },
    /// A character of the address does not show.
    #[error("the address has a character that does not show, U+{:04X}; type it anew", u32::from(*.0))]
    Hidden(char),
    /// The text is no address to end at.
    #[error("{text:?} is no redirectUrl; {why}")]
    NotARedirect {
        /// The text.
        text: String,
        /// What is wrong, and the way out.
        why: &'static str,
    },
    /// The text is too long.
    #[error("{column} has {length} characters; {most} are the most")]
    TooLong {
        /// The column.
        column: &'static str,
        /// How long it is.
        length: usize,
        /// How long it may be.
        most: usize,
    },
    /// A cell goes over several lines that is no message.
    #[error("{0} goes over several lines; a quote (\") may be missing or too many")]
    SeveralLines(&'static str),
    /// The text is neither true nor false.
    #[error("sendEmail is {0:?}; write true or false")]
    NotTrueOrFalse(String),
    /// There is a message, but nobody is to send it.
    #[error("sendEmail is false, so nobody would get the message; empty one of the two")]
    Unsent,
}

fn columns(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    match quoted.as_slice() {
        [one] => format!("the column {one} is"),
        several => format!("the columns {} are", several.join(", ")),
    }
}

fn them(names: &[String]) -> &'static str {
    if names.len() == 1 { "it" } else { "each" }
}
