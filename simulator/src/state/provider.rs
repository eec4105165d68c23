//! Which identity provider a guest redeems with, by the order of the page "B2B invitation redemption".
//! The issuer strings are those of the page "Properties of a B2B guest user".

use serde::{Deserialize, Serialize};

use crate::settings::{Accounts, Fallback, PrimaryProvider};

/// Who vouches for a guest at sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Provider {
    /// An Entra account of another organisation.
    Entra,
    /// A SAML/WS-Fed provider set up for the guest's domain.
    Federation,
    /// A Google account.
    Google,
    /// A Facebook account; only by the admin API, no page leads to it.
    Facebook,
    /// A Microsoft account.
    MicrosoftAccount,
    /// A passcode sent to the address.
    EmailOneTimePasscode,
}

impl Provider {
    /// The provider that an address redeems with, by the redemption order.
    pub fn of(address: &str, accounts: &Accounts) -> Self {
        let domain = domain(address);
        let among = |names: &[String]| names.iter().any(|name| name.eq_ignore_ascii_case(domain));
        let is_google = ["gmail.com", "googlemail.com"].iter().any(|name| name.eq_ignore_ascii_case(domain));
        let knows = |provider: &PrimaryProvider| match provider {
            PrimaryProvider::AzureActiveDirectory => among(&accounts.entra_domains).then_some(Self::Entra),
            PrimaryProvider::ExternalFederation => federation(domain, accounts).map(|_| Self::Federation),
            PrimaryProvider::SocialIdentityProviders => (is_google && accounts.google).then_some(Self::Google),
        };
        accounts.redemption_order.iter().find_map(knows).unwrap_or(match accounts.fallback {
            Fallback::DefaultConfiguredIdp if among(&accounts.microsoft_domains) => Self::MicrosoftAccount,
            Fallback::DefaultConfiguredIdp | Fallback::EmailOneTimePasscode => Self::EmailOneTimePasscode,
            Fallback::MicrosoftAccount => Self::MicrosoftAccount,
        })
    }

    /// The `issuer` of the identity that redeeming adds.
    pub(crate) fn issuer(self, address: &str, accounts: &Accounts) -> String {
        match self {
            Self::Entra => "ExternalAzureAD",
            Self::Federation => federation(domain(address), accounts).unwrap_or("https://idp.example/adfs"),
            Self::Google => "google.com",
            Self::Facebook => "facebook.com",
            Self::MicrosoftAccount => "MicrosoftAccount",
            Self::EmailOneTimePasscode => "mail",
        }
        .to_owned()
    }
}

/// The part after the last `@`.
pub(crate) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

fn federation<'a>(domain: &str, accounts: &'a Accounts) -> Option<&'a str> {
    let mut domains = accounts.federated_domains.iter();
    domains.find(|(name, _)| name.eq_ignore_ascii_case(domain)).map(|(_, issuer)| issuer.as_str())
}
