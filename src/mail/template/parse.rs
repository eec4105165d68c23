//! Splits the parts of a template into pieces. It refuses early what would otherwise fail when a letter is made.

use super::{TemplateError, TemplatePart, error::Fault, markup, piece::Piece, placeholder::Placeholder};

/// Reads the subject: one line, without the link and the message.
pub(super) fn subject(source: &str) -> Result<Vec<Piece>, TemplateError> {
    let wrong = |fault: Fault| fault.in_part(TemplatePart::Subject);
    let source = source.trim();
    if source.is_empty() {
        return Err(wrong(Fault::Empty));
    }
    if source.contains(['\r', '\n']) {
        return Err(wrong(Fault::LineBreak));
    }
    let pieces = pieces(source).map_err(wrong)?;
    let refused = holes(&pieces).find(|hole| matches!(hole, Placeholder::RedeemUrl | Placeholder::Message));
    refused.map_or(Ok(pieces), |hole| Err(wrong(Fault::NotInSubject(hole))))
}

/// Reads the text or the page. Each must contain the link.
pub(super) fn body(part: TemplatePart, source: &str) -> Result<Vec<Piece>, TemplateError> {
    let wrong = |fault: Fault| fault.in_part(part);
    let pieces = pieces(source).map_err(wrong)?;
    if !holes(&pieces).any(|hole| hole == Placeholder::RedeemUrl) {
        return Err(wrong(Fault::NoLink));
    }
    if part == TemplatePart::Html {
        markup::check(&pieces).map_err(wrong)?;
    }
    Ok(pieces)
}

fn holes(pieces: &[Piece]) -> impl Iterator<Item = Placeholder> {
    pieces.iter().filter_map(|piece| match piece {
        Piece::Hole(hole) => Some(*hole),
        Piece::Literal(_) => None,
    })
}

fn pieces(source: &str) -> Result<Vec<Piece>, Fault> {
    let mut pieces = Vec::new();
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("{{") {
        let inside = after.split_once("}}").filter(|(name, _)| !name.contains(['{', '\n']));
        let Some((name, behind)) = inside else {
            return Err(Fault::Unclosed(format!("{{{{{}", start(after))));
        };
        let name = name.trim();
        let hole = Placeholder::named(name).ok_or_else(|| Fault::Unknown(start(name)))?;
        if !before.is_empty() {
            pieces.push(Piece::Literal(before.to_owned()));
        }
        pieces.push(Piece::Hole(hole));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest.to_owned()));
    }
    Ok(pieces)
}

/// The beginning of `text`, long enough to find the place.
fn start(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(30).collect()
}
