//! A relation between the guest's user and another object of the directory, as status shows it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Refusal;

/// A relation of the guest's user with one other object of the directory, such as a group or a sponsor.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Relation {
    /// The name of the object, as in the spec.
    pub name: String,
    /// The object's id, once it is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The state of the relation.
    pub state: RelationState,
    /// When the operator last began to add it, by the operator's clock. It is written before that is asked of Graph, on the Guest only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>")]
    pub begun_at: Option<Timestamp>,
    /// Why the relation is not as declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
}

impl Relation {
    /// Whether it is there, as far as the record tells.
    pub fn stands(&self) -> bool {
        [RelationState::Added, RelationState::Present].contains(&self.state)
    }

    /// Whether the operator has added it, or is about to add or to remove it: then it is the operator's to remove.
    pub fn is_ours(&self) -> bool {
        let states = [RelationState::Added, RelationState::Adding];
        self.is_going() || (states.contains(&self.state) && self.id.is_some())
    }

    /// Whether the operator is removing it, or has removed it and does so once more.
    pub fn is_going(&self) -> bool {
        [RelationState::Removing, RelationState::Removed].contains(&self.state) && self.id.is_some()
    }
}

/// The relations of a guest, as a spec declares them and the operator keeps them.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct RelationRecords {
    /// The groups of `spec.groups`, and how the guest became a member of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Relation>,
    /// The sponsors of `spec.sponsors`, and the state of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sponsors: Vec<Relation>,
}

/// The state of a relation.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RelationState {
    /// The operator is adding it.
    Adding,
    /// The operator added it, and removes it when it is no longer declared.
    Added,
    /// The operator is removing it.
    Removing,
    /// The operator removed it soon after it had begun to add it. It does so once more when no request to add it can be under way any more.
    Removed,
    /// It existed before, and stays when it is no longer declared.
    Present,
    /// Graph refuses it.
    Refused,
}
