//! What a letter speaks of, and what it says: the values that a text is filled with, and the text once filled.
//! Both hold the redeem link, which lets whoever has it in, so neither shows it when printed.

use std::fmt;

use super::clean;

/// What a text speaks of.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    /// The guest's address.
    pub email: &'a str,
    /// The guest's name, if it is known. A blank one counts as unknown.
    pub display_name: Option<&'a str>,
    /// The organisation that invites, by name.
    pub tenant: &'a str,
    /// The link that accepts the invitation; it goes into the letter byte for byte.
    pub redeem_url: &'a str,
    /// A personal message of any number of lines. A blank one counts as none.
    pub message: Option<&'a str>,
}

impl Values<'_> {
    /// The guest's name on one line, if there is one.
    pub(super) fn name(&self) -> Option<String> {
        self.display_name.map(clean::one_line).filter(|name| !name.is_empty())
    }

    /// The organisation's name on one line.
    pub(super) fn organisation(&self) -> String {
        clean::one_line(self.tenant)
    }

    /// The message without blank lines around it, if there is one.
    pub(super) fn note(&self) -> Option<String> {
        self.message.map(clean::lines).map(|note| note.trim().to_owned()).filter(|note| !note.is_empty())
    }
}

impl fmt::Debug for Values<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values").field("email", &self.email).field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

/// What a letter says.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// The subject, on one line.
    pub subject: String,
    /// The plain text; lines end in `\n`.
    pub text: String,
    /// The same as an HTML page.
    pub html: Option<String>,
    /// The language it is written in, as a BCP 47 tag, if that is known.
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
