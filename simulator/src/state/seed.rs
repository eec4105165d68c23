//! Users that were there before the story begins, made without any request.
//! No lag hides them, and their creation lies thirty days back unless said otherwise.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::World;
use super::provider::Provider;
use super::user::{ObjectIdentity, User};

/// An object that the directory holds from the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeedUser {
    /// Its address.
    pub email: String,
    /// What it is.
    #[serde(default)]
    pub kind: SeedKind,
    /// Its name; the address' local part by default.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Set for a disabled account.
    #[serde(default)]
    pub disabled: bool,
    /// It holds a directory role.
    #[serde(default)]
    pub holds_directory_role: bool,
    /// How an accepted guest signed in; by its address by default.
    #[serde(default)]
    pub provider: Option<Provider>,
    /// When it was made.
    #[serde(default)]
    pub created: Option<Timestamp>,
    /// Further addresses.
    #[serde(default)]
    pub other_mails: Vec<String>,
    /// Further proxy addresses, as Graph writes them: `smtp:ann@contoso.com`.
    #[serde(default)]
    pub proxy_addresses: Vec<String>,
    /// Further properties by Graph's names, for example `companyName`.
    #[serde(default)]
    pub properties: BTreeMap<String, Value>,
}

impl SeedUser {
    /// An enabled object of a kind, with the default for all else.
    pub fn new(email: impl Into<String>, kind: SeedKind) -> Self {
        Self {
            email: email.into(),
            kind,
            display_name: None,
            disabled: false,
            holds_directory_role: false,
            provider: None,
            created: None,
            other_mails: Vec::new(),
            proxy_addresses: Vec::new(),
            properties: BTreeMap::new(),
        }
    }

    /// The same, disabled.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.disabled = true;
        self
    }
}

/// What a seeded object is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SeedKind {
    /// An account of the tenant's own.
    Member,
    /// Invited, not redeemed.
    #[default]
    PendingGuest,
    /// Invited and redeemed.
    AcceptedGuest,
    /// Signed up by itself: `creationType` SelfServiceSignUp and no `externalUserState`.
    SelfServiceGuest,
    /// Made by `POST /users` with `userType` Guest: neither creationType nor externalUserState.
    CreatedGuest,
    /// A mail contact, which is no user at all.
    Contact,
}

impl World {
    /// Adds an object to a tenant and returns its id; none if there is no such tenant.
    pub(crate) fn seed(&mut self, tenant: &str, seed: SeedUser) -> Option<String> {
        let now = self.now();
        let accounts = self.settings.accounts.clone();
        let tenant = self.tenant_mut(tenant)?;
        if seed.kind == SeedKind::Contact {
            tenant.directory.contacts.push(seed.email);
            return Some(Uuid::new_v4().to_string());
        }
        let created =
            seed.created.unwrap_or_else(|| now.saturating_sub(SignedDuration::from_hours(30 * 24)).unwrap_or(now));
        let mut user = tenant.new_guest(&seed.email, seed.display_name.as_deref(), "Guest", created);
        match seed.kind {
            SeedKind::AcceptedGuest => {
                let provider = seed.provider.unwrap_or_else(|| Provider::of(&seed.email, &accounts));
                accept(&mut user, provider.issuer(&seed.email, &accounts));
            }
            SeedKind::SelfServiceGuest => {
                // Who signed up has signed in: the identity is there, the state of an invitation is not.
                let provider = seed.provider.unwrap_or_else(|| Provider::of(&seed.email, &accounts));
                accept(&mut user, provider.issuer(&seed.email, &accounts));
                user.creation_type = Some("SelfServiceSignUp".to_owned());
                without_state(&mut user);
            }
            SeedKind::CreatedGuest => {
                user.creation_type = None;
                without_state(&mut user);
            }
            SeedKind::Member => {
                user.creation_type = None;
                without_state(&mut user);
                user.user_type = Some("Member".to_owned());
                user.other_mails.clear();
                if tenant.config.owns(super::provider::domain(&seed.email)) {
                    user.user_principal_name.clone_from(&seed.email);
                } else {
                    let local = seed.email.split('@').next().unwrap_or_default();
                    user.user_principal_name = format!("{local}@{}", tenant.config.default_domain);
                }
                user.identities = vec![tenant.own_identity(&user.user_principal_name)];
            }
            SeedKind::PendingGuest | SeedKind::Contact => {}
        }
        user.other_mails.extend(seed.other_mails);
        user.proxy_addresses.extend(seed.proxy_addresses);
        user.account_enabled = !seed.disabled;
        user.holds_directory_role = seed.holds_directory_role;
        user.profile.extend(seed.properties);
        let id = user.id.clone();
        tenant.directory.add(user, true);
        Some(id)
    }
}

fn accept(user: &mut User, issuer: String) {
    user.external_user_state = Some("Accepted".to_owned());
    user.identities.push(ObjectIdentity { sign_in_type: "federated".to_owned(), issuer, issuer_assigned_id: None });
}

fn without_state(user: &mut User) {
    user.external_user_state = None;
    user.external_user_state_change_date_time = None;
    user.invited_address = None;
}
