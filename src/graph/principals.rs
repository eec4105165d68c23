//! Finds the users and groups that a name in a spec may mean. They can be the other object of a guest's relation.

use serde::Deserialize;

use super::object_id::is_object_id;
use super::{Graph, GraphError, filter};

/// A user or a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Object id.
    pub id: String,
    /// Whether it is a user or a group.
    pub kind: PrincipalKind,
    /// `displayName`.
    pub display_name: Option<String>,
}

/// The kind of a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrincipalKind {
    /// A user, guest or member.
    User,
    /// A group.
    Group,
}

impl PrincipalKind {
    /// The word for this kind in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    id: String,
    display_name: Option<String>,
}

impl Graph {
    /// All principals of these kinds that `text` may mean. An object id means the user or group with that id. A text
    /// with `@` means the user with that `userPrincipalName` or `mail`. Any other text means the users and groups with
    /// that `displayName`.
    ///
    /// # Errors
    /// As any call. If `kinds` has groups, they are searched too, unless an id or an address has found a user. So a
    /// name also needs GroupMember.Read.All.
    pub async fn principals_named(&self, text: &str, kinds: &[PrincipalKind]) -> Result<Vec<Principal>, GraphError> {
        let (users, groups) = (kinds.contains(&PrincipalKind::User), kinds.contains(&PrincipalKind::Group));
        if is_object_id(text) {
            let user = if users { self.user(text).await? } else { None };
            if let Some(user) = user {
                return Ok(vec![Principal { id: user.id, kind: PrincipalKind::User, display_name: user.display_name }]);
            }
            let group = if groups { self.group(text).await? } else { None };
            let principal = group.map(|group| Principal {
                id: group.id,
                kind: PrincipalKind::Group,
                display_name: group.display_name,
            });
            return Ok(principal.into_iter().collect());
        }
        if users && text.contains('@') {
            let either = format!("{} or {}", filter::equals("userPrincipalName", text), filter::equals("mail", text));
            return self.named("listUsers", PrincipalKind::User, &either).await;
        }
        let same = filter::equals("displayName", text);
        let mut found = Vec::new();
        if users {
            found.extend(self.named("listUsers", PrincipalKind::User, &same).await?);
        }
        if groups {
            found.extend(self.named("listGroups", PrincipalKind::Group, &same).await?);
        }
        Ok(found)
    }

    async fn named(
        &self,
        operation: &'static str,
        kind: PrincipalKind,
        filter: &str,
    ) -> Result<Vec<Principal>, GraphError> {
        let set = match kind {
            PrincipalKind::User => "users",
            PrincipalKind::Group => "groups",
        };
        let mut url = self.url(&[set]);
        url.query_pairs_mut()
            .append_pair("$filter", filter)
            .append_pair("$select", "id,displayName")
            .append_pair("$top", "10");
        let found = self.search::<Named>(operation, url).await?.values;
        Ok(found.into_iter().map(|named| Principal { id: named.id, kind, display_name: named.display_name }).collect())
    }
}
