//! What others have added to an object that one server-side apply was to bring to a certain content: apply leaves alone what it
//! does not own, so a field that somebody edited by hand would stand for ever.

use serde_json::{Map, Value};

use crate::api::conditions;

/// The merge patch that takes out of `stands` what `wanted`, which was applied to it, does not have; none if there is nothing.
/// Conditions of a type that the operator never writes, and what an approval is about, are others' to keep.
pub fn of_status(stands: &Value, wanted: &Value) -> Option<Value> {
    let mut wanted = wanted.clone();
    if let (Some(stand), Some(ours)) = (stands["conditions"].as_array(), wanted["conditions"].as_array()) {
        let kind = |condition: &Value| condition["type"].as_str().unwrap_or_default().to_owned();
        // In the order in which they stand, so that they differ only if one is too many.
        let kept = stand.iter().filter_map(|standing| {
            let own = conditions::WRITTEN.contains(&kind(standing).as_str());
            if own { ours.iter().find(|our| kind(our) == kind(standing)).cloned() } else { Some(standing.clone()) }
        });
        wanted["conditions"] = kept.collect();
    }
    if let (Some(approval), Some(wanted)) = (stands.get(conditions::APPROVAL), wanted.as_object_mut()) {
        wanted.insert(conditions::APPROVAL.to_owned(), approval.clone());
    }
    let patch = difference(stands, &wanted);
    patch.as_object().is_some_and(|patch| !patch.is_empty()).then_some(patch)
}

/// The JSON merge patch (RFC 7396) that makes `after` of `before`.
pub fn difference(before: &Value, after: &Value) -> Value {
    let (Value::Object(old), Value::Object(new)) = (before, after) else { return after.clone() };
    let mut patch = Map::new();
    for name in old.keys().filter(|name| new.get(*name).is_none_or(Value::is_null) && !old[*name].is_null()) {
        patch.insert(name.clone(), Value::Null);
    }
    for (name, new) in new.iter().filter(|(name, new)| !new.is_null() && old.get(*name) != Some(new)) {
        patch.insert(name.clone(), difference(old.get(name).unwrap_or(&Value::Null), new));
    }
    Value::Object(patch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_merge_patch_takes_away_what_others_added() {
        let before = json!({"email": "a", "redirectUrl": "https://x", "message": {"cc": ["b"], "language": "nl"}, "suspend": true});
        let after = json!({"email": "a", "redirectUrl": null, "message": {"language": "de"}, "suspend": true, "existing": "Follow"});
        assert_eq!(
            difference(&before, &after),
            json!({"redirectUrl": null, "message": {"cc": null, "language": "de"}, "existing": "Follow"})
        );
        assert_eq!(
            difference(&json!({"message": null}), &json!({"message": {"cc": ["x"]}})),
            json!({"message": {"cc": ["x"]}})
        );
    }

    #[test]
    fn what_a_hand_left_in_a_status_is_taken_out_and_an_approval_is_not() {
        let wanted =
            json!({"state": "Invited", "invitation": {"sent": 1}, "conditions": [{"type": "Ready", "status": "True"}]});
        let mut stands = json!({
            "state": "Invited",
            "invitation": {"sent": 1},
            "approval": {"uid": "u", "specDigest": "d"},
            "conditions": [{"type": "Approved", "status": "True"}, {"type": "Ready", "status": "True"}],
        });
        assert_eq!(of_status(&stands, &wanted), None);
        stands["invitation"]["attempt"] = json!({"id": "x"});
        assert_eq!(of_status(&stands, &wanted), Some(json!({"invitation": {"attempt": null}})));
        stands["invitation"] = json!({"sent": 1});
        stands["conditions"].as_array_mut().unwrap().push(json!({"type": "Reconciling", "status": "True"}));
        let kept = json!([{"type": "Approved", "status": "True"}, {"type": "Ready", "status": "True"}]);
        assert_eq!(of_status(&stands, &wanted), Some(json!({"conditions": kept})));
    }
}
