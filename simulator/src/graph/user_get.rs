//! `GET /users/{id | userPrincipalName}` (page "Get user").
//! A just-made user is not there for a while, if the lag says so.

use std::borrow::Cow;

use serde_json::json;

use super::access::Caller;
use super::errors::GraphError;
use super::properties::USER;
use super::query::Options;
use super::relations::expand::Expansion;
use super::select::Selection;
use crate::answer::Answer;
use crate::state::State;

pub(crate) fn get(state: &State, caller: &Caller, key: &str, options: &Options) -> Result<Answer, GraphError> {
    let selection = Selection::new(&USER, options.select.as_ref(), caller, false)?;
    let expansion = options.expand.as_deref().map(|text| Expansion::parse(text, caller)).transpose()?;
    let world = state.world();
    let lag = world.settings.lag.read_after_create;
    let tenant = world.tenant(&caller.tenant).ok_or_else(|| GraphError::not_found(key))?;
    let user = tenant.directory.get_behind(key, lag).ok_or_else(|| GraphError::not_found(key))?;
    let mut shown = selection.show(tenant.resets.shown(Cow::Borrowed(user), &world.settings).as_ref());
    if let Some(expansion) = &expansion {
        expansion.add(tenant, user, &mut shown);
    }
    let context = format!("{}/v1.0/$metadata#users{}/$entity", state.graph_root(), selection.context());
    shown.insert("@odata.context".to_owned(), json!(context));
    if let Some(tip) = selection.tip() {
        shown.insert("@microsoft.graph.tips".to_owned(), tip);
    }
    Ok(Answer::json(200, shown.into()))
}
