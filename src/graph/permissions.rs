//! Which permission each feature needs ("Microsoft Graph permissions reference"), and which ones a token carries.
//! A token is Graph's business: what is read in it makes sentences for people and decides nothing.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde::Deserialize;

/// What an application may be wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Inviting.
    Invite,
    /// Looking guests up and following them.
    Follow,
    /// Keeping a profile.
    Profile,
    /// Keeping memberships of groups.
    Groups,
    /// Keeping sponsors.
    Sponsors,
    /// Finding sponsors by display name.
    SponsorsByName,
    /// Letting a guest accept anew.
    Reset,
    /// Disabling an account at the end.
    Disable,
    /// Deleting a user at the end.
    Delete,
}

const EVERYTHING: &str = "Directory.ReadWrite.All";

impl Feature {
    /// All of them, the needed ones first.
    pub const ALL: [Self; 9] = [
        Self::Invite,
        Self::Follow,
        Self::Profile,
        Self::Groups,
        Self::Sponsors,
        Self::SponsorsByName,
        Self::Reset,
        Self::Disable,
        Self::Delete,
    ];

    /// Any of these is enough; the first is the one to ask for.
    pub fn any_of(self) -> &'static [&'static str] {
        match self {
            Self::Invite => &["User.Invite.All", "User.ReadWrite.All", EVERYTHING],
            Self::Follow => &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", EVERYTHING],
            Self::Profile | Self::Sponsors | Self::Reset => &["User.ReadWrite.All", EVERYTHING],
            Self::Disable => &["User.ReadWrite.All", "User.EnableDisableAccount.All", EVERYTHING],
            Self::Groups => &["GroupMember.ReadWrite.All", "Group.ReadWrite.All", EVERYTHING],
            Self::SponsorsByName => &[
                "GroupMember.Read.All",
                "GroupMember.ReadWrite.All",
                "Group.Read.All",
                "Group.ReadWrite.All",
                "Directory.Read.All",
                EVERYTHING,
            ],
            Self::Delete => &["User.DeleteRestore.All"],
        }
    }

    /// The permission to ask for.
    pub fn permission(self) -> &'static str {
        self.any_of().first().copied().unwrap_or_default()
    }
}

/// The permissions that a token carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    held: Vec<String>,
    of_a_person: bool,
}

/// Of a token's claims: `roles` of an application, `scp` of a person, as the Azure CLI brings it.
#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    scp: String,
}

/// With this a person's token may do whatever the person may.
const AS_THE_PERSON: &str = "Directory.AccessAsUser.All";

impl Permissions {
    /// Those of `token`; nothing when it cannot be read, which Graph may choose at any time.
    pub fn of(token: &str) -> Option<Self> {
        let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
        let Claims { roles: mut held, scp } = serde_json::from_slice(&claims).ok()?;
        let of_a_person = !scp.is_empty();
        held.extend(scp.split_whitespace().map(str::to_owned));
        Some(Self { held, of_a_person })
    }

    /// Their names.
    pub fn names(&self) -> &[String] {
        &self.held
    }

    /// Whether the token is a person's, who may do less or more than an application.
    pub fn of_a_person(&self) -> bool {
        self.of_a_person
    }

    /// Whether they are enough for `feature`.
    pub fn allow(&self, feature: Feature) -> bool {
        self.held.iter().any(|held| held == AS_THE_PERSON || feature.any_of().contains(&held.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("head.{}.signature", BASE64_URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn an_applications_roles_and_a_persons_scopes_are_read() {
        let app = Permissions::of(&token(r#"{"roles":["User.Invite.All","User.Read.All"],"aud":"x"}"#)).unwrap();
        assert!(!app.of_a_person() && app.names() == ["User.Invite.All", "User.Read.All"]);
        assert!(app.allow(Feature::Invite) && app.allow(Feature::Follow) && !app.allow(Feature::Groups));
        let person = Permissions::of(&token(r#"{"scp":"openid Group.ReadWrite.All"}"#)).unwrap();
        assert!(person.of_a_person());
        assert!(
            person.allow(Feature::Groups) && person.allow(Feature::SponsorsByName) && !person.allow(Feature::Delete)
        );
        let admin = Permissions::of(&token(r#"{"scp":"Directory.AccessAsUser.All"}"#)).unwrap();
        assert!(admin.allow(Feature::Delete));
        let nobody = Permissions::of(&token("{}")).unwrap();
        assert!(!nobody.allow(Feature::Invite), "a token without roles may do nothing");
    }

    #[test]
    fn a_token_that_cannot_be_read_says_nothing() {
        for opaque in ["", "opaque", "a.b.c", "a.!.c", &token("7"), &token("{")] {
            assert_eq!(Permissions::of(opaque), None, "{opaque}");
        }
    }
}
