//! `GET /organization`, with the three properties that matter here (page "List organization").
//! User.Read.All is not enough for it: an app needs Organization.Read.All or more.

use serde_json::{Value, json};

use super::access::Caller;
use super::errors::GraphError;
use crate::answer::Answer;
use crate::state::State;

pub(crate) fn get(state: &State, caller: &Caller) -> Result<Answer, GraphError> {
    let world = state.world();
    let tenant = world.tenant(&caller.tenant).ok_or_else(|| GraphError::not_found(&caller.tenant))?;
    let config = &tenant.config;
    let mut own: Vec<&str> = vec![&config.default_domain];
    for name in std::iter::once(config.primary_domain()).chain(config.verified_domains.iter().map(String::as_str)) {
        if !own.contains(&name) {
            own.push(name);
        }
    }
    let domains: Vec<Value> = own
        .into_iter()
        .map(|name| {
            let initial = name == config.default_domain;
            json!({
                "capabilities": "Email, OfficeCommunicationsOnline",
                "isDefault": name == config.primary_domain(),
                "isInitial": initial,
                "name": name,
                "type": "Managed",
            })
        })
        .collect();
    Ok(Answer::json(
        200,
        json!({
            "@odata.context": format!("{}/v1.0/$metadata#organization", state.graph_root()),
            "value": [{"id": config.id, "displayName": config.display_name, "verifiedDomains": domains}],
        }),
    ))
}
