//! How a guest signs in, read from `identities`, in the words of the redemption experience ("Properties of a B2B guest
//! user" and "Redemption experience", Entra).

use std::collections::BTreeMap;

use crate::graph::User;
use crate::plan::{DirectoryUser, UNKNOWN_PROVIDER};

/// The facts about `user` that the decision needs.
pub fn directory_user(user: &User) -> DirectoryUser {
    let is =
        |value: &Option<String>, wanted: &str| value.as_deref().is_some_and(|value| value.eq_ignore_ascii_case(wanted));
    DirectoryUser {
        id: user.id.clone(),
        user_principal_name: user.user_principal_name.clone(),
        created_at: user.created_date_time,
        is_guest: is(&user.user_type, "Guest")
            || user.external_user_state.is_some()
            || (is(&user.creation_type, "Invitation") && is_named_as_guest(user)),
        enabled: user.account_enabled != Some(false),
        // One page of the documentation writes "Pending Acceptance", with a space.
        external_state: user
            .external_user_state
            .as_ref()
            .map(|state| state.replace(' ', ""))
            .filter(|state| !state.is_empty()),
        external_state_since: user.external_user_state_change_date_time,
        identity_provider: provider(user).to_owned(),
        mail: user.mail.as_ref().map(|mail| mail.to_lowercase()),
        addresses: user
            .mail
            .iter()
            .chain(user.other_mails.iter().flatten())
            .map(|address| address.to_lowercase())
            .collect(),
        properties: properties(user),
    }
}

/// Whether the principal name is one that an invitation makes. Somebody who is made an internal user gets another
/// ("Convert external users to internal users", Entra), while the `creationType` may stay.
fn is_named_as_guest(user: &User) -> bool {
    user.user_principal_name.as_ref().is_none_or(|name| name.contains("#EXT#"))
}

/// The properties that a spec can declare, without the empty ones.
fn properties(user: &User) -> BTreeMap<String, String> {
    let phone = user.business_phones.first().cloned();
    let all = [
        ("displayName", &user.display_name),
        ("givenName", &user.given_name),
        ("surname", &user.surname),
        ("jobTitle", &user.job_title),
        ("companyName", &user.company_name),
        ("department", &user.department),
        ("officeLocation", &user.office_location),
        ("employeeId", &user.employee_id),
        ("mobilePhone", &user.mobile_phone),
        ("businessPhones", &phone),
        ("streetAddress", &user.street_address),
        ("city", &user.city),
        ("state", &user.state),
        ("postalCode", &user.postal_code),
        ("country", &user.country),
        ("usageLocation", &user.usage_location),
        ("preferredLanguage", &user.preferred_language),
    ];
    let shown = all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
    shown.filter(|(_, value)| !value.is_empty()).collect()
}

/// Before redemption a guest has only the tenant's own userPrincipalName identity. Redeeming adds a federated one.
fn provider(user: &User) -> &'static str {
    let identities = user.identities.iter().flatten();
    let federated = identities
        .filter(|identity| identity.sign_in_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("federated")));
    let issuer = federated.filter_map(|identity| identity.issuer.as_deref()).next();
    match issuer.map(str::to_ascii_lowercase).as_deref() {
        None | Some("") => UNKNOWN_PROVIDER,
        Some("externalazuread") => "Entra",
        Some("microsoftaccount" | "live.com" | "microsoft account") => "MicrosoftAccount",
        Some("mail") => "EmailOneTimePasscode",
        Some("google.com") => "Google",
        Some("facebook.com") => "Facebook",
        Some(_) => "Federation",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Identity;

    #[test]
    fn every_issuer_has_its_word() {
        for (issuer, word) in [
            ("ExternalAzureAD", "Entra"),
            ("MicrosoftAccount", "MicrosoftAccount"),
            ("mail", "EmailOneTimePasscode"),
            ("google.com", "Google"),
            ("facebook.com", "Facebook"),
            ("https://idp.example.com/saml", "Federation"),
        ] {
            let identity =
                |kind: &str, issuer: &str| Identity { sign_in_type: Some(kind.into()), issuer: Some(issuer.into()) };
            let identities =
                vec![identity("userPrincipalName", "contoso.onmicrosoft.com"), identity("federated", issuer)];
            let user = User { identities: Some(identities), ..User::default() };
            assert_eq!(provider(&user), word);
        }
        assert_eq!(provider(&User::default()), "Unknown");
    }

    #[test]
    fn who_was_made_an_internal_user_is_no_guest() {
        let guest = |kind: &str, state: Option<&str>, creation: Option<&str>, name: &str| {
            let user = User {
                user_type: Some(kind.into()),
                external_user_state: state.map(Into::into),
                creation_type: creation.map(Into::into),
                user_principal_name: Some(name.into()),
                ..User::default()
            };
            directory_user(&user).is_guest
        };
        let (outside, inside) = ("ann_fabrikam.com#EXT#@contoso.onmicrosoft.com", "ann@contoso.com");
        let invited = Some("Invitation");
        assert!(guest("Guest", Some("PendingAcceptance"), invited, outside));
        assert!(guest("Guest", None, Some("SelfServiceSignUp"), outside));
        assert!(guest("Member", Some("Accepted"), invited, outside), "invited as a member");
        assert!(guest("Member", None, invited, outside), "the same, redeemed automatically without a state");
        assert!(!guest("Member", None, invited, inside) && !guest("Member", None, None, inside));
        assert!(guest("Member", Some("Accepted"), invited, inside), "renamed");
    }
}
