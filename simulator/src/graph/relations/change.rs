//! Changing a user's relations: `POST` or `PUT` below `/$ref` adds one, `DELETE` removes it.

use super::UserRelation;
use super::kinds::Cardinality;
use super::{read, reference};
use crate::answer::Answer;
use crate::graph::access::Caller;
use crate::graph::call::Call;
use crate::graph::errors::GraphError;
use crate::settings::Settings;
use crate::state::{State, Tenant};

/// Adds the object that the body names, or puts it in the place of the one before.
pub(crate) fn add(
    state: &State,
    call: &Call,
    caller: &Caller,
    relation: UserRelation,
    key: &str,
) -> Result<Answer, GraphError> {
    let row = relation.row();
    let kinds: &[&str] =
        if row.groups { &["directoryObjects", "users", "groups"] } else { &["directoryObjects", "users"] };
    let target = reference::target(state, &call.object()?, kinds)?;
    let mut world = state.world();
    let settings = world.settings.clone();
    let lag = settings.lag.write_after_create;
    let tenant = world.tenant_mut(&caller.tenant).ok_or_else(|| GraphError::not_found(key))?;
    let user = tenant.directory.get_behind(key, lag).ok_or_else(|| GraphError::not_found(key))?;
    let target = relation.eligible(tenant, &target, &settings)?;
    if !relation.is_one() {
        let present: Vec<&String> = user.related(row.name).iter().filter(|id| exists(tenant, id)).collect();
        if present.contains(&&target) {
            return Err(reference::exists(row.name));
        }
        relation.within_limit(present.len() + 1)?;
    }
    let id = user.id.clone();
    tenant.directory.change(&id, |user| {
        let related = user.related_mut(row.name);
        related.retain(|known| !relation.is_one() && *known != target);
        related.push(target);
    });
    Ok(Answer::no_content())
}

/// Removes the relation with `target`, or the only one.
pub(crate) fn remove(
    state: &State,
    caller: &Caller,
    relation: UserRelation,
    key: &str,
    target: Option<&str>,
) -> Result<Answer, GraphError> {
    let row = relation.row();
    let mut world = state.world();
    let variants = world.settings.variants.clone();
    let lag = world.settings.lag.write_after_create;
    let tenant = world.tenant_mut(&caller.tenant).ok_or_else(|| GraphError::not_found(key))?;
    let user = tenant.directory.get_behind(key, lag).ok_or_else(|| GraphError::not_found(key))?;
    let target = match target {
        Some(target) => target.to_owned(),
        None => read::the_one(tenant, relation, key, lag)?,
    };
    if !user.related(row.name).iter().any(|known| known.eq_ignore_ascii_case(&target) && exists(tenant, known)) {
        return Err(reference::absent(&target, &variants));
    }
    let id = user.id.clone();
    tenant.directory.change(&id, |user| {
        user.related_mut(row.name).retain(|known| !known.eq_ignore_ascii_case(&target));
    });
    Ok(Answer::no_content())
}

impl UserRelation {
    /// The id of a user or a group that may stand at the other end, by object id.
    pub(crate) fn eligible(self, tenant: &Tenant, id: &str, settings: &Settings) -> Result<String, GraphError> {
        match tenant.groups.get(id).filter(|_| self.row().groups) {
            Some(group) => Ok(group.id.clone()),
            None => Ok(reference::user(tenant, id, settings)?.id.clone()),
        }
    }

    /// Refuses more than a user can have.
    pub(crate) fn within_limit(self, count: usize) -> Result<(), GraphError> {
        match self.row().cardinality {
            Cardinality::Many(most) if count > most => {
                let text = format!("The number of {} exceeds the maximum of {most}.", self.row().name);
                Err(GraphError::bad_request(text))
            }
            Cardinality::Many(_) | Cardinality::One => Ok(()),
        }
    }
}

/// A deleted object takes no place.
fn exists(tenant: &Tenant, id: &str) -> bool {
    let principal = || tenant.service_principals.values().any(|known| known == id);
    tenant.directory.get(id).is_some() || tenant.groups.get(id).is_some() || principal()
}
