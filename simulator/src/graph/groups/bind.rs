//! `PATCH /groups/{id}` with `members@odata.bind`: up to twenty new members, all of them or none (page "Add members").

use serde_json::Value;

use super::membership;
use crate::answer::Answer;
use crate::graph::access::Caller;
use crate::graph::call::Call;
use crate::graph::errors::GraphError;
use crate::graph::relations::reference;
use crate::state::State;

const MOST: usize = 20;

pub(crate) fn update(state: &State, call: &Call, caller: &Caller, id: &str) -> Result<Answer, GraphError> {
    let fields = call.object()?;
    let links = match fields.get("members@odata.bind") {
        Some(Value::Array(links)) if fields.len() == 1 => links,
        _ => return Err(GraphError::bad_request("The simulator changes nothing of a group but members@odata.bind.")),
    };
    if links.is_empty() || links.len() > MOST {
        let text = format!("The number of references in 'members@odata.bind' has to be from 1 to {MOST}.");
        return Err(GraphError::bad_request(text));
    }
    let wanted: Vec<String> = links
        .iter()
        .map(|link| reference::link(state, link.as_str(), &["directoryObjects", "users"]))
        .collect::<Result<_, _>>()?;

    let mut world = state.world();
    let settings = world.settings.clone();
    membership::permitted(&settings.variants, caller)?;
    let tenant = world.tenant_mut(&caller.tenant).ok_or_else(|| GraphError::not_found(id))?;
    let group = tenant.groups.get(id).ok_or_else(|| GraphError::not_found(id))?;
    membership::changeable(group, caller)?;
    let mut joining: Vec<String> = Vec::new();
    for member in &wanted {
        let user = reference::user(tenant, member, &settings)?;
        if tenant.groups.has(&group.id, &user.id) || joining.contains(&user.id) {
            return Err(reference::exists("members"));
        }
        membership::welcome(group, user)?;
        joining.push(user.id.clone());
    }
    let group = group.id.clone();
    for user in joining {
        tenant.groups.set(&group, &user, true, false);
    }
    Ok(Answer::no_content())
}
