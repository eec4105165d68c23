//! Which permission each feature needs ("Microsoft Graph permissions reference"), and which permissions a token
//! carries. The content of a token is for Graph alone. It is read here only for messages to people and decides nothing.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde::Deserialize;

use crate::api::RelationKind;
use crate::plan::Task;

/// What an application needs permissions for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Invite guests.
    Invite,
    /// Look guests up and follow their state.
    Follow,
    /// Update profiles.
    Profile,
    /// Add and remove relations of this kind.
    Relation(RelationKind),
    /// Find the other object of a relation by its display name.
    FindRelated(RelationKind),
    /// Reset a guest's redemption.
    Reset,
    /// Disable an account when the guest's access ends.
    Disable,
    /// Delete a user when the guest's access ends, and restore one.
    Delete,
    /// Change the members of role-assignable groups. This is needed in addition to the permission for other groups.
    RoleAssignableGroups,
    /// Read the organisation's name.
    OrganizationName,
}

const EVERYTHING: &str = "Directory.ReadWrite.All";

/// Any of these is enough to read users.
pub(super) const READ_USERS: &[&str] = &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", EVERYTHING];

/// Any of these is enough to change users.
pub(super) const WRITE_USERS: &[&str] = &["User.ReadWrite.All", EVERYTHING];

/// Any of these is enough to change the members of groups.
pub(super) const WRITE_MEMBERS: &[&str] = &["GroupMember.ReadWrite.All", "Group.ReadWrite.All", EVERYTHING];

/// Any of these is enough to find groups and read their members.
pub(super) const READ_GROUPS: &[&str] = &[
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    EVERYTHING,
];

impl Feature {
    /// All features that guests can ask for. The features that every guest needs come first.
    pub fn of_guests() -> impl Iterator<Item = Self> {
        let relations = RelationKind::ALL.into_iter();
        [Self::Invite, Self::Follow, Self::Profile]
            .into_iter()
            .chain(relations.clone().map(Self::Relation))
            .chain(relations.map(Self::FindRelated).filter(|feature| !feature.is_implied()))
            .chain([Self::Reset, Self::Disable, Self::Delete])
    }

    /// All features that need a permission.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::of_guests().chain([Self::RoleAssignableGroups, Self::OrganizationName])
    }

    /// The feature that `task` needs; none when the task stays inside the cluster.
    pub fn of(task: &Task) -> Option<Self> {
        Some(match task {
            Task::Bind(_) | Task::KeepLink { .. } => return None,
            Task::FindRelated { kind, .. } => Self::FindRelated(*kind),
            Task::AddRelations { kind, .. } | Task::RemoveRelations { kind, .. } => Self::Relation(*kind),
            Task::Update { .. } => Self::Profile,
            Task::AddAddress { .. } => Self::Reset,
            Task::Enable { .. } => Self::Disable,
            Task::Delete(_) | Task::Restore(_) => Self::Delete,
            Task::Link { .. } => Self::Invite,
        })
    }

    /// Any one of these permissions is enough. The first is the one to ask for.
    pub fn any_of(self) -> &'static [&'static str] {
        match self {
            Self::Invite => &["User.Invite.All", "User.ReadWrite.All", EVERYTHING],
            Self::Follow => READ_USERS,
            Self::Profile | Self::Reset => WRITE_USERS,
            Self::Relation(kind) => kind.graph().to_keep,
            Self::FindRelated(kind) => kind.graph().to_find,
            Self::Disable => &["User.ReadWrite.All", "User.EnableDisableAccount.All", EVERYTHING],
            Self::Delete => &["User.DeleteRestore.All"],
            Self::RoleAssignableGroups => &["RoleManagement.ReadWrite.Directory"],
            Self::OrganizationName => &["Organization.Read.All", "Directory.Read.All", EVERYTHING],
        }
    }

    /// The permission to ask for.
    pub fn permission(self) -> &'static str {
        self.any_of().first().copied().unwrap_or_default()
    }

    /// Whether every permission to change relations of this kind also allows finding the other objects. Then this
    /// feature needs no permission of its own.
    pub fn is_implied(self) -> bool {
        match self {
            Self::FindRelated(kind) => {
                Self::Relation(kind).any_of().iter().all(|permission| self.any_of().contains(permission))
            }
            _ => false,
        }
    }

    /// What the permission is for: a field of a guest, or something that the operator does for every guest.
    pub fn named(self) -> String {
        match self {
            Self::Invite => "to invite".into(),
            Self::Follow => "to look guests up and follow them".into(),
            Self::Profile => "a profile".into(),
            Self::Relation(kind) => kind.field().into(),
            Self::FindRelated(kind) => format!("{} by display name", kind.field()),
            Self::Reset => "a redemption to reset".into(),
            Self::Disable => "deletionPolicy: Disable".into(),
            Self::Delete => "deletionPolicy: Delete".into(),
            Self::RoleAssignableGroups => "groups that directory roles can be assigned to".into(),
            Self::OrganizationName => "the name of the organisation".into(),
        }
    }
}

/// The permissions that a token carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    held: Vec<String>,
    of_a_person: bool,
}

/// The claims that are read: `roles` of an application, and `scp` of a person who is signed in to the Azure CLI.
#[derive(Deserialize)]
struct TokenClaims {
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    scp: String,
}

/// With this permission a person's token may do everything that the person may do.
const AS_THE_PERSON: &str = "Directory.AccessAsUser.All";

impl Permissions {
    /// The permissions in `token`; none when it cannot be read. Graph may change the format of tokens at any time.
    pub fn of(token: &str) -> Option<Self> {
        let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
        let TokenClaims { roles: mut held, scp } = serde_json::from_slice(&claims).ok()?;
        let of_a_person = !scp.is_empty();
        held.extend(scp.split_whitespace().map(str::to_owned));
        Some(Self { held, of_a_person })
    }

    /// The names of the permissions.
    pub fn names(&self) -> &[String] {
        &self.held
    }

    /// Whether the token belongs to a person. A person may be allowed to do more or less than an application.
    pub fn of_a_person(&self) -> bool {
        self.of_a_person
    }

    /// Whether the permissions are enough to invite guests and to follow them.
    pub fn allows_what_every_guest_needs(&self) -> bool {
        self.allow(Feature::Invite) && self.allow(Feature::Follow)
    }

    /// Whether the permissions are enough for `feature`.
    pub fn allow(&self, feature: Feature) -> bool {
        self.held.iter().any(|held| held == AS_THE_PERSON || feature.any_of().contains(&held.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUPS: Feature = Feature::Relation(RelationKind::Groups);

    /// The row of a feature in README's table.
    fn row(feature: Feature) -> String {
        let (to, also) = match feature {
            Feature::Invite => ("invite, resend, remind".to_owned(), ""),
            Feature::Follow => ("look guests up and follow them".into(), ""),
            Feature::Profile => ("`profile`; `displayName` of a guest who is there already".into(), ""),
            Feature::Relation(kind) => (format!("`{}`", kind.field()), ""),
            Feature::FindRelated(kind) => (format!("`{}` by display name, or a group", kind.field()), "also "),
            Feature::Reset => (format!("`{}`", crate::api::RESET_REDEMPTION), ""),
            Feature::Disable => ("`deletionPolicy: Disable`".into(), ""),
            Feature::Delete => ("`deletionPolicy: Delete`; bring back somebody who was deleted".into(), ""),
            Feature::RoleAssignableGroups => ("`groups` that directory roles can be assigned to".into(), "also "),
            Feature::OrganizationName => (
                "your organisation's name in your own mails; without it they have the name of the EntraTenant".into(),
                "",
            ),
        };
        format!("| {to} | {also}`{}` |\n", feature.permission())
    }

    #[test]
    fn readmes_table_has_every_feature_and_nothing_else() {
        let rows: String = Feature::all().map(row).collect();
        let table = format!("| To | The application needs |\n|---|---|\n{rows}\n");
        let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
        assert!(readme.contains(&table), "put this into README.md, under Permissions:\n{table}");
    }

    #[test]
    fn the_pages_name_only_permissions_that_a_feature_asks_for() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let pages = std::fs::read_dir(root.join("docs")).unwrap().map(|page| page.unwrap().path());
        let pages =
            pages.filter(|page| page.extension().is_some_and(|kind| kind == "md")).chain([root.join("README.md")]);
        let known: Vec<&str> = Feature::all().map(Feature::permission).collect();
        let mut named = 0;
        for page in pages {
            let text = std::fs::read_to_string(&page).unwrap();
            let words = text.split(|mark: char| !mark.is_ascii_alphanumeric() && mark != '.');
            for word in words.filter(|word| word.ends_with(".All") || word.contains(".ReadWrite.")) {
                assert!(known.contains(&word), "{} names {word}, which no feature asks for", page.display());
                named += 1;
            }
        }
        assert!(named > 20, "{named}");
    }

    fn token(claims: &str) -> String {
        format!("head.{}.signature", BASE64_URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn an_applications_roles_and_a_persons_scopes_are_read() {
        let app = Permissions::of(&token(r#"{"roles":["User.Invite.All","User.Read.All"],"aud":"x"}"#)).unwrap();
        assert!(!app.of_a_person() && app.names() == ["User.Invite.All", "User.Read.All"]);
        assert!(app.allow(Feature::Invite) && app.allow(Feature::Follow) && !app.allow(GROUPS));
        let person = Permissions::of(&token(r#"{"scp":"openid Group.ReadWrite.All"}"#)).unwrap();
        assert!(person.of_a_person());
        assert!(
            person.allow(GROUPS)
                && person.allow(Feature::FindRelated(RelationKind::Sponsors))
                && !person.allow(Feature::Delete)
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
