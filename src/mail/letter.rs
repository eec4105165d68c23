//! The letter as it is sent: headers, both parts, and a Message-ID made from the attempt's id. Text from people cannot
//! add a header, end the letter early or start another part. Text that cannot be sent safely is refused.

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

/// The longest line that a mail server must accept, without its line end (RFC 5322, 2.1.1).
const LONGEST_LINE: usize = 998;

/// The longest subject. A subject without spaces cannot be folded, so it must fit on one line.
const LONGEST_SUBJECT: usize = 400;

/// The sender, the recipients, the date and the attempt of a letter.
#[derive(Clone, Copy, Debug)]
pub struct Addressed<'a> {
    /// The attempt's id: ASCII letters, digits, `-`, `_` and `.`. The same attempt gives the same Message-ID.
    pub attempt: &'a str,
    /// The sender.
    pub from: &'a Sender,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<&'a Sender>,
    /// The guest's address.
    pub to: &'a str,
    /// The guest's name, if it is known.
    pub to_name: Option<&'a str>,
    /// The address that gets a copy.
    pub cc: Option<&'a str>,
    /// The date of the letter.
    pub date: Timestamp,
}

/// A letter that is ready to send.
#[derive(Clone)]
pub struct Letter {
    pub(super) envelope: Envelope,
    pub(super) content: Vec<u8>,
    message_id: String,
}

impl Letter {
    /// Makes a mail from `draft`: plain text, and the HTML page as an alternative if there is one.
    ///
    /// # Errors
    /// When an address or the attempt's id is malformed, or the mail cannot be sent safely.
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
        if let Some(reply_to) = addressed.reply_to {
            builder = builder.reply_to(reply_to.mailbox());
        }
        if let Some(cc) = cc {
            builder = builder.cc(cc.into());
        }
        builder = builder
            .subject(clean::one_line(&draft.subject).chars().take(LONGEST_SUBJECT).collect::<String>())
            // RFC 3834: this header keeps out-of-office programs from answering.
            .raw_header(header(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"));
        if let Some(language) = draft.language.as_deref().filter(|tag| is_tag(tag)) {
            builder = builder.raw_header(header(HeaderName::new_from_ascii_str("Content-Language"), language));
        }
        let text = part(ContentType::TEXT_PLAIN, &draft.text)?;
        let message = match &draft.html {
            // Quoted-printable never contains `=_`, so no text can contain the boundary (RFC 2045, 6.7).
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

/// The content has the redeem link, so debug output leaves it out.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

fn attempt(id: &str) -> Result<&str, LetterError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    // A dot-atom has no two dots in a row and no dot at either end (RFC 5322, 3.2.3).
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

/// What in `content` two servers could read differently. Such content could smuggle a second letter into this one.
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
