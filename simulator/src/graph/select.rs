//! What of a user an answer shows. Without $select only the default set, and everything else is missing, not null.
//! The default set is that of the page "List users".

use serde_json::{Map, Value, json};

use super::access::Caller;
use super::errors::GraphError;
use super::properties::{self, Kind, PROPERTIES, Property};
use crate::state::user::User;

/// The properties that User.ReadBasic.All may read (page "Microsoft Graph permissions reference").
const BASIC: &[&str] = &["id", "displayName", "givenName", "surname", "mail", "userPrincipalName"];

#[derive(Clone, Debug)]
pub(crate) struct Selection {
    properties: Vec<&'static Property>,
    /// Whether the client said what it wants.
    chosen: bool,
}

impl Selection {
    /// Checks a $select against the properties and the caller's permissions.
    pub(crate) fn new(select: Option<&Vec<String>>, caller: &Caller, listing: bool) -> Result<Self, GraphError> {
        let basic = caller.basic_only();
        let Some(names) = select else {
            let shown = |property: &&Property| property.default && (!basic || BASIC.contains(&property.name));
            return Ok(Self { properties: PROPERTIES.iter().filter(shown).collect(), chosen: false });
        };
        let mut properties: Vec<&'static Property> = Vec::new();
        for name in names {
            let property = properties::find(name).ok_or_else(|| GraphError::no_property(name))?;
            if property.elsewhere && listing {
                let text = "This operation target is not yet supported.";
                return Err(GraphError::new(501, "NotImplemented", text));
            }
            let wants_log = property.name == "signInActivity";
            if (basic && !BASIC.contains(&property.name)) || (wants_log && !caller.has(&["AuditLog.Read.All"])) {
                return Err(GraphError::denied());
            }
            if !properties.iter().any(|known| known.name == property.name) {
                properties.push(property);
            }
        }
        Ok(Self { properties, chosen: true })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.properties.iter().any(|property| property.name == name)
    }

    /// The `(a,b)` that follows the type in `@odata.context`, if any.
    pub(crate) fn context(&self) -> String {
        if !self.chosen {
            return String::new();
        }
        let names: Vec<&str> = self.properties.iter().map(|property| property.name).collect();
        format!("({})", names.join(","))
    }

    /// The hint that Graph adds where a client selects nothing (page "Best practices for working with Microsoft Graph").
    pub(crate) fn tip(&self) -> Option<Value> {
        let text = "This request only returns a subset of the resource's properties. Your app will need to use $select to return non-default properties. To find out what other properties are available for this resource see https://learn.microsoft.com/graph/api/resources/user";
        (!self.chosen).then(|| json!(text))
    }

    pub(crate) fn show(&self, user: &User) -> Map<String, Value> {
        let mut shown = Map::new();
        for property in &self.properties {
            let value = match user.property(property.name) {
                // Whoever never signed in has no activity at all.
                Value::Null if property.name == "signInActivity" => continue,
                Value::Null if property.kind == Kind::Texts => json!([]),
                value => value,
            };
            shown.insert(property.name.to_owned(), value);
        }
        shown
    }
}
