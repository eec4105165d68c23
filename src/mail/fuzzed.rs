//! What the fuzz targets call of this room beside its public items.

use super::Letter;

pub(crate) use super::clean::html as html_of;

/// The recipients and the content of a letter, as they go to the server.
pub(crate) fn wire(letter: &Letter) -> (Vec<String>, &[u8]) {
    (letter.envelope.to().iter().map(ToString::to_string).collect(), &letter.content)
}
