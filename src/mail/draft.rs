//! The values for a letter's text, and the text with these values. Both contain the redeem link. Anybody who has the
//! link can use it, so debug output hides both.

use std::fmt;

use super::clean;

/// The values for a letter's text.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    /// The guest's address.
    pub email: &'a str,
    /// The guest's name, if it is known. A blank name counts as unknown.
    pub display_name: Option<&'a str>,
    /// The name of the organisation that invites.
    pub tenant: &'a str,
    /// The link that accepts the invitation. The letter contains it unchanged, byte for byte.
    pub redeem_url: &'a str,
    /// A personal message with any number of lines. A blank message counts as none.
    pub message: Option<&'a str>,
    /// Whether the guest was mailed before and has not accepted since.
    pub reminds: bool,
}

impl Values<'_> {
    /// The guest's name on one line; none if there is no name.
    pub(super) fn name(&self) -> Option<String> {
        self.display_name.map(clean::one_line).filter(|name| !name.is_empty())
    }

    /// The organisation's name on one line.
    pub(super) fn organisation(&self) -> String {
        clean::one_line(self.tenant)
    }

    /// The message without blank lines around it; none if there is no message.
    pub(super) fn note(&self) -> Option<String> {
        self.message.map(clean::lines).map(|note| note.trim().to_owned()).filter(|note| !note.is_empty())
    }
}

impl fmt::Debug for Values<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values").field("email", &self.email).field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

/// The subject and the text of a letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// The subject, on one line.
    pub subject: String,
    /// The plain text. Lines end with `\n`.
    pub text: String,
    /// The same text as an HTML page.
    pub html: Option<String>,
    /// The language of the text as a BCP 47 tag, if it is known.
    pub language: Option<String>,
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("subject", &self.subject)
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}
