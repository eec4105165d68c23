//! Invitations that were made, with their tickets, and the making of guests and redeem links.
//! Whether one may be made is the business of `graph::invitations`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;
use uuid::Uuid;

use super::Tenant;
use super::user::{ObjectIdentity, User};

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

impl Tenant {
    /// A new invitation for a user, with a new id and a new ticket. It supersedes those before.
    pub(crate) fn invite(&mut self, user_id: &str, address: &str, redirect_url: &str) -> Invitation {
        let invitation = Invitation {
            id: Uuid::new_v4().to_string(),
            user_id: user_id.to_owned(),
            address: address.to_owned(),
            ticket: ticket(),
            redirect_url: redirect_url.to_owned(),
        };
        self.newest.insert(user_id.to_owned(), invitation.id.clone());
        self.invitations.insert(invitation.id.clone(), invitation.clone());
        invitation
    }

    /// A guest as an invitation makes it, not yet in the directory.
    pub(crate) fn new_guest(&self, address: &str, display_name: Option<&str>, user_type: &str, now: Timestamp) -> User {
        let upn = self.guest_principal_name(address);
        let contact = self.directory.contacts.iter().any(|known| known.eq_ignore_ascii_case(address));
        let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
        let mut profile = BTreeMap::new();
        let nickname = upn.split_once('@').map_or(upn.as_str(), |(name, _)| name);
        profile.insert("mailNickname".to_owned(), serde_json::json!(nickname));
        User {
            id: Uuid::new_v4().to_string(),
            mail: (!contact).then(|| address.to_owned()),
            other_mails: vec![address.to_owned()],
            proxy_addresses: if contact { Vec::new() } else { vec![format!("SMTP:{address}")] },
            display_name: Some(display_name.unwrap_or(local).to_owned()),
            user_type: Some(user_type.to_owned()),
            creation_type: Some("Invitation".to_owned()),
            external_user_state: Some("PendingAcceptance".to_owned()),
            external_user_state_change_date_time: Some(now),
            account_enabled: true,
            identities: vec![self.own_identity(&upn)],
            user_principal_name: upn,
            created_date_time: now,
            deleted_date_time: None,
            related: BTreeMap::new(),
            profile,
            invited_address: Some(address.to_owned()),
            awaits_redemption: false,
            holds_directory_role: false,
        }
    }

    /// The identity that every account of the tenant has, before any redemption.
    pub(crate) fn own_identity(&self, upn: &str) -> ObjectIdentity {
        ObjectIdentity {
            sign_in_type: "userPrincipalName".to_owned(),
            issuer: self.config.default_domain.clone(),
            issuer_assigned_id: Some(upn.to_owned()),
        }
    }

    fn guest_principal_name(&self, address: &str) -> String {
        let stem = address.replace('@', "_");
        let name = |number: &str| format!("{stem}{number}#EXT#@{}", self.config.default_domain);
        let free = |name: &String| self.directory.get(name).is_none();
        std::iter::once(name(""))
            .chain((1..).map(|number: u32| name(&number.to_string())))
            .find(free)
            .unwrap_or_default()
    }
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
