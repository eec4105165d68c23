//! Groups, and what prevents a change of their members ("Get group", "List groups", Graph). Display names are not
//! unique, so a name may mean several groups.

use reqwest::Method;
use serde::Deserialize;

use super::object_id::is_object_id;
use super::transport::Payload;
use super::users::nullable;
use super::{Graph, GraphError, filter};

const SELECT: &str =
    "id,displayName,groupTypes,onPremisesSyncEnabled,isAssignableToRole,securityEnabled,mailEnabled,membershipRule";

/// A group as Graph returns it. Every property except the id may be null or missing.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Group {
    /// Object id.
    pub id: String,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `groupTypes`: DynamicMembership, Unified, both or neither.
    #[serde(deserialize_with = "nullable")]
    pub group_types: Vec<String>,
    /// `onPremisesSyncEnabled`: true, or null for a group that was never synchronised.
    pub on_premises_sync_enabled: Option<bool>,
    /// `isAssignableToRole`.
    pub is_assignable_to_role: Option<bool>,
    /// `securityEnabled`.
    pub security_enabled: Option<bool>,
    /// `mailEnabled`.
    pub mail_enabled: Option<bool>,
    /// `membershipRule` of a dynamic group.
    pub membership_rule: Option<String>,
}

/// Why the operator cannot change a group's members, or needs another permission for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A rule decides who the members are.
    Dynamic,
    /// The group is synchronised from on-premises and can be changed only there.
    OnPremises,
    /// Directory roles can be assigned to the group. RoleManagement.ReadWrite.Directory is needed in addition to
    /// GroupMember.ReadWrite.All.
    RoleAssignable,
}

impl Group {
    /// What prevents a change of this group's members, for any member ("Add members", Graph).
    pub fn obstacle(&self) -> Option<Obstacle> {
        let dynamic = self.group_types.iter().any(|kind| kind.eq_ignore_ascii_case("DynamicMembership"));
        if self.on_premises_sync_enabled == Some(true) {
            Some(Obstacle::OnPremises)
        } else if dynamic {
            Some(Obstacle::Dynamic)
        } else {
            (self.is_assignable_to_role == Some(true)).then_some(Obstacle::RoleAssignable)
        }
    }
}

impl Graph {
    /// The group by id; none when Graph answers 404 or `id` is not an object id.
    ///
    /// # Errors
    /// As any call; 403 when the application has neither GroupMember.Read.All nor a stronger permission.
    pub async fn group(&self, id: &str) -> Result<Option<Group>, GraphError> {
        if !is_object_id(id) {
            return Ok(None);
        }
        let mut url = self.url(&["groups", id]);
        url.query_pairs_mut().append_pair("$select", SELECT);
        match self.call::<Group>("getGroup", Method::GET, url, Payload::None).await {
            Ok(answered) => Ok(Some(answered.body)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The groups with this `displayName`. Upper and lower case do not matter.
    ///
    /// # Errors
    /// As [`Graph::group`].
    pub async fn groups_named(&self, name: &str) -> Result<Vec<Group>, GraphError> {
        let mut url = self.url(&["groups"]);
        url.query_pairs_mut()
            .append_pair("$filter", &filter::equals("displayName", name))
            .append_pair("$select", SELECT)
            .append_pair("$top", "10");
        Ok(self.search("listGroups", url).await?.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_missing_are_no_obstacle() {
        for text in [r#"{"id":"g"}"#, r#"{"id":"g","groupTypes":null,"onPremisesSyncEnabled":null}"#] {
            let group: Group = serde_json::from_str(text).unwrap();
            assert_eq!(group.obstacle(), None, "{text}");
        }
    }

    #[test]
    fn a_source_elsewhere_comes_before_a_rule() {
        let dynamic = Group { group_types: vec!["Unified".into(), "DynamicMembership".into()], ..Group::default() };
        assert_eq!(dynamic.obstacle(), Some(Obstacle::Dynamic));
        let both = Group { on_premises_sync_enabled: Some(true), ..dynamic };
        assert_eq!(both.obstacle(), Some(Obstacle::OnPremises));
        let role = Group { is_assignable_to_role: Some(true), ..Group::default() };
        assert_eq!(role.obstacle(), Some(Obstacle::RoleAssignable));
    }
}
