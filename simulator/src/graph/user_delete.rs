//! `DELETE /users/{id}`: 204, and the user lies among the deleted items for 30 days (page "Delete user").
//! Listings go on showing it until their lag has passed.

use super::access::Caller;
use super::errors::GraphError;
use crate::answer::Answer;
use crate::state::State;

pub(crate) fn delete(state: &State, caller: &Caller, key: &str) -> Result<Answer, GraphError> {
    let mut world = state.world();
    let now = world.now();
    let lag = world.settings.lag.write_after_create;
    let tenant = world.tenant_mut(&caller.tenant).ok_or_else(|| GraphError::not_found(key))?;
    let user = tenant.directory.get_behind(key, lag).ok_or_else(|| GraphError::not_found(key))?;
    if user.holds_directory_role {
        return Err(GraphError::denied());
    }
    let id = user.id.clone();
    tenant.directory.delete(&id, now);
    Ok(Answer::no_content())
}
