//! The form in which addresses are compared.

use std::fmt;

use super::Email;

/// An address in the one form in which it is compared: trimmed and in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(String);

impl Address {
    /// Normalises `raw`, which may come from an older schema or from the directory.
    pub fn new(raw: &str) -> Self {
        Self(raw.trim().to_lowercase())
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the @.
    pub fn local_part(&self) -> &str {
        self.0.split_once('@').map_or(&*self.0, |(local, _)| local)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&Email> for Address {
    fn from(email: &Email) -> Self {
        Self::new(email.as_str())
    }
}
