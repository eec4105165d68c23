//! `/users/{id}/sponsors` (pages "Assign sponsors", "List sponsors", "Remove sponsors"): users and groups, five at most.

use serde_json::{Value, json};

use super::{Shown, select_only};
use crate::exchange::Answer;
use crate::graph::access::Caller;
use crate::graph::errors::GraphError;
use crate::graph::query::Options;
use crate::graph::{Call, references};
use crate::settings::Settings;
use crate::state::{State, Tenant};

/// The most sponsors that a user can have (page "Sponsors field for B2B users").
pub(crate) const MOST: usize = 5;

pub(crate) fn list(state: &State, caller: &Caller, key: &str, options: &Options) -> Result<Answer, GraphError> {
    select_only(options)?;
    let shown = Shown::new(options.select.as_ref(), caller)?;
    let world = state.world();
    let lag = world.settings.lag.read_after_create;
    let tenant = world.tenant(&caller.tenant).ok_or_else(|| GraphError::not_found(key))?;
    let user = tenant.directory.get_behind(key, lag).ok_or_else(|| GraphError::not_found(key))?;
    let value: Vec<Value> = user.sponsors.iter().filter_map(|id| shown.object(tenant, id)).map(Value::Object).collect();
    let context = format!("{}/v1.0/$metadata#directoryObjects", state.graph_root());
    Ok(Answer::json(200, json!({"@odata.context": context, "value": value})))
}

pub(crate) fn add(state: &State, call: &Call, caller: &Caller, key: &str) -> Result<Answer, GraphError> {
    let sponsor = references::target(state, &call.object()?, &["directoryObjects", "users", "groups"])?;
    let mut world = state.world();
    let settings = world.settings.clone();
    let lag = settings.lag.write_after_create;
    let tenant = world.tenant_mut(&caller.tenant).ok_or_else(|| GraphError::not_found(key))?;
    let user = tenant.directory.get_behind(key, lag).ok_or_else(|| GraphError::not_found(key))?;
    let sponsor = eligible(tenant, &sponsor, &settings)?;
    let present: Vec<&String> = user.sponsors.iter().filter(|id| exists(tenant, id)).collect();
    if present.contains(&&sponsor) {
        return Err(references::exists("sponsors"));
    }
    if present.len() >= MOST {
        return Err(too_many());
    }
    let id = user.id.clone();
    tenant.directory.change(&id, |user| {
        user.sponsors.retain(|known| *known != sponsor);
        user.sponsors.push(sponsor);
    });
    Ok(Answer::no_content())
}

pub(crate) fn remove(state: &State, caller: &Caller, key: &str, sponsor: &str) -> Result<Answer, GraphError> {
    let mut world = state.world();
    let variants = world.settings.variants.clone();
    let lag = world.settings.lag.write_after_create;
    let tenant = world.tenant_mut(&caller.tenant).ok_or_else(|| GraphError::not_found(key))?;
    let user = tenant.directory.get_behind(key, lag).ok_or_else(|| GraphError::not_found(key))?;
    if !user.sponsors.iter().any(|known| known.eq_ignore_ascii_case(sponsor) && exists(tenant, known)) {
        return Err(references::absent(sponsor, &variants));
    }
    let id = user.id.clone();
    tenant.directory.change(&id, |user| user.sponsors.retain(|known| !known.eq_ignore_ascii_case(sponsor)));
    Ok(Answer::no_content())
}

/// A user or a group that may be a sponsor, by object id.
pub(crate) fn eligible(tenant: &Tenant, id: &str, settings: &Settings) -> Result<String, GraphError> {
    match tenant.groups.get(id) {
        Some(group) => Ok(group.id.clone()),
        None => Ok(references::user(tenant, id, settings)?.id.clone()),
    }
}

pub(crate) fn too_many() -> GraphError {
    GraphError::bad_request(format!("The number of sponsors exceeds the maximum of {MOST}."))
}

/// A deleted sponsor takes no place.
fn exists(tenant: &Tenant, id: &str) -> bool {
    let principal = || tenant.service_principals.values().any(|known| known == id);
    tenant.directory.get(id).is_some() || tenant.groups.get(id).is_some() || principal()
}
