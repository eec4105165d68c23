//! Private items of this module that the fuzz targets call.

use super::Letter;

pub(crate) use super::clean::html as html_of;

/// The recipients and the content of a letter, as they are sent to the server.
pub(crate) fn wire(letter: &Letter) -> (Vec<String>, &[u8]) {
    (letter.envelope.to().iter().map(ToString::to_string).collect(), &letter.content)
}
