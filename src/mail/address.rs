//! Addresses in the form that a mail server accepts: bare and ASCII. They contain nothing that an SMTP command or a
//! header could read as its own syntax.

use std::{fmt, str::FromStr};

use lettre::{Address, message::Mailbox};

use super::{LetterError, clean};

/// The longest address (RFC 5321, 4.5.3.1.3, without the angle brackets).
const LONGEST: usize = 254;

/// The longest name. A directory has the same limit.
const LONGEST_NAME: usize = 256;

/// The sender of the letters: an address, and a name if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    name: Option<String>,
    address: Address,
}

impl Sender {
    pub(super) fn mailbox(&self) -> Mailbox {
        Mailbox::new(self.name.clone(), self.address.clone())
    }
}

/// Reads `invites@contoso.example` or `Contoso <invites@contoso.example>`.
impl FromStr for Sender {
    type Err = LetterError;

    fn from_str(text: &str) -> Result<Self, LetterError> {
        let text = text.trim();
        let (given, bare) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((given, bare)) => (Some(given.trim().trim_matches('"')), bare),
            None => (None, text),
        };
        Ok(Self { name: given.and_then(name), address: parse("from", bare)? })
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => write!(f, "{}", self.address),
        }
    }
}

/// The name on one line; none if nothing of it is left.
pub(super) fn name(text: &str) -> Option<String> {
    let name: String = clean::one_line(text).chars().take(LONGEST_NAME).collect();
    (!name.is_empty()).then_some(name)
}

/// Parses the bare address `text`. `which` names the header of the address, for errors.
pub(super) fn parse(which: &'static str, text: &str) -> Result<Address, LetterError> {
    let wrong = |why, source| LetterError::Address { which, address: text.to_owned(), why, source };
    if !text.is_ascii() {
        return Err(wrong("only ASCII; write an international domain in its xn-- form", None));
    }
    if text.len() > LONGEST {
        return Err(wrong("it is longer than 254 characters", None));
    }
    if text.chars().any(|c| !c.is_ascii_graphic() || r#"<>()[]\,;:""#.contains(c)) {
        return Err(wrong("give the bare address, such as bob@example.com", None));
    }
    text.parse().map_err(|error| wrong("give the bare address, such as bob@example.com", Some(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        for (text, shown) in [
            ("invites@contoso.example", "invites@contoso.example"),
            (" Contoso GmbH <invites@contoso.example> ", "Contoso GmbH <invites@contoso.example>"),
            ("\"Contoso, Inc.\" <invites@contoso.example>", "Contoso, Inc. <invites@contoso.example>"),
            ("<invites@contoso.example>", "invites@contoso.example"),
            ("コントソ\r\n <invites@contoso.example>", "コントソ <invites@contoso.example>"),
        ] {
            assert_eq!(text.parse::<Sender>().unwrap().to_string(), shown);
        }
        for text in ["", "Contoso", "Contoso invites@contoso.example", "Contoso <invites>", "a@b.c, d@e.f"] {
            let sentence = text.parse::<Sender>().unwrap_err().to_string();
            assert!(sentence.starts_with("from ") && sentence.contains("give the bare address"), "{sentence}");
        }
    }

    #[test]
    fn an_address_cannot_speak_smtp() {
        let long = format!("{}@example.com", "a".repeat(250));
        for text in [
            "bob@example.com\r\nDATA",
            "bob@example.com> BODY=8BITMIME",
            "bob@example.com\0",
            "\"a b\"@example.com",
            "bob@[127.0.0.1]",
            "bob@exämple.com",
            "bob",
            &long,
        ] {
            assert!(parse("to", text).is_err(), "{text:?}");
        }
        assert!(parse("to", "o'hara_x.y-z+1@sub.xn--bcher-kva.example").is_ok());
    }
}
