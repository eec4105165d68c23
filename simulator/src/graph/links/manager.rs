//! `/users/{id}/manager` (pages "List manager", "Assign manager", "Remove manager").
//! Reading a manager that is not there answers 404.

use serde_json::json;

use super::{Shown, select_only};
use crate::exchange::Answer;
use crate::graph::access::Caller;
use crate::graph::errors::GraphError;
use crate::graph::query::Options;
use crate::graph::{Call, references};
use crate::state::{State, Tenant};

pub(crate) fn get(state: &State, caller: &Caller, key: &str, options: &Options) -> Result<Answer, GraphError> {
    select_only(options)?;
    let shown = Shown::new(options.select.as_ref(), caller)?;
    let world = state.world();
    let lag = world.settings.lag.read_after_create;
    let tenant = world.tenant(&caller.tenant).ok_or_else(|| GraphError::not_found(key))?;
    let manager = manager(tenant, key, lag)?;
    let mut body = shown.object(tenant, &manager).ok_or_else(none)?;
    let context = format!("{}/v1.0/$metadata#directoryObjects/$entity", state.graph_root());
    body.insert("@odata.context".to_owned(), json!(context));
    Ok(Answer::json(200, body.into()))
}

pub(crate) fn get_link(state: &State, caller: &Caller, key: &str) -> Result<Answer, GraphError> {
    let world = state.world();
    let lag = world.settings.lag.read_after_create;
    let tenant = world.tenant(&caller.tenant).ok_or_else(|| GraphError::not_found(key))?;
    let manager = manager(tenant, key, lag)?;
    let root = state.graph_root();
    let tenant = &tenant.config.id;
    Ok(Answer::json(
        200,
        json!({
            "@odata.context": format!("{root}/v1.0/$metadata#$ref"),
            "@odata.id": format!("{root}/v2/{tenant}/directoryObjects/{manager}/Microsoft.DirectoryServices.User"),
        }),
    ))
}

pub(crate) fn set(state: &State, call: &Call, caller: &Caller, key: &str) -> Result<Answer, GraphError> {
    let manager = references::target(state, &call.object()?, &["directoryObjects", "users"])?;
    let mut world = state.world();
    let settings = world.settings.clone();
    let lag = settings.lag.write_after_create;
    let tenant = world.tenant_mut(&caller.tenant).ok_or_else(|| GraphError::not_found(key))?;
    let user = tenant.directory.get_behind(key, lag).ok_or_else(|| GraphError::not_found(key))?.id.clone();
    let manager = references::user(tenant, &manager, &settings)?.id.clone();
    tenant.directory.change(&user, |user| user.manager = Some(manager));
    Ok(Answer::no_content())
}

pub(crate) fn remove(state: &State, caller: &Caller, key: &str) -> Result<Answer, GraphError> {
    let mut world = state.world();
    let lag = world.settings.lag.write_after_create;
    let tenant = world.tenant_mut(&caller.tenant).ok_or_else(|| GraphError::not_found(key))?;
    manager(tenant, key, lag)?;
    let user = tenant.directory.get(key).ok_or_else(|| GraphError::not_found(key))?.id.clone();
    tenant.directory.change(&user, |user| user.manager = None);
    Ok(Answer::no_content())
}

/// The id of a user's manager, if both are there.
fn manager(tenant: &Tenant, key: &str, lag: std::time::Duration) -> Result<String, GraphError> {
    let user = tenant.directory.get_behind(key, lag).ok_or_else(|| GraphError::not_found(key))?;
    let manager = user.manager.as_ref().filter(|id| tenant.directory.get(id).is_some());
    manager.cloned().ok_or_else(none)
}

fn none() -> GraphError {
    GraphError::not_found("manager")
}
