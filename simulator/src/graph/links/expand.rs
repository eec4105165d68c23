//! `$expand` of one link on `GET /users/{id}`: `sponsors` or `manager`, each with a $select of its own if wanted.

use serde_json::{Map, Value};

use super::Shown;
use crate::graph::access::Caller;
use crate::graph::errors::GraphError;
use crate::graph::properties::USER;
use crate::state::Tenant;
use crate::state::user::User;

pub(crate) struct Expansion {
    sponsors: bool,
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
        let sponsors = match name.trim() {
            "sponsors" => true,
            "manager" => false,
            _ => return Err(unsupported()),
        };
        if caller.basic_only(&USER) {
            return Err(GraphError::denied());
        }
        Ok(Self { sponsors, shown: Shown::new(select.as_ref(), caller)? })
    }

    pub(crate) fn add(&self, tenant: &Tenant, user: &User, to: &mut Map<String, Value>) {
        if self.sponsors {
            let sponsors = user.sponsors.iter().filter_map(|id| self.shown.object(tenant, id)).map(Value::Object);
            to.insert("sponsors".to_owned(), sponsors.collect());
        } else if let Some(manager) = user.manager.as_ref().and_then(|id| self.shown.object(tenant, id)) {
            to.insert("manager".to_owned(), manager.into());
        }
    }
}
