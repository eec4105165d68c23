//! The letter as it goes over the wire: headers, both parts, and an id made from the attempt.
//! Nothing that a person typed can add a header, end the letter early or start another part; what cannot be said safely is refused.

use std::{fmt, time::SystemTime};

use jiff::Timestamp;
use lettre::{
    Message,
    address::Envelope,
    message::{
        Body, Mailbox, MultiPart, MultiPartKind, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};

mod error;

pub use error::LetterError;

use super::{Draft, Sender, address, clean};

/// The longest line that a mail server has to take, without its end (RFC 5322, 2.1.1).
const LONGEST_LINE: usize = 998;

/// Where a subject is cut. Without spaces it cannot be folded, and has to fit into one line.
const LONGEST_SUBJECT: usize = 400;

/// Who writes to whom, when, and for which attempt.
#[derive(Clone, Copy, Debug)]
pub struct Addressed<'a> {
    /// The attempt's id, of ASCII letters, digits, `-`, `_` and `.`. The same attempt makes the same Message-ID.
    pub attempt: &'a str,
    /// Who sends it.
    pub from: &'a Sender,
    /// The guest's address.
    pub to: &'a str,
    /// The guest's name, if it is known.
    pub to_name: Option<&'a str>,
    /// Who gets a copy.
    pub cc: Option<&'a str>,
    /// When it is sent.
    pub date: Timestamp,
}

/// A letter, ready to be handed over.
#[derive(Clone)]
pub struct Letter {
    pub(super) envelope: Envelope,
    pub(super) content: Vec<u8>,
    message_id: String,
}

impl Letter {
    /// Puts `draft` into the form of a mail: plain text and, if there is one, the page as alternatives.
    ///
    /// # Errors
    /// When an address or the attempt's id is none.
    pub fn new(addressed: &Addressed<'_>, draft: &Draft) -> Result<Self, LetterError> {
        let id = attempt(addressed.attempt)?;
        let from = addressed.from.mailbox();
        let to = Mailbox::new(addressed.to_name.and_then(address::name), address::parse("to", addressed.to)?);
        let cc = addressed.cc.map(|cc| address::parse("cc", cc)).transpose()?;
        let message_id = format!("{id}@{}", from.email.domain());

        let recipients = std::iter::once(to.email.clone()).chain(cc.clone()).collect();
        let envelope = Envelope::new(Some(from.email.clone()), recipients)?;
        let mut builder = Message::builder()
            .envelope(envelope.clone())
            .message_id(Some(format!("<{message_id}>")))
            .date(SystemTime::from(addressed.date))
            .from(from)
            .to(to);
        if let Some(cc) = cc {
            builder = builder.cc(cc.into());
        }
        builder = builder
            .subject(clean::one_line(&draft.subject).chars().take(LONGEST_SUBJECT).collect::<String>())
            // RFC 3834: keeps out-of-office notes from answering.
            .raw_header(header(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"));
        if let Some(language) = draft.language.as_deref().filter(|tag| is_tag(tag)) {
            builder = builder.raw_header(header(HeaderName::new_from_ascii_str("Content-Language"), language));
        }
        let text = part(ContentType::TEXT_PLAIN, &draft.text)?;
        let message = match &draft.html {
            // Quoted-printable never writes `=_`, so no text can hold the boundary (RFC 2045, 6.7).
            Some(html) => builder.multipart(
                MultiPart::builder()
                    .kind(MultiPartKind::Alternative)
                    .boundary(format!("=_{id}"))
                    .singlepart(text)
                    .singlepart(part(ContentType::TEXT_HTML, html)?),
            ),
            None => builder.singlepart(text),
        };
        let content = message?.formatted();
        match misreadable(&content) {
            Some(what) => Err(LetterError::Misreadable(what)),
            None => Ok(Self { envelope, content, message_id }),
        }
    }

    /// Its Message-ID, without the angle brackets.
    pub fn message_id(&self) -> &str {
        &self.message_id
    }
}

/// The content holds the redeem link, so it is not shown.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

fn attempt(id: &str) -> Result<&str, LetterError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    // Two dots, or one at an end, make no dot-atom (RFC 5322, 3.2.3).
    let dots = id.split('.').all(|atom| !atom.is_empty());
    if id.len() <= 64 && id.chars().all(fits) && dots { Ok(id) } else { Err(LetterError::Attempt(id.to_owned())) }
}

fn is_tag(tag: &str) -> bool {
    !tag.is_empty() && tag.len() <= 35 && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn header(name: HeaderName, value: &str) -> HeaderValue {
    HeaderValue::new(name, value.to_owned())
}

fn part(kind: ContentType, content: &str) -> Result<SinglePart, LetterError> {
    let content = clean::lines(content);
    let body = Body::new_with_encoding(content, ContentTransferEncoding::QuotedPrintable)
        .map_err(|_| LetterError::Encoding)?;
    Ok(SinglePart::builder().header(kind).body(body))
}

/// What in `content` two servers could read in two ways, which is how letters are smuggled into letters.
fn misreadable(content: &[u8]) -> Option<&'static str> {
    if !content.iter().all(|byte| matches!(byte, b'\t' | b'\r' | b'\n' | b' '..=b'~')) {
        return Some("it has bytes that are no printable ASCII");
    }
    let lines = content.split(|byte| *byte == b'\n');
    let mut ends = content.windows(2).filter(|pair| (pair[0] == b'\r') != (pair[1] == b'\n'));
    if content.first() == Some(&b'\n') || !content.ends_with(b"\r\n") || ends.next().is_some() {
        return Some("it has a line that ends in half a line break");
    }
    lines.into_iter().any(|line| line.len() > LONGEST_LINE + 1).then_some("it has a line that is too long")
}

#[cfg(test)]
mod tests;
