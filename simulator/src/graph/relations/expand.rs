//! `$expand` of one relation on `GET /users/{id}`, with a $select of its own if wanted.

use serde_json::{Map, Value};

use super::UserRelation;
use super::shown::Shown;
use crate::graph::access::Caller;
use crate::graph::errors::GraphError;
use crate::graph::properties::USER;
use crate::state::Tenant;
use crate::state::user::User;

pub(crate) struct Expansion {
    relation: UserRelation,
    shown: Shown,
}

impl Expansion {
    pub(crate) fn parse(text: &str, caller: &Caller) -> Result<Self, GraphError> {
        let unsupported = || GraphError::unsupported_query(format!("The $expand '{text}' is not supported."));
        let (name, options) = match text.split_once('(') {
            None => (text, None),
            Some((name, rest)) => (name, Some(rest.strip_suffix(')').ok_or_else(unsupported)?)),
        };
        let select: Option<Vec<String>> = match options {
            None => None,
            Some(options) => {
                let names = options.strip_prefix("$select=").filter(|names| !names.contains(['$', ';']));
                Some(names.ok_or_else(unsupported)?.split(',').map(|name| name.trim().to_owned()).collect())
            }
        };
        // Directory objects take one expansion in a query (page "Use query parameters").
        let relation = UserRelation::named(name.trim()).ok_or_else(unsupported)?;
        if caller.basic_only(&USER) {
            return Err(GraphError::denied());
        }
        Ok(Self { relation, shown: Shown::new(select.as_ref(), caller)? })
    }

    pub(crate) fn add(&self, tenant: &Tenant, user: &User, to: &mut Map<String, Value>) {
        let row = self.relation.row();
        let mut objects =
            user.related(row.name).iter().filter_map(|id| self.shown.object(tenant, id)).map(Value::Object);
        if !self.relation.is_one() {
            to.insert(row.name.to_owned(), objects.collect());
        } else if let Some(object) = objects.next() {
            to.insert(row.name.to_owned(), object);
        }
    }
}
