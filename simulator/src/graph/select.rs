//! What of an object an answer shows. Without $select only the default set, and everything else is missing, not null.
//! The default set is that of the page "List users".

use serde_json::{Map, Value, json};

use super::access::Caller;
use super::errors::GraphError;
use super::property::{Kind, Property};
use super::schema::Schema;
use crate::state::object::Object;

#[derive(Clone, Debug)]
pub(crate) struct Selection {
    schema: &'static Schema,
    properties: Vec<&'static Property>,
    /// Whether the client said what it wants.
    chosen: bool,
}

impl Selection {
    /// Checks a $select against the properties and the caller's permissions.
    pub(crate) fn new(
        schema: &'static Schema,
        select: Option<&Vec<String>>,
        caller: &Caller,
        listing: bool,
    ) -> Result<Self, GraphError> {
        let basic = caller.basic_only(schema);
        let Some(names) = select else {
            let shown = |property: &&Property| property.default && (!basic || schema.basic.contains(&property.name));
            return Ok(Self { schema, properties: schema.properties.iter().filter(shown).collect(), chosen: false });
        };
        let mut properties: Vec<&'static Property> = Vec::new();
        for name in names {
            if schema.navigates(name) {
                if basic {
                    return Err(GraphError::denied());
                }
                continue;
            }
            let property = schema.find(name).ok_or_else(|| GraphError::no_property(name, schema))?;
            if property.elsewhere && listing {
                let text = "This operation target is not yet supported.";
                return Err(GraphError::new(501, "NotImplemented", text));
            }
            let wants_log = property.name == "signInActivity";
            if (basic && !schema.basic.contains(&property.name)) || (wants_log && !caller.has(&["AuditLog.Read.All"])) {
                return Err(GraphError::denied());
            }
            if !properties.iter().any(|known| known.name == property.name) {
                properties.push(property);
            }
        }
        Ok(Self { schema, properties, chosen: true })
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
        let text = "This request only returns a subset of the resource's properties. Your app will need to use $select to return non-default properties. To find out what other properties are available for this resource see https://learn.microsoft.com/graph/api/resources/";
        (!self.chosen).then(|| json!(format!("{text}{}", self.schema.kind)))
    }

    pub(crate) fn show(&self, object: &impl Object) -> Map<String, Value> {
        let mut shown = Map::new();
        for property in &self.properties {
            let value = match object.property(property.name) {
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
