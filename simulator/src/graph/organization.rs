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
    let own = std::iter::once(&config.default_domain).chain(&config.verified_domains);
    let domains: Vec<Value> = own
        .map(|name| {
            let initial = *name == config.default_domain;
            json!({
                "capabilities": "Email, OfficeCommunicationsOnline",
                "isDefault": initial,
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
