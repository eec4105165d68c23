//! A group object, with what decides who may become a member of it.
//! Its members are kept beside it, each with a history of its own.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::clock;

/// A group in the directory.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The object id.
    pub id: String,
    /// The name shown; Graph lets several groups have the same.
    pub display_name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its address, if it has one.
    pub mail: Option<String>,
    /// `DynamicMembership`, `Unified`, both or neither.
    pub group_types: Vec<String>,
    /// Synchronised from on-premises: its members cannot be changed here.
    pub on_premises_sync_enabled: bool,
    /// Directory roles can be assigned to it: changing its members needs a permission more.
    pub is_assignable_to_role: bool,
    /// It can grant access.
    pub security_enabled: bool,
    /// It receives mail.
    pub mail_enabled: bool,
    /// When it was made, on the simulator's clock.
    pub created_date_time: Timestamp,
    /// A setting of a Microsoft 365 group; Graph never shows it here.
    pub guests_not_allowed: bool,
}

impl Group {
    /// A property as Graph writes its value. A property that was never set is null.
    pub fn property(&self, name: &str) -> Value {
        match name {
            "id" => json!(self.id),
            "displayName" => json!(self.display_name),
            "description" => json!(self.description),
            "mail" => json!(self.mail),
            "groupTypes" => json!(self.group_types),
            // Graph knows true and null here, not false.
            "onPremisesSyncEnabled" => json!(self.on_premises_sync_enabled.then_some(true)),
            "isAssignableToRole" => json!(self.is_assignable_to_role.then_some(true)),
            "securityEnabled" => json!(self.security_enabled),
            "mailEnabled" => json!(self.mail_enabled),
            "createdDateTime" => json!(clock::graph(self.created_date_time)),
            "membershipRule" if self.is_dynamic() => json!("(user.userType -eq \"Guest\")"),
            "membershipRuleProcessingState" if self.is_dynamic() => json!("On"),
            "visibility" if self.is_unified() => json!("Private"),
            "mailNickname" => json!(self.display_name.replace(' ', "")),
            _ => Value::Null,
        }
    }

    /// A rule decides about its members.
    pub fn is_dynamic(&self) -> bool {
        self.group_types.iter().any(|kind| kind == "DynamicMembership")
    }

    /// A Microsoft 365 group.
    pub fn is_unified(&self) -> bool {
        self.group_types.iter().any(|kind| kind == "Unified")
    }
}
