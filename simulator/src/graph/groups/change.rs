//! One member more or less: `POST /groups/{id}/members/$ref` and `DELETE /groups/{id}/members/{id}/$ref`.
//! Without `/$ref` the DELETE means the member itself, and the user is gone.

use super::membership;
use crate::answer::Answer;
use crate::graph::access::Caller;
use crate::graph::call::Call;
use crate::graph::errors::GraphError;
use crate::graph::relations::reference;
use crate::graph::user_delete;
use crate::state::State;

pub(crate) fn add(state: &State, call: &Call, caller: &Caller, id: &str) -> Result<Answer, GraphError> {
    let member = reference::target(state, &call.object()?, &["directoryObjects", "users"])?;
    let mut world = state.world();
    let settings = world.settings.clone();
    membership::permitted(&settings.variants, caller)?;
    let tenant = world.tenant_mut(&caller.tenant).ok_or_else(|| GraphError::not_found(id))?;
    let group = tenant.groups.get(id).ok_or_else(|| GraphError::not_found(id))?;
    membership::changeable(group, caller)?;
    let user = reference::user(tenant, &member, &settings)?;
    if tenant.groups.has(&group.id, &user.id) {
        return Err(reference::exists("members"));
    }
    membership::welcome(group, user)?;
    let (group, user) = (group.id.clone(), user.id.clone());
    tenant.groups.set(&group, &user, true, false);
    Ok(Answer::no_content())
}

pub(crate) fn remove(state: &State, caller: &Caller, id: &str, member: &str) -> Result<Answer, GraphError> {
    let mut world = state.world();
    let variants = world.settings.variants.clone();
    let tenant = world.tenant_mut(&caller.tenant).ok_or_else(|| GraphError::not_found(id))?;
    let group = tenant.groups.get(id).ok_or_else(|| GraphError::not_found(id))?;
    membership::changeable(group, caller)?;
    let group = group.id.clone();
    // A deleted user is no member, though its membership comes back with it.
    let alive = tenant.directory.get(member).map(|user| user.id.clone());
    match alive {
        Some(user) if tenant.groups.set(&group, &user, false, false) => Ok(Answer::no_content()),
        _ => Err(reference::absent(member, &variants)),
    }
}

pub(crate) fn delete_object(state: &State, caller: &Caller, id: &str, member: &str) -> Result<Answer, GraphError> {
    {
        let world = state.world();
        let tenant = world.tenant(&caller.tenant).ok_or_else(|| GraphError::not_found(id))?;
        let group = tenant.groups.get(id).ok_or_else(|| GraphError::not_found(id))?;
        let user = tenant.directory.get(member).filter(|user| tenant.groups.has(&group.id, &user.id));
        user.ok_or_else(|| GraphError::not_found(member))?;
    }
    user_delete::delete(state, caller, member)
}
