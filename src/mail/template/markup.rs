//! Checks where a placeholder is in an HTML page. Escaping is safe only in text and in quoted attributes. A placeholder
//! in any other place is refused when the template is read.

use super::{error::Fault, piece::Piece, placeholder::Placeholder};

/// The position of the reader in the page.
#[derive(Clone, Copy, PartialEq)]
enum MarkupPosition {
    Text,
    Comment,
    Tag,
    Quoted(char),
    /// In an element whose content is not HTML, up to this closing tag.
    Raw(&'static str),
}

/// Refuses a placeholder where its value could become markup.
pub(super) fn check(pieces: &[Piece]) -> Result<(), Fault> {
    let mut place = MarkupPosition::Text;
    let mut raw = None;
    for piece in pieces {
        match piece {
            Piece::Literal(literal) => walk(literal, &mut place, &mut raw),
            Piece::Hole(hole) => match place {
                MarkupPosition::Text | MarkupPosition::Comment => {}
                MarkupPosition::Quoted(_) if *hole == Placeholder::RedeemUrl => {}
                MarkupPosition::Tag if *hole == Placeholder::RedeemUrl => return Err(Fault::Unquoted),
                MarkupPosition::Tag | MarkupPosition::Quoted(_) => return Err(Fault::InsideTag(*hole)),
                MarkupPosition::Raw(_) => return Err(Fault::InsideScript(*hole)),
            },
        }
    }
    Ok(())
}

/// Moves `place` past `literal`. `raw` is the closing tag of an open tag whose content is not HTML.
fn walk(literal: &str, place: &mut MarkupPosition, raw: &mut Option<&'static str>) {
    let mut rest = literal;
    while let Some(c) = rest.chars().next() {
        let mut step = c.len_utf8();
        *place = match *place {
            MarkupPosition::Text if rest.starts_with("<!--") => MarkupPosition::Comment,
            MarkupPosition::Text if opens(rest) => {
                *raw = if begins(rest, "<script") {
                    Some("</script")
                } else {
                    begins(rest, "<style").then_some("</style")
                };
                MarkupPosition::Tag
            }
            MarkupPosition::Comment if rest.starts_with("-->") => MarkupPosition::Text,
            MarkupPosition::Tag if c == '"' || c == '\'' => MarkupPosition::Quoted(c),
            MarkupPosition::Tag if c == '>' => raw.take().map_or(MarkupPosition::Text, MarkupPosition::Raw),
            MarkupPosition::Quoted(quote) if c == quote => MarkupPosition::Tag,
            MarkupPosition::Raw(end) if begins(rest, end) => {
                step = end.len();
                MarkupPosition::Tag
            }
            same => same,
        };
        rest = rest.get(step..).unwrap_or_default();
    }
}

/// Whether a tag begins here. A `<` at the very end counts as a tag, because a value would follow it.
fn opens(rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next() == Some('<') && chars.next().is_none_or(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
}

fn begins(rest: &str, name: &str) -> bool {
    rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}
