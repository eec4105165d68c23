//! The other objects of relations, each shown by its own type.

use serde_json::{Map, Value, json};

use crate::graph::access::Caller;
use crate::graph::errors::GraphError;
use crate::graph::groups::properties::GROUP;
use crate::graph::properties::USER;
use crate::graph::query::Options;
use crate::graph::schema::Schema;
use crate::graph::select::Selection;
use crate::state::Tenant;
use crate::state::object::Object;

/// What of the other objects is to be shown; the types share one $select.
pub(super) struct Shown {
    user: Selection,
    group: Selection,
}

impl Shown {
    pub(super) fn new(select: Option<&Vec<String>>, caller: &Caller) -> Result<Self, GraphError> {
        let of = |schema: &Schema, name: &str| schema.find(name).is_some() || schema.navigates(name);
        let unknown = |name: &&String| !of(&USER, name) && !of(&GROUP, name);
        if let Some(name) = select.and_then(|names| names.iter().find(unknown)) {
            let text = format!("Could not find a property named '{name}' on type 'microsoft.graph.directoryObject'.");
            return Err(GraphError::bad_request(text));
        }
        let one = |schema: &'static Schema| {
            let own = select
                .map(|names| names.iter().filter(|name| schema.find(name).is_some()).cloned().collect::<Vec<String>>());
            Selection::new(schema, own.as_ref(), caller, false)
        };
        Ok(Self { user: one(&USER)?, group: one(&GROUP)? })
    }

    /// None if the object is gone.
    pub(super) fn object(&self, tenant: &Tenant, id: &str) -> Option<Map<String, Value>> {
        if let Some(user) = tenant.directory.get(id) {
            return Some(typed(&self.user, user, "user"));
        }
        if let Some(group) = tenant.groups.get(id) {
            return Some(typed(&self.group, group, "group"));
        }
        let known = tenant.service_principals.values().any(|principal| principal == id);
        known.then(|| {
            Map::from_iter([
                ("@odata.type".to_owned(), json!("#microsoft.graph.servicePrincipal")),
                ("id".to_owned(), json!(id)),
            ])
        })
    }
}

fn typed(selection: &Selection, object: &impl Object, kind: &str) -> Map<String, Value> {
    let mut shown = Map::from_iter([("@odata.type".to_owned(), json!(format!("#microsoft.graph.{kind}")))]);
    shown.extend(selection.show(object));
    shown
}

/// Of all query options these lists know $select only.
pub(super) fn select_only(options: &Options) -> Result<(), GraphError> {
    let others = [&options.filter, &options.top, &options.skip, &options.orderby, &options.search, &options.expand];
    if others.iter().any(|option| option.is_some()) || options.unknown.is_some() {
        return Err(GraphError::unsupported_query("The simulator serves nothing but $select here."));
    }
    Ok(())
}
