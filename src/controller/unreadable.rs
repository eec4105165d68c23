//! A resource that cannot be read, as one may be that was applied with another version's CRD: say so on the resource itself, and
//! let the others go on.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::api::{DynamicObject, Patch, PatchParams};
use kube::core::error_boundary::InvalidObject;
use kube::discovery::ApiResource;
use kube::{Api, Resource};
use serde_json::{Value, json};

use super::context::{Context, MANAGER};
use super::live;
use super::status::{TIMEOUT, WriteError};
use crate::api::conditions::{Claim, READY, RECONCILING, STALLED, WRITTEN, merge};
use crate::api::{Explanation, Reason, is_blank};

/// What is wrong with `invalid`.
pub fn explanation<K: Resource<DynamicType = ()>>(invalid: &InvalidObject) -> Explanation {
    let message = format!(
        "The {} cannot be read: {}. Put the field right, or apply it again with the CRD of the operator's version.",
        K::kind(&()),
        invalid.error
    );
    Explanation::new(Reason::Unreadable, message)
}

/// Writes Ready=False and Stalled=True with the cause, unless that stands already. What else the status says stays; where it says
/// nothing yet, `blank` does.
///
/// # Errors
/// As [`status::write`](super::status::write).
pub async fn explain<K>(invalid: &InvalidObject, blank: Value, context: &Context) -> Result<(), WriteError>
where
    K: Resource<DynamicType = ()>,
{
    let kind = ApiResource::erase::<K>(&());
    let client = context.client.clone();
    let api: Api<DynamicObject> = match &invalid.metadata.namespace {
        Some(namespace) => Api::namespaced_with(client, namespace, &kind),
        None => Api::all_with(client, &kind),
    };
    let name = invalid.metadata.name.as_deref().unwrap_or_default();
    let found = tokio::time::timeout(TIMEOUT, api.list(&live::only(name))).await??;
    let current = found.items.into_iter().next().ok_or(WriteError::Gone)?;
    let Some(said) = said(&current, blank, &explanation::<K>(invalid), Timestamp::now()) else { return Ok(()) };
    // The whole status, as a report is written: the next report then takes back what it does not say itself.
    let patch = json!({
        "apiVersion": K::api_version(&()),
        "kind": K::kind(&()),
        "metadata": {"name": name, "resourceVersion": current.metadata.resource_version},
        "status": said,
    });
    let params = PatchParams::apply(MANAGER).force();
    tokio::time::timeout(TIMEOUT, api.patch_status(name, &params, &Patch::Apply(&patch))).await??;
    Ok(())
}

/// The status that says it; nothing if it stands.
fn said(current: &DynamicObject, blank: Value, explanation: &Explanation, now: Timestamp) -> Option<Value> {
    let status = current.data.get("status").filter(|status| status.is_object() && !is_blank(status));
    let stand = status.and_then(|status| status["conditions"].as_array()).into_iter().flatten();
    let before: Vec<Condition> = stand
        .filter_map(|one| serde_json::from_value(one.clone()).ok())
        .filter(|one: &Condition| WRITTEN.contains(&one.type_.as_str()))
        .collect();
    let (ready, beside) = Claim::ready(explanation, explanation.reason.course());
    let claims: Vec<Claim> = [ready].into_iter().chain(beside).collect();
    let generation = current.metadata.generation;
    let conditions = merge(&before, &[READY, STALLED, RECONCILING], &claims, generation, now);
    if conditions == before && status.is_some_and(|status| status["observedGeneration"].as_i64() == generation) {
        return None;
    }
    let mut said = status.cloned().unwrap_or(blank);
    said["observedGeneration"] = json!(generation);
    said["conditions"] = json!(conditions);
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: &Value, at: &str) -> Option<Value> {
        let guest = json!({
            "apiVersion": "guestlist.dev/v1alpha1", "kind": "GuestInvitation",
            "metadata": {"name": "bob", "generation": 3}, "spec": {}, "status": status,
        });
        let guest = serde_json::from_value(guest).unwrap();
        super::said(
            &guest,
            json!({"state": "Pending"}),
            &Explanation::new(Reason::Unreadable, "The cause."),
            at.parse().unwrap(),
        )
    }

    #[test]
    fn what_contradicts_it_goes_and_the_rest_stays_but_what_is_others() {
        let condition = |kind: &str, status: &str| json!({"type": kind, "status": status, "reason": "Because", "message": "So it is.", "lastTransitionTime": "2026-11-22T10:00:00Z"});
        let before = [("Ready", "False"), ("Reconciling", "True"), ("Invited", "True"), ("Approved", "True")];
        let before = before.map(|(kind, status)| condition(kind, status));
        let status = json!({"state": "Invited", "observedGeneration": 2, "conditions": before});
        let next = said(&status, "2026-11-22T11:00:00Z").unwrap();
        let stand: Vec<_> =
            next["conditions"].as_array().unwrap().iter().map(|one| (&one["type"], &one["status"])).collect();
        assert_eq!(json!(stand), json!([["Ready", "False"], ["Stalled", "True"], ["Invited", "True"]]));
        assert_eq!((&next["state"], &next["observedGeneration"]), (&json!("Invited"), &json!(3)));
        let since = |n: usize| next["conditions"][n]["lastTransitionTime"].clone();
        assert_eq!((since(0), since(1)), (json!("2026-11-22T10:00:00Z"), json!("2026-11-22T11:00:00Z")));
        assert_eq!(said(&next, "2026-11-22T12:00:00Z"), None, "it is said once");
    }

    #[test]
    fn who_was_never_read_has_a_state_too() {
        for status in [Value::Null, json!({"observedGeneration": -1})] {
            assert_eq!(said(&status, "2026-11-22T10:00:00Z").unwrap()["state"], "Pending");
        }
    }
}
