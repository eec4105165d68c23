//! Which kind of account stands behind an address, and in which order the ways to sign in are tried (pages "B2B collaboration
//! invitation redemption" and "Configure redemption order" of the cross-tenant access settings).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Which kind of account stands behind an address, and which sign-in ways are on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Accounts {
    /// Domains of other organisations that have Entra accounts.
    pub entra_domains: Vec<String>,
    /// Notification language of such an organisation, by domain.
    pub entra_languages: BTreeMap<String, String>,
    /// Domains with a SAML/WS-Fed provider set up directly, and its issuer URI.
    pub federated_domains: BTreeMap<String, String>,
    /// Google federation is set up (for gmail.com and googlemail.com).
    pub google: bool,
    /// Domains whose addresses are existing Microsoft accounts.
    pub microsoft_domains: Vec<String>,
    /// Addresses of groups, which cannot be invited.
    pub group_addresses: Vec<String>,
    /// Which providers are tried, the first first; one that is left out is switched off.
    pub redemption_order: Vec<PrimaryProvider>,
    /// Who vouches for those whom no provider of the order knows.
    pub fallback: Fallback,
}

/// A provider of the redemption order, by the names of Graph's `b2bIdentityProvidersType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PrimaryProvider {
    /// An Entra account of another organisation.
    AzureActiveDirectory,
    /// A SAML/WS-Fed provider.
    ExternalFederation,
    /// Google.
    SocialIdentityProviders,
}

/// What is left when no provider of the order knows an address. There is always something left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Fallback {
    /// A Microsoft account for whoever has one, and a passcode for everyone else.
    DefaultConfiguredIdp,
    /// A passcode for everyone: Microsoft accounts are switched off.
    EmailOneTimePasscode,
    /// A Microsoft account for everyone: passcodes are switched off, and who has no account has to create one.
    MicrosoftAccount,
}

impl Default for Accounts {
    fn default() -> Self {
        let list = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        Self {
            entra_domains: list(&["fabrikam.com", "adatum.com", "tailspintoys.com", "wingtiptoys.com"]),
            entra_languages: BTreeMap::new(),
            federated_domains: BTreeMap::new(),
            google: true,
            microsoft_domains: list(&["outlook.com", "hotmail.com", "live.com"]),
            group_addresses: Vec::new(),
            redemption_order: vec![
                PrimaryProvider::AzureActiveDirectory,
                PrimaryProvider::ExternalFederation,
                PrimaryProvider::SocialIdentityProviders,
            ],
            fallback: Fallback::DefaultConfiguredIdp,
        }
    }
}
