//! The redeem link of one invitation. Until the guest signs in, the link alone identifies the guest. It must not appear
//! by accident in a log or a status.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;

/// `inviteRedeemUrl` (invitation resource type, Graph), unchanged. Its ticket is URL-encoded several times.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct RedeemUrl(String);

impl RedeemUrl {
    /// The link itself, for the letter or the Secret that needs it.
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

/// Replaces every redeem link in `text` with the words "(a redeem link)".
pub(super) fn without_links(text: &str) -> Cow<'_, str> {
    const SCHEME: &str = "http";
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>');
    let mut shown = Cow::Borrowed("");
    let mut rest = text;
    while let Some(at) = rest.find(SCHEME) {
        let end = rest[at..].find(ends).map_or(rest.len(), |length| at + length);
        let link = &rest[at..end];
        shown += &rest[..at];
        shown += if link.to_ascii_lowercase().contains("redeem") { "(a redeem link)" } else { link };
        rest = &rest[end..];
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_named_and_the_rest_stays() {
        let link = "https://login.microsoftonline.com/redeem?rd=https%3a%2f%2fx%3fticket%3da";
        for (text, shown) in [
            ("no link", "no link"),
            ("see https://aka.ms/x and http", "see https://aka.ms/x and http"),
            (
                &format!(r#"{{"inviteRedeemUrl":"{link}","id":"x"}}"#),
                r#"{"inviteRedeemUrl":"(a redeem link)","id":"x"}"#,
            ),
            (&format!("{link} ü {link}"), "(a redeem link) ü (a redeem link)"),
        ] {
            assert_eq!(without_links(text), shown);
        }
    }
}
