//! Reading a user's relations: `GET /users/{id}/sponsors`, and `GET /users/{id}/manager`, which answers 404 when there is none.

use std::time::Duration;

use serde_json::{Value, json};

use super::UserRelation;
use super::shown::{Shown, select_only};
use crate::answer::Answer;
use crate::graph::access::Caller;
use crate::graph::errors::GraphError;
use crate::graph::query::Options;
use crate::state::{State, Tenant};

/// The other objects, or the only one.
pub(crate) fn read(
    state: &State,
    caller: &Caller,
    relation: UserRelation,
    key: &str,
    options: &Options,
) -> Result<Answer, GraphError> {
    select_only(options)?;
    let shown = Shown::new(options.select.as_ref(), caller)?;
    let world = state.world();
    let lag = world.settings.lag.read_after_create;
    let tenant = world.tenant(&caller.tenant).ok_or_else(|| GraphError::not_found(key))?;
    let context = format!("{}/v1.0/$metadata#directoryObjects", state.graph_root());
    if relation.is_one() {
        let mut body = shown.object(tenant, &the_one(tenant, relation, key, lag)?).ok_or_else(|| none(relation))?;
        body.insert("@odata.context".to_owned(), json!(format!("{context}/$entity")));
        return Ok(Answer::json(200, body.into()));
    }
    let user = tenant.directory.get_behind(key, lag).ok_or_else(|| GraphError::not_found(key))?;
    let ids = user.related(relation.row().name).iter();
    let value: Vec<Value> = ids.filter_map(|id| shown.object(tenant, id)).map(Value::Object).collect();
    Ok(Answer::json(200, json!({"@odata.context": context, "value": value})))
}

/// Only the link to the one object.
pub(crate) fn read_ref(
    state: &State,
    caller: &Caller,
    relation: UserRelation,
    key: &str,
) -> Result<Answer, GraphError> {
    let world = state.world();
    let lag = world.settings.lag.read_after_create;
    let tenant = world.tenant(&caller.tenant).ok_or_else(|| GraphError::not_found(key))?;
    let id = the_one(tenant, relation, key, lag)?;
    let root = state.graph_root();
    let tenant = &tenant.config.id;
    Ok(Answer::json(
        200,
        json!({
            "@odata.context": format!("{root}/v1.0/$metadata#$ref"),
            "@odata.id": format!("{root}/v2/{tenant}/directoryObjects/{id}/Microsoft.DirectoryServices.User"),
        }),
    ))
}

/// The id of the only object, if both it and the user are there.
pub(super) fn the_one(tenant: &Tenant, relation: UserRelation, key: &str, lag: Duration) -> Result<String, GraphError> {
    let user = tenant.directory.get_behind(key, lag).ok_or_else(|| GraphError::not_found(key))?;
    let mut there = user.related(relation.row().name).iter().filter(|id| tenant.directory.get(id).is_some());
    there.next().cloned().ok_or_else(|| none(relation))
}

fn none(relation: UserRelation) -> GraphError {
    GraphError::not_found(relation.row().name)
}
