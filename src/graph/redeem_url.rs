//! The redeem link of one invitation. Until the guest signs in, the link alone identifies the guest. It must not appear
//! by accident in a log or a status.

use std::borrow::Cow;
use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use serde::Deserialize;
use url::Url;

/// `inviteRedeemUrl` (invitation resource type, Graph), unchanged. Its ticket is URL-encoded several times.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct RedeemUrl(String);

impl RedeemUrl {
    /// The link itself, for the letter or the Secret that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The SHA-256 digest of the link, in hex. It tells whether a link is the same, and cannot be followed.
    pub fn digest(&self) -> String {
        digest(&SHA256, self.0.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether the link is an https link to `host`, which every program reads alike.
    pub(super) fn leads_to(&self, host: &str) -> bool {
        let plain = self.0.starts_with("https://") && self.0.chars().all(|c| c.is_ascii_graphic() && c != '\\');
        let Ok(url) = Url::parse(&self.0) else { return false };
        plain && url.host_str() == Some(host) && url.username().is_empty() && url.password().is_none()
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

    /// The example of the page "Create invitation", with the ticket encoded as it comes.
    const LINK: &str = "https://login.microsoftonline.com/redeem?rd=https%3a%2f%2finvitations.microsoft.com%2fredeem%2f%3fticket%3da%25252fb";

    #[test]
    fn only_an_https_link_to_the_host_itself_leads_there() {
        let leads = |link: &str| RedeemUrl::from(link.to_owned()).leads_to("login.microsoftonline.com");
        assert!(leads(LINK));
        for link in [
            "",
            "redeem",
            "http://login.microsoftonline.com/redeem",
            "HTTPS://login.microsoftonline.com/redeem",
            "https://login.microsoftonline.com.evil.example/redeem",
            "https://evil.example/login.microsoftonline.com/redeem",
            "https://login.microsoftonline.com@evil.example/redeem",
            "https://evil@login.microsoftonline.com/redeem",
            "https://evil.example\\@login.microsoftonline.com/redeem",
            "https://login.microsoftonline.com/redeem\nhttps://evil.example",
            " https://login.microsoftonline.com/redeem",
        ] {
            assert!(!leads(link), "{link:?}");
        }
    }

    #[test]
    fn the_digest_of_another_link_is_another_one() {
        let of = |link: &str| RedeemUrl::from(link.to_owned()).digest();
        // From `printf %s link | sha256sum`.
        assert_eq!(of("link"), "b1b1bdb480c61d075300d9bff7d9cb69cf31695ea048e478facadf426e8d0fb0");
        assert_ne!(of(LINK), of(&LINK.to_uppercase()));
    }

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
