//! `GET /groups` and `GET /groups/{id}` (pages "List groups" and "Get group").

use std::borrow::Cow;

use serde_json::json;

use super::properties::GROUP;
use crate::answer::Answer;
use crate::graph::access::Caller;
use crate::graph::call::Call;
use crate::graph::errors::GraphError;
use crate::graph::paging;
use crate::graph::query::Options;
use crate::graph::select::Selection;
use crate::state::State;

pub(crate) fn list(state: &State, call: &Call, caller: &Caller, options: &Options) -> Result<Answer, GraphError> {
    let world = state.world();
    let tenant = world.tenant(&caller.tenant).ok_or_else(|| GraphError::not_found(&caller.tenant))?;
    let listing = paging::Listing {
        root: call.root(state, &world),
        path: "/v1.0/groups".to_owned(),
        set: "groups",
        schema: &GROUP,
        mixed: false,
        advanced: call.eventual() && options.count,
        eventual: call.eventual(),
        variants: &world.settings.variants,
    };
    let groups = tenant.groups.iter().enumerate().map(|(place, group)| (place, Cow::Borrowed(group)));
    listing.page(groups, options, caller)
}

pub(crate) fn get(state: &State, caller: &Caller, id: &str, options: &Options) -> Result<Answer, GraphError> {
    let selection = Selection::new(&GROUP, options.select.as_ref(), caller, false)?;
    if options.expand.is_some() {
        return Err(GraphError::unsupported_query("The simulator does not serve $expand."));
    }
    let world = state.world();
    let group = world.tenant(&caller.tenant).and_then(|tenant| tenant.groups.get(id));
    let mut shown = selection.show(group.ok_or_else(|| GraphError::not_found(id))?);
    let context = format!("{}/v1.0/$metadata#groups{}/$entity", state.graph_root(), selection.context());
    shown.insert("@odata.context".to_owned(), json!(context));
    if let Some(tip) = selection.tip() {
        shown.insert("@microsoft.graph.tips".to_owned(), tip);
    }
    Ok(Answer::json(200, shown.into()))
}
