//! A user object, with the properties that matter for guests as fields and the rest by name.
//! What Graph would show is decided elsewhere; this is the truth in the directory.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::clock;

/// A user object in the directory.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The object id.
    pub id: String,
    /// For a guest `local_domain#EXT#@tenant.onmicrosoft.com`.
    pub user_principal_name: String,
    /// The address; none after a clash with a contact.
    pub mail: Option<String>,
    /// Further addresses.
    pub other_mails: Vec<String>,
    /// `SMTP:` for the first, `smtp:` for others.
    pub proxy_addresses: Vec<String>,
    /// The name shown.
    pub display_name: Option<String>,
    /// `Member` or `Guest`.
    pub user_type: Option<String>,
    /// `Invitation` for invited guests, `SelfServiceSignUp`, or none.
    pub creation_type: Option<String>,
    /// `PendingAcceptance` or `Accepted` for invited users, else none.
    pub external_user_state: Option<String>,
    /// When that changed last.
    pub external_user_state_change_date_time: Option<Timestamp>,
    /// False blocks sign-in.
    pub account_enabled: bool,
    /// The ways to sign in.
    pub identities: Vec<ObjectIdentity>,
    /// When it was made, on the simulator's clock.
    pub created_date_time: Timestamp,
    /// When it was deleted, if it was.
    pub deleted_date_time: Option<Timestamp>,
    /// The ids of other objects by the navigation property that leads to them, such as `sponsors` or `manager`. Graph shows
    /// them below the user only.
    pub related: BTreeMap<String, Vec<String>>,
    /// Every other property that has a value, by Graph's name.
    pub profile: BTreeMap<String, Value>,
    /// The address it was last invited by; Graph never shows it.
    pub invited_address: Option<String>,
    /// It was reset and has to be redeemed anew, though its state does not tell; Graph never shows it.
    pub awaits_redemption: bool,
    /// It holds a directory role; Graph never shows it here.
    pub holds_directory_role: bool,
}

/// One way to sign in (page "objectIdentity resource type").
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectIdentity {
    /// `userPrincipalName` or `federated`.
    pub sign_in_type: String,
    /// Who vouches: `ExternalAzureAD`, `MicrosoftAccount`, `google.com`, `mail`, ...
    pub issuer: String,
    /// The name there; null in vendor samples of federated guests.
    pub issuer_assigned_id: Option<String>,
}

impl User {
    /// The ids of the objects that a navigation property leads to.
    pub fn related(&self, navigation: &str) -> &[String] {
        self.related.get(navigation).map(Vec::as_slice).unwrap_or_default()
    }

    /// The same, to be changed.
    pub fn related_mut(&mut self, navigation: &str) -> &mut Vec<String> {
        self.related.entry(navigation.to_owned()).or_default()
    }

    /// A property as Graph writes its value. A property that was never set is null.
    pub fn property(&self, name: &str) -> Value {
        // A test may lay any value over the true one, such as a time that no client can hold.
        if let Some(value) = self.profile.get(name) {
            return value.clone();
        }
        match name {
            "id" => json!(self.id),
            "userPrincipalName" => json!(self.user_principal_name),
            "mail" => json!(self.mail),
            "otherMails" => json!(self.other_mails),
            "proxyAddresses" => json!(self.proxy_addresses),
            "displayName" => json!(self.display_name),
            "userType" => json!(self.user_type),
            "creationType" => json!(self.creation_type),
            "externalUserState" => json!(self.external_user_state),
            "externalUserStateChangeDateTime" => time(self.external_user_state_change_date_time),
            "accountEnabled" => json!(self.account_enabled),
            "identities" => json!(self.identities),
            "createdDateTime" => time(Some(self.created_date_time)),
            "deletedDateTime" => time(self.deleted_date_time),
            _ => Value::Null,
        }
    }

    /// Made by an invitation.
    pub fn is_invited(&self) -> bool {
        self.external_user_state.is_some()
    }

    /// Invited and not yet redeemed.
    pub fn is_pending(&self) -> bool {
        self.external_user_state.as_deref() == Some("PendingAcceptance")
    }

    /// Has to redeem before it gets in, whatever its state shows.
    pub(crate) fn must_redeem(&self) -> bool {
        self.is_pending() || self.awaits_redemption
    }

    /// Not an account of the tenant's own: invited, or signed up by itself, and not converted since.
    pub(crate) fn is_external(&self) -> bool {
        let signed_up = matches!(self.creation_type.as_deref(), Some("Invitation" | "SelfServiceSignUp"));
        self.is_invited() || (signed_up && self.user_principal_name.contains("#EXT#"))
    }

    /// `mail`, a proxy address or the sign-in name is this address.
    pub(crate) fn owns_address(&self, address: &str) -> bool {
        let same = |known: &str| known.eq_ignore_ascii_case(address);
        self.mail.as_deref().is_some_and(same)
            || same(&self.user_principal_name)
            || self.proxy_addresses.iter().any(|proxy| proxy.split_once(':').is_some_and(|(_, known)| same(known)))
    }

    /// As [`User::owns_address`], or it is among `otherMails` or what an invitation named.
    pub(crate) fn answers_to(&self, address: &str) -> bool {
        self.owns_address(address)
            || self.other_mails.iter().any(|known| known.eq_ignore_ascii_case(address))
            || self.invited_address.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(address))
    }

    pub(crate) fn set_state(&mut self, state: &str, at: Timestamp) {
        self.external_user_state = Some(state.to_owned());
        self.external_user_state_change_date_time = Some(at);
    }
}

fn time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| Value::String(clock::graph(at)))
}
