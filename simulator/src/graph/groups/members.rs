//! `GET /groups/{id}/members` (page "List group members"): direct members, as they were a while ago.
//! A deleted user is no member; it is one again when it is restored.

use std::borrow::Cow;

use crate::answer::Answer;
use crate::graph::access::Caller;
use crate::graph::call::Call;
use crate::graph::errors::GraphError;
use crate::graph::paging;
use crate::graph::properties::USER;
use crate::graph::query::Options;
use crate::state::State;

pub(crate) fn list(
    state: &State,
    call: &Call,
    caller: &Caller,
    id: &str,
    options: &Options,
) -> Result<Answer, GraphError> {
    let world = state.world();
    let lag = world.settings.lag.membership;
    let tenant = world.tenant(&caller.tenant).ok_or_else(|| GraphError::not_found(id))?;
    let group = tenant.groups.get(id).ok_or_else(|| GraphError::not_found(id))?;
    let listing = paging::Listing {
        root: call.root(state, &world),
        path: format!("/v1.0/groups/{}/members", group.id),
        set: "directoryObjects",
        schema: &USER,
        mixed: true,
        advanced: call.eventual() && options.count,
        eventual: call.eventual(),
        variants: &world.settings.variants,
    };
    let members = tenant.groups.members(&group.id, lag);
    let users = members.filter_map(|(place, id)| Some((place, Cow::Borrowed(tenant.directory.seen(id, lag)?))));
    listing.page(users, options, caller)
}
