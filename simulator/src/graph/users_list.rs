//! `GET /users` (page "List users"), which sees the directory as it was a while ago.
//! An advanced query reads an index of its own, with a lag of its own.

use super::access::Caller;
use super::call::Call;
use super::errors::GraphError;
use super::paging;
use super::properties::USER;
use super::query::Options;
use crate::answer::Answer;
use crate::state::State;

pub(crate) fn list(state: &State, call: &Call, caller: &Caller, options: &Options) -> Result<Answer, GraphError> {
    let world = state.world();
    let tenant = world.tenant(&caller.tenant).ok_or_else(|| GraphError::not_found(&caller.tenant))?;
    let advanced = call.eventual() && options.count;
    let listing = paging::Listing {
        root: call.root(state, &world),
        path: "/v1.0/users".to_owned(),
        set: "users",
        schema: &USER,
        mixed: false,
        advanced,
        eventual: call.eventual(),
        variants: &world.settings.variants,
    };
    let users = tenant.directory.listed(&world.settings.lag, advanced);
    listing.page(users.map(|(place, user)| (place, tenant.resets.shown(user, &world.settings))), options, caller)
}
