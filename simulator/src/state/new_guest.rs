//! The user that an invitation makes: its addresses, its names and its first identity.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::tenant::Tenant;
use super::user::{ObjectIdentity, User};

impl Tenant {
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
