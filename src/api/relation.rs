//! A relation between the guest's user and another object of the directory, as status tells it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Refusal;

/// A relation of the guest's user with one other object of the directory, such as a group or a sponsor.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Relation {
    /// As the spec names it.
    pub name: String,
    /// The object's id, once it is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How it stands.
    pub state: RelationState,
    /// Why it does not stand as declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
}

/// How a relation stands.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RelationState {
    /// Being added by us.
    Adding,
    /// Added by us, and removed by us when it is declared no more.
    Added,
    /// It was there before, and stays when it is declared no more.
    Present,
    /// Graph refuses it.
    Refused,
}
