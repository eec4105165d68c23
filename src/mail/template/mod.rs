//! A tenant's own text with placeholders. It is checked once when it is written, and filled for each guest.
//! Values are escaped for HTML and never parsed again, so no text from a person can act as a placeholder or a tag.

mod error;
mod markup;
mod parse;
mod piece;
mod placeholder;

pub use error::{TemplateError, TemplatePart};

use super::{Draft, Values, clean};
use piece::Piece;
use placeholder::Placeholder;

/// A text with placeholders, ready to fill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterTemplate {
    subject: Vec<Piece>,
    text: Vec<Piece>,
    html: Option<Vec<Piece>>,
}

impl LetterTemplate {
    /// Reads a template. Placeholders are `{{guest.displayName}}`, `{{guest.email}}`, `{{tenant.displayName}}`,
    /// `{{redeemUrl}}` and `{{message}}`; spaces inside the braces do not matter.
    ///
    /// # Errors
    /// When a part is wrong. The message says what is wrong, where, and what would be right: see [`TemplateError`].
    pub fn parse(subject: &str, text: &str, html: Option<&str>) -> Result<Self, TemplateError> {
        Ok(Self {
            subject: parse::subject(subject)?,
            text: parse::body(TemplatePart::Text, text)?,
            html: html.map(|html| parse::body(TemplatePart::Html, html)).transpose()?,
        })
    }

    /// Fills the template. A guest without a name is addressed by mail address. Without a message its placeholder stays
    /// empty.
    pub fn render(&self, values: &Values<'_>) -> Draft {
        Draft {
            subject: clean::one_line(&fill(&self.subject, values, plain)),
            text: clean::lines(&fill(&self.text, values, plain)),
            html: self.html.as_ref().map(|html| clean::lines(&fill(html, values, marked_up))),
            language: None,
        }
    }
}

fn fill(pieces: &[Piece], values: &Values<'_>, value: impl Fn(Placeholder, &Values<'_>) -> String) -> String {
    let filled = pieces.iter().map(|piece| match piece {
        Piece::Literal(literal) => literal.clone(),
        Piece::Hole(hole) => value(*hole, values),
    });
    filled.collect()
}

fn plain(hole: Placeholder, values: &Values<'_>) -> String {
    match hole {
        Placeholder::GuestDisplayName => values.name().unwrap_or_else(|| clean::one_line(values.email)),
        Placeholder::GuestEmail => clean::one_line(values.email),
        Placeholder::TenantDisplayName => values.organisation(),
        Placeholder::RedeemUrl => values.redeem_url.to_owned(),
        Placeholder::Message => values.note().unwrap_or_default(),
    }
}

fn marked_up(hole: Placeholder, values: &Values<'_>) -> String {
    clean::html_lines(&plain(hole, values))
}

#[cfg(test)]
mod tests;
