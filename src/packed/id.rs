//! An id in few bytes. Kubernetes and Entra name their objects by UUIDs, which take 16 bytes and not 36.

use std::fmt;

use uuid::Uuid;

/// An id. Whatever is no UUID in the usual form is kept as it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Id {
    /// In lower case and with hyphens.
    Uuid(Uuid),
    /// Any other text.
    Other(Box<str>),
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        match usual(text.as_bytes()) {
            Some(id) => Self::Uuid(id),
            None => Self::Other(text.into()),
        }
    }
}

/// The UUID that `text` is, if it is one in lower case and with hyphens.
pub(super) fn usual(text: &[u8]) -> Option<Uuid> {
    let same = |id: &Uuid| id.hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes() == text;
    Uuid::try_parse_ascii(text).ok().filter(same)
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uuid(id) => id.hyphenated().fmt(f),
            Self::Other(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_shown_as_it_came() {
        let usual = "0b7ce2b4-2a41-4a3c-9d6a-0f5b2c6c9a11";
        for text in [usual, "0B7CE2B4-2A41-4A3C-9D6A-0F5B2C6C9A11", "0b7ce2b42a414a3c9d6a0f5b2c6c9a11", "guest-1", ""] {
            assert_eq!(Id::from(text).to_string(), text);
            assert_eq!(matches!(Id::from(text), Id::Uuid(_)), text == usual, "{text}");
        }
        assert!(size_of::<Id>() <= 24);
    }
}
