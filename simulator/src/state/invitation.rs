//! Invitations that were made, with their tickets and redeem links.
//! Whether one may be made is the business of `graph::invitations`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;
use uuid::Uuid;

const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// One answered `POST /invitations`.
#[derive(Clone, Debug)]
pub(crate) struct Invitation {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) address: String,
    pub(crate) ticket: String,
    pub(crate) redirect_url: String,
}

impl Invitation {
    /// A new one, with a new id and a new ticket.
    pub(crate) fn new(user_id: &str, address: &str, redirect_url: &str) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            user_id: user_id.to_owned(),
            address: address.to_owned(),
            ticket: ticket(),
            redirect_url: redirect_url.to_owned(),
        }
    }

    /// The link that redeems it. As in the sample of the page "Create invitation", with the simulator as the outer host.
    pub(crate) fn redeem_url(&self, origin: &Url, tenant: &str) -> String {
        let ticket = encode(&encode(&self.ticket));
        let inner = format!(
            "https://invitations.microsoft.com/redeem/?tenant={tenant}&user={}&ticket={ticket}&ver=2.0",
            self.id
        );
        format!("{origin}redeem?rd={}", encode(&inner))
    }
}

/// Percent-encodes, with small hexadecimal letters as the real service writes them.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for piece in utf8_percent_encode(text, ENCODED) {
        if piece.starts_with('%') {
            encoded.push_str(&piece.to_ascii_lowercase());
        } else {
            encoded.push_str(piece);
        }
    }
    encoded
}

/// 32 random bytes in base64, always with a slash and a plus inside, as they make decoding hard.
fn ticket() -> String {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    let mut bytes = [0_u8; 32];
    for half in bytes.chunks_mut(16) {
        half.copy_from_slice(Uuid::new_v4().as_bytes());
    }
    // 0xfb 0xff 0xbf is `+/+/` in base64.
    bytes[3..6].copy_from_slice(&[0xfb, 0xff, 0xbf]);
    BASE64_STANDARD.encode(bytes)
}
