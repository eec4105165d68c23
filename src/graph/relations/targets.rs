//! Finds the object that a name in a spec means, or the reason why there is none.

use crate::api::{Explanation, Reason, RelationKind};
use crate::graph::{Graph, GraphError, Obstacle, PrincipalKind, is_object_id};

/// Which objects can be the other end of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Targets {
    /// Groups whose members can be changed.
    Groups,
    /// Users or groups, as listed.
    Principals(&'static [PrincipalKind]),
}

impl Graph {
    /// The id of the object that `name` means for relations of this kind. `name` is an id, a user principal name or a
    /// display name. If it means no object, or several, the result is an explanation.
    ///
    /// # Errors
    /// As any call; 403 when the application may not read these objects.
    pub async fn target(&self, kind: RelationKind, name: &str) -> Result<Result<String, Explanation>, GraphError> {
        match kind.graph().targets {
            Targets::Groups => self.group_target(kind, name).await,
            Targets::Principals(kinds) => self.principal_target(kind, name, kinds).await,
        }
    }

    async fn group_target(&self, kind: RelationKind, name: &str) -> Result<Result<String, Explanation>, GraphError> {
        let groups = match self.group(name).await? {
            Some(group) => vec![group],
            None if is_object_id(name) => Vec::new(),
            None => self.groups_named(name).await?,
        };
        let unfit = |reason, message| Err(Explanation { reason, message });
        Ok(match groups.as_slice() {
            [] => unfit(
                kind.graph().not_found,
                format!("There is no group {name:?} in the directory. Name an existing one, by id or display name."),
            ),
            [group] => match group.obstacle() {
                Some(Obstacle::Dynamic) => unfit(
                    Reason::DynamicGroup,
                    format!(
                        "A rule decides who belongs to the group {name:?}. Name a group with assigned members, or change the rule."
                    ),
                ),
                Some(Obstacle::OnPremises) => unfit(
                    Reason::OnPremisesGroup,
                    format!("The group {name:?} is synchronised from on-premises and can be changed only there."),
                ),
                Some(Obstacle::RoleAssignable) | None => Ok(group.id.clone()),
            },
            several => unfit(
                kind.graph().ambiguous,
                format!(
                    "{} groups are named {name:?}. Give the id of one: {}.",
                    several.len(),
                    several.iter().map(|group| group.id.as_str()).collect::<Vec<_>>().join(", ")
                ),
            ),
        })
    }

    async fn principal_target(
        &self,
        kind: RelationKind,
        name: &str,
        kinds: &[PrincipalKind],
    ) -> Result<Result<String, Explanation>, GraphError> {
        let found = self.principals_named(name, kinds).await?;
        let called = |ending: &str, between: &str| {
            let names: Vec<String> = kinds.iter().map(|kind| format!("{}{ending}", kind.name())).collect();
            names.join(between)
        };
        let unfit = |reason, message| Err(Explanation { reason, message });
        Ok(match found.as_slice() {
            [] => unfit(
                kind.graph().not_found,
                format!(
                    "There is no {} {name:?} in the directory. Name an existing one, by id, user principal name or display name.",
                    called("", " or ")
                ),
            ),
            [one] => Ok(one.id.clone()),
            several => unfit(
                kind.graph().ambiguous,
                format!("{} {} are named {name:?}. Give the id of one.", several.len(), called("s", " or ")),
            ),
        })
    }
}
