//! What is wrong with a template, as a message for its author.

use std::fmt;

use super::placeholder::Placeholder;

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplatePart {
    /// The subject line.
    Subject,
    /// The plain text.
    Text,
    /// The HTML page.
    Html,
}

impl fmt::Display for TemplatePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Subject => "subject",
            Self::Text => "text",
            Self::Html => "html",
        })
    }
}

/// Why a template is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part}: {fault}")]
pub struct TemplateError {
    /// The part that is wrong.
    pub part: TemplatePart,
    #[source]
    fault: Fault,
}

/// What is wrong with the part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Empty,
    LineBreak,
    Unclosed(String),
    Unknown(String),
    NoLink,
    NotInSubject(Placeholder),
    InsideTag(Placeholder),
    Unquoted,
    InsideScript(Placeholder),
}

impl Fault {
    pub(super) fn in_part(self, part: TemplatePart) -> TemplateError {
        TemplateError { part, fault: self }
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::LineBreak => f.write_str("a subject is one line, this one has a line break in it"),
            Self::Unclosed(start) => write!(f, "the braces at `{start}` are not closed; write them as in {{{{redeemUrl}}}}"),
            Self::Unknown(name) => {
                write!(f, "{{{{{name}}}}} is not a placeholder")?;
                if let Some(nearest) = Placeholder::nearest(name) {
                    write!(f, "; did you mean {nearest}?")?;
                } else {
                    f.write_str(".")?;
                }
                let known = Placeholder::ALL.map(|placeholder| placeholder.to_string()).join(", ");
                write!(f, " There are {known}")
            }
            Self::NoLink => f.write_str("{{redeemUrl}} is missing: without the link the guest cannot accept"),
            Self::NotInSubject(Placeholder::RedeemUrl) => f.write_str(
                "{{redeemUrl}} cannot stand in the subject: subjects show on locked screens and in logs, and whoever has the link can use it",
            ),
            Self::NotInSubject(other) => write!(f, "{other} cannot stand in the subject: it may have several lines"),
            Self::InsideTag(placeholder) => {
                write!(f, "{placeholder} cannot stand inside a tag; only {{{{redeemUrl}}}} can, as in <a href=\"{{{{redeemUrl}}}}\">")
            }
            Self::Unquoted => f.write_str("put quotes around {{redeemUrl}} inside a tag, as in <a href=\"{{redeemUrl}}\">"),
            Self::InsideScript(placeholder) => write!(f, "{placeholder} cannot stand inside <script> or <style>"),
        }
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{{{}}}}}", self.name())
    }
}
