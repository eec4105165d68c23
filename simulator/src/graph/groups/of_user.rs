//! A user's groups: `GET /users/{id}/memberOf` and `POST /users/{id}/checkMemberGroups`, as they were a while ago.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::properties::GROUP;
use crate::answer::Answer;
use crate::graph::access::Caller;
use crate::graph::call::Call;
use crate::graph::errors::GraphError;
use crate::graph::paging;
use crate::graph::query::Options;
use crate::state::State;

/// The largest number of groups that can be checked at once (page "checkMemberGroups").
const MOST: usize = 20;

pub(crate) fn list(
    state: &State,
    call: &Call,
    caller: &Caller,
    key: &str,
    options: &Options,
) -> Result<Answer, GraphError> {
    let world = state.world();
    let lag = &world.settings.lag;
    let tenant = world.tenant(&caller.tenant).ok_or_else(|| GraphError::not_found(key))?;
    let user = tenant.directory.get_behind(key, lag.read_after_create).ok_or_else(|| GraphError::not_found(key))?;
    let listing = paging::Listing {
        root: call.root(state, &world),
        path: format!("/v1.0/users/{}/memberOf", user.id),
        set: "directoryObjects",
        schema: &GROUP,
        mixed: true,
        advanced: call.eventual() && options.count,
        eventual: call.eventual(),
        variants: &world.settings.variants,
    };
    let groups = tenant.groups.of(&user.id, lag.membership).map(|(place, group)| (place, Cow::Borrowed(group)));
    listing.page(groups, options, caller)
}

pub(crate) fn check(state: &State, call: &Call, caller: &Caller, key: &str) -> Result<Answer, GraphError> {
    let fields = call.object()?;
    let asked = fields.get("groupIds").and_then(Value::as_array).filter(|ids| ids.iter().all(Value::is_string));
    let asked = asked.ok_or_else(|| GraphError::bad_request("Parameter 'groupIds' is missing or malformed."))?;
    if asked.len() > MOST {
        let text = format!("The number of values in 'groupIds' exceeds the maximum of {MOST}.");
        return Err(GraphError::bad_request(text));
    }
    let world = state.world();
    let lag = &world.settings.lag;
    let tenant = world.tenant(&caller.tenant).ok_or_else(|| GraphError::not_found(key))?;
    let user = tenant.directory.get_behind(key, lag.read_after_create).ok_or_else(|| GraphError::not_found(key))?;
    let wanted = |id: &str| asked.iter().filter_map(Value::as_str).any(|asked| asked.eq_ignore_ascii_case(id));
    let groups = tenant.groups.of(&user.id, lag.membership).map(|(_, group)| group.id.as_str());
    let found: Vec<&str> = groups.filter(|id| wanted(id)).collect();
    let context = format!("{}/v1.0/$metadata#Collection(Edm.String)", state.graph_root());
    Ok(Answer::json(200, json!({"@odata.context": context, "value": found})))
}
