//! `/directory/deletedItems`: look, list, restore, purge (pages "Get deleted item" and "Restore deleted item").
//! Only users are kept here, for 30 days.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::access::Caller;
use super::call::Call;
use super::errors::GraphError;
use super::paging;
use super::properties::USER;
use super::query::Options;
use super::select::Selection;
use crate::answer::Answer;
use crate::state::State;
use crate::state::user::User;

pub(crate) fn get(state: &State, caller: &Caller, id: &str, options: &Options) -> Result<Answer, GraphError> {
    let selection = Selection::new(&USER, options.select.as_ref(), caller, false)?;
    let world = state.world();
    let tenant = world.tenant(&caller.tenant).ok_or_else(|| GraphError::not_found(id))?;
    let mut deleted = tenant.directory.deleted(world.now());
    let user = deleted.find(|user| user.id.eq_ignore_ascii_case(id)).ok_or_else(|| GraphError::not_found(id))?;
    Ok(Answer::json(200, entity(state, &selection, user).into()))
}

pub(crate) fn list(state: &State, call: &Call, caller: &Caller, options: &Options) -> Result<Answer, GraphError> {
    let world = state.world();
    let tenant = world.tenant(&caller.tenant).ok_or_else(|| GraphError::not_found(&caller.tenant))?;
    let listing = paging::Listing {
        root: call.root(state, &world),
        path: "/v1.0/directory/deletedItems/microsoft.graph.user".to_owned(),
        set: "users",
        schema: &USER,
        mixed: false,
        advanced: call.eventual() && options.count,
        eventual: call.eventual(),
        variants: &world.settings.variants,
    };
    let users = tenant.directory.deleted(world.now()).enumerate().map(|(place, user)| (place, Cow::Borrowed(user)));
    listing.page(users, options, caller)
}

pub(crate) fn restore(state: &State, caller: &Caller, id: &str) -> Result<Answer, GraphError> {
    let selection = Selection::new(&USER, None, caller, false)?;
    let mut world = state.world();
    let now = world.now();
    let tenant = world.tenant_mut(&caller.tenant).ok_or_else(|| GraphError::not_found(id))?;
    let clash = {
        let deleted = tenant.directory.deleted(now).find(|user| user.id.eq_ignore_ascii_case(id));
        let deleted = deleted.ok_or_else(|| GraphError::not_found(id))?;
        tenant.directory.users().any(|user| user.user_principal_name == deleted.user_principal_name)
    };
    if clash {
        let text = "Another object with the same value for property userPrincipalName already exists.";
        return Err(GraphError::bad_request(text));
    }
    let user = tenant.directory.restore(id, now).ok_or_else(|| GraphError::not_found(id))?;
    Ok(Answer::json(200, entity(state, &selection, &user).into()))
}

pub(crate) fn purge(state: &State, caller: &Caller, id: &str) -> Result<Answer, GraphError> {
    let mut world = state.world();
    if world.settings.variants.app_purge_refused && caller.user.is_none() {
        return Err(GraphError::denied());
    }
    let tenant = world.tenant_mut(&caller.tenant).ok_or_else(|| GraphError::not_found(id))?;
    tenant.directory.purge(id).ok_or_else(|| GraphError::not_found(id))?;
    Ok(Answer::no_content())
}

fn entity(state: &State, selection: &Selection, user: &User) -> Map<String, Value> {
    let mut shown = selection.show(user);
    let context = format!("{}/v1.0/$metadata#directoryObjects/$entity", state.graph_root());
    shown.insert("@odata.context".to_owned(), json!(context));
    shown.insert("@odata.type".to_owned(), json!("#microsoft.graph.user"));
    shown
}
