//! What a simulator is started with: where it listens, which tenants exist and which apps may sign in to them.
//! The default is one tenant, Contoso, with one app that may invite and read.

use std::net::{Ipv4Addr, SocketAddr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::settings::Settings;

/// What a simulator starts with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where to listen for SMTP with STARTTLS, if at all; port 0 takes a free one.
    pub smtp: Option<SocketAddr>,
    /// Where to listen for SMTP inside TLS, if at all; port 0 takes a free one.
    pub smtps: Option<SocketAddr>,
    /// Where to answer as the metadata service of a virtual machine does (plain HTTP), if at all.
    pub imds: Option<SocketAddr>,
    /// The directories.
    pub tenants: Vec<TenantConfig>,
    /// What can be changed later as well.
    pub settings: Settings,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            smtp: None,
            smtps: None,
            imds: None,
            tenants: vec![TenantConfig::default()],
            settings: Settings::default(),
        }
    }
}

/// One directory.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TenantConfig {
    /// The tenant id.
    pub id: String,
    /// The organisation's name, as invitation mails show it.
    pub display_name: String,
    /// The initial domain; it is the end of every guest's user principal name.
    pub default_domain: String,
    /// Further domains of its own: their addresses cannot be invited.
    pub verified_domains: Vec<String>,
    /// The domain of its own that is the default; unset: the initial one.
    pub primary_domain: Option<String>,
    /// It has Exchange Online: invitations come from the primary domain.
    pub mail_enabled: bool,
    /// The tenant's notification language.
    pub language: Option<String>,
    /// The app registrations.
    pub apps: Vec<AppConfig>,
}

impl Default for TenantConfig {
    fn default() -> Self {
        Self {
            id: "11111111-2222-3333-4444-555555555555".to_owned(),
            display_name: "Contoso".to_owned(),
            default_domain: "contoso.onmicrosoft.com".to_owned(),
            verified_domains: vec!["contoso.com".to_owned()],
            primary_domain: None,
            mail_enabled: false,
            language: None,
            apps: vec![AppConfig::default()],
        }
    }
}

impl TenantConfig {
    pub(crate) fn guest_inviter(&self, client_id: &str) -> bool {
        self.apps.iter().any(|app| app.client_id == client_id && app.guest_inviter)
    }

    /// The default domain, by which invitations name the organisation.
    pub fn primary_domain(&self) -> &str {
        self.primary_domain.as_deref().unwrap_or(&self.default_domain)
    }

    /// Where Microsoft's invitations come from (page "Elements of the B2B collaboration invitation email", since December 2025).
    pub(crate) fn inviting_address(&self) -> String {
        let domain = if self.mail_enabled { self.primary_domain() } else { &self.default_domain };
        format!("invites@{domain}")
    }

    /// Whether a domain belongs to the tenant itself.
    pub fn owns(&self, domain: &str) -> bool {
        self.default_domain.eq_ignore_ascii_case(domain)
            || self.primary_domain().eq_ignore_ascii_case(domain)
            || self.verified_domains.iter().any(|own| own.eq_ignore_ascii_case(domain))
    }
}

/// One app registration with its credentials.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AppConfig {
    /// The client id.
    pub client_id: String,
    /// The application permissions that an administrator consented to; tokens carry them as `roles`.
    pub roles: Vec<String>,
    /// Its service principal holds the Guest Inviter role, so it may invite when only administrators and guest inviters may.
    pub guest_inviter: bool,
    /// The client secrets.
    pub secrets: Vec<ClientSecret>,
    /// PEM certificates whose private keys sign client assertions.
    pub certificates: Vec<String>,
    /// Take a certificate-signed assertion without a registered certificate: its shape is checked, its signature is not.
    pub accept_unregistered_certificates: bool,
    /// Federated identity credentials, for example for a Kubernetes service account.
    pub federated: Vec<FederatedCredential>,
    /// It is no app but the identity of the virtual machine that the metadata service speaks for.
    pub managed_identity: Option<ManagedIdentity>,
}

impl Default for AppConfig {
    fn default() -> Self {
        Self {
            client_id: "aaaaaaaa-0000-0000-0000-000000000001".to_owned(),
            roles: vec!["User.Invite.All".to_owned(), "User.Read.All".to_owned()],
            guest_inviter: false,
            secrets: vec![ClientSecret { value: "simulator-secret".to_owned(), expires: None }],
            certificates: Vec::new(),
            accept_unregistered_certificates: false,
            federated: Vec::new(),
            managed_identity: None,
        }
    }
}

/// How a virtual machine came by an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ManagedIdentity {
    /// It is the machine's own; there is one at most.
    SystemAssigned,
    /// It was assigned to the machine, perhaps beside others.
    UserAssigned,
}

/// A client secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientSecret {
    /// The secret itself.
    pub value: String,
    /// From then on AADSTS7000222 answers it.
    #[serde(default)]
    pub expires: Option<Timestamp>,
}

/// A federated identity credential: a token with just this issuer, subject and audience stands for the app.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FederatedCredential {
    /// The token's `iss`.
    pub issuer: String,
    /// The token's `sub`, for example `system:serviceaccount:guestlist:guestlist`.
    pub subject: String,
    /// The token's `aud` has to hold one of these; usually `api://AzureADTokenExchange`.
    pub audiences: Vec<String>,
    /// The issuer's keys as a JWKS document. Without it the signature is NOT checked, everything else is.
    #[serde(default)]
    pub jwks: Option<Value>,
}
