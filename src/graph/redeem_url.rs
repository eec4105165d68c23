//! The redeem link of one invitation: until the guest signs in, holding it is all that tells the guest from anybody else.
//! It never shows itself by accident, neither in a log nor in a status.

use std::fmt;

use serde::Deserialize;

/// `inviteRedeemUrl` (invitation resource type, Graph), as it came: its ticket is encoded several times over.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct RedeemUrl(String);

impl RedeemUrl {
    /// The link itself, for the letter or the Secret that it goes into.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for RedeemUrl {
    fn from(link: String) -> Self {
        Self(link)
    }
}

impl fmt::Debug for RedeemUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedeemUrl(redacted)")
    }
}
