//! The `$ref` of any relation, of groups too: reading an `@odata.id`, and the errors that all of them share.
//! The texts are those that the Terraform provider for Azure AD looks for.

use serde_json::{Map, Value};

use crate::graph::errors::GraphError;
use crate::settings::{Settings, Variants};
use crate::state::user::User;
use crate::state::{State, Tenant};

/// The object id in the body of a `$ref` request.
pub(crate) fn target(state: &State, fields: &Map<String, Value>, kinds: &[&str]) -> Result<String, GraphError> {
    link(state, fields.get("@odata.id").and_then(Value::as_str), kinds)
}

/// The object id in a link such as `https://graph.microsoft.com/v1.0/directoryObjects/{id}`.
pub(crate) fn link(state: &State, link: Option<&str>, kinds: &[&str]) -> Result<String, GraphError> {
    let invalid = || {
        let text = format!("Invalid object identifier '{}'.", link.unwrap_or_default());
        GraphError::bad_request(text)
    };
    let text = link.ok_or_else(invalid)?;
    let mut roots = state.world().settings.service_principal_names.clone();
    roots.push(state.graph_root());
    let path = roots.iter().find_map(|root| text.strip_prefix(root.trim_end_matches('/')));
    let path = path.and_then(|path| path.strip_prefix("/v1.0/")).ok_or_else(invalid)?;
    match path.split_once('/') {
        Some((kind, id)) if kinds.contains(&kind) && !id.is_empty() && !id.contains('/') => Ok(id.to_owned()),
        _ => Err(invalid()),
    }
}

/// A user that is referred to: not there if it is too young, even if a read of it succeeded.
pub(crate) fn user<'t>(tenant: &'t Tenant, id: &str, settings: &Settings) -> Result<&'t User, GraphError> {
    let user = tenant.directory.get(id).filter(|user| user.id.eq_ignore_ascii_case(id));
    let user = user.ok_or_else(|| GraphError::not_found(id))?;
    if tenant.directory.get_behind(id, settings.lag.write_after_create).is_some() {
        return Ok(user);
    }
    Err(if settings.variants.young_reference_bad_request {
        GraphError::bad_request("Not a valid reference update.")
    } else {
        GraphError::not_found(id)
    })
}

pub(crate) fn exists(name: &str) -> GraphError {
    let text =
        format!("One or more added object references already exist for the following modified properties: '{name}'.");
    GraphError::bad_request(text)
}

pub(crate) fn absent(id: &str, variants: &Variants) -> GraphError {
    if variants.absent_reference_not_found {
        return GraphError::not_found(id);
    }
    GraphError::bad_request("One or more removed object references do not exist.")
}
