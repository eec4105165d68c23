//! Who sponsors a new guest: those that the invitation names, in the one JSON shape that is taken, or by default the inviter.
//! A guest that is there already keeps its sponsors.

use serde_json::{Map, Value};

use super::errors::refused;
use crate::graph::access::Caller;
use crate::graph::errors::GraphError;
use crate::graph::relations::{UserRelation, reference};
use crate::settings::{DefaultSponsor, InvitedSponsors, Settings};
use crate::state::{State, Tenant};

const INLINE: &str = "invitedUserSponsors";
const BIND: &str = "invitedUserSponsors@odata.bind";

/// The object ids that the body of an invitation names.
pub(super) fn read(
    state: &State,
    fields: &Map<String, Value>,
    taken: InvitedSponsors,
) -> Result<Option<Vec<String>>, GraphError> {
    let malformed = || refused(format!("Invalid value specified for property '{INLINE}' of resource 'Invitation'."));
    let of = |name: &str| fields.get(name).filter(|value| !value.is_null());
    let (values, links) = match (of(INLINE), of(BIND), taken) {
        (None, None, _) => return Ok(None),
        (Some(values), None, InvitedSponsors::Inline) => (values, false),
        (None, Some(values), InvitedSponsors::Bind) => (values, true),
        _ => {
            return Err(refused(format!(
                "The property '{INLINE}' does not exist on type 'microsoft.graph.invitation'. Make sure to only use property names that are defined by the type."
            )));
        }
    };
    let one = |value: &Value| {
        if links {
            return reference::link(state, value.as_str(), &["directoryObjects", "users", "groups"]);
        }
        value.get("id").and_then(Value::as_str).map(str::to_owned).ok_or_else(malformed)
    };
    let ids: Vec<String> = values.as_array().ok_or_else(malformed)?.iter().map(one).collect::<Result<_, _>>()?;
    UserRelation::Sponsors.within_limit(ids.len())?;
    Ok(Some(ids))
}

/// The sponsors of a guest that is about to be made.
pub(super) fn of_new_guest(
    tenant: &Tenant,
    caller: &Caller,
    named: Option<&[String]>,
    settings: &Settings,
) -> Result<Vec<String>, GraphError> {
    match (named, &caller.user) {
        (Some(named), _) => named.iter().map(|id| UserRelation::Sponsors.eligible(tenant, id, settings)).collect(),
        (None, Some(inviter)) => Ok(vec![inviter.clone()]),
        (None, None) => Ok(match settings.variants.default_sponsor {
            DefaultSponsor::Nobody => Vec::new(),
            DefaultSponsor::ServicePrincipal => {
                tenant.service_principals.get(&caller.app).cloned().into_iter().collect()
            }
        }),
    }
}
