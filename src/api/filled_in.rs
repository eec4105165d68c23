//! What the API server fills in by itself, beside what the types ask for.
//!
//! Nothing in the items of a list: `kubectl diff`, Argo CD and Flux compare a list as a whole, so a value that was filled in there would
//! be a difference for ever. The types fill it in instead.
//!
//! A status that speaks of no generation yet: kstatus, and so Flux, takes an object without a status for done.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSON, JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
use serde_json::{Value, json};

/// The generation that the status of an object names before the operator has looked at it.
const NO_GENERATION: i64 = -1;

/// The definition with these defaults.
pub(super) fn as_compared(mut crd: CustomResourceDefinition) -> CustomResourceDefinition {
    for version in &mut crd.spec.versions {
        let Some(schema) = version.schema.as_mut().and_then(|schema| schema.open_api_v3_schema.as_mut()) else {
            continue;
        };
        clear(schema, false);
        let status = schema.properties.as_mut().and_then(|properties| properties.get_mut("status"));
        if let Some(status) = status {
            status.default = Some(JSON(json!({"observedGeneration": NO_GENERATION})));
        }
    }
    crd
}

/// Whether nobody has written this status yet.
pub fn is_blank(status: &Value) -> bool {
    status.is_null() || status["observedGeneration"] == NO_GENERATION
}

/// Takes the defaults away that stand in the items of a list.
fn clear(schema: &mut JSONSchemaProps, in_list: bool) {
    if in_list {
        schema.default = None;
    }
    schema.properties.iter_mut().flat_map(|all| all.values_mut()).for_each(|below| clear(below, in_list));
    match schema.items.as_mut() {
        Some(JSONSchemaPropsOrArray::Schema(item)) => clear(item, true),
        Some(JSONSchemaPropsOrArray::Schemas(items)) => items.iter_mut().for_each(|item| clear(item, true)),
        None => {}
    }
    if let Some(JSONSchemaPropsOrBool::Schema(value)) = schema.additional_properties.as_mut() {
        clear(value, in_list);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{AccessRule, Approval, GuestInvitationSpec, Permit, crds};

    fn in_lists(schema: &Value, at: &str, in_list: bool, found: &mut Vec<String>) {
        if in_list && !schema["default"].is_null() {
            found.push(at.to_owned());
        }
        for (name, below) in schema["properties"].as_object().into_iter().flatten() {
            in_lists(below, &format!("{at}.{name}"), in_list, found);
        }
        if schema["items"].is_object() {
            in_lists(&schema["items"], &format!("{at}[]"), true, found);
        }
        if schema["additionalProperties"].is_object() {
            in_lists(&schema["additionalProperties"], &format!("{at}{{}}"), in_list, found);
        }
    }

    #[test]
    fn nothing_is_filled_into_the_items_of_a_list() {
        let mut found = Vec::new();
        for crd in crds() {
            let crd = serde_json::to_value(crd).unwrap();
            in_lists(&crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"], "", false, &mut found);
        }
        assert_eq!(found, [] as [String; 0]);
    }

    #[test]
    fn what_an_item_leaves_out_the_types_fill_in() {
        let rule: AccessRule = serde_json::from_value(json!({})).unwrap();
        assert_eq!(rule.approval, Approval::NotRequired);
        assert_eq!([rule.share, rule.redeem_as, rule.redeem_links], [Permit::Denied; 3]);
        let entry = json!({"email": "bob@example.com", "tenantRef": {}, "reminders": {"after": "72h"}});
        let guest: GuestInvitationSpec = serde_json::from_value(entry).unwrap();
        assert_eq!((guest.tenant_ref.name.as_str(), guest.reminders.unwrap().limit), ("default", 2));
    }

    #[test]
    fn a_status_that_nobody_wrote_speaks_of_no_generation() {
        let with_status = crds().into_iter().filter_map(|crd| {
            let crd = serde_json::to_value(crd).unwrap();
            let status = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["status"].clone();
            (!status.is_null()).then_some(status["default"].clone())
        });
        let defaults: Vec<Value> = with_status.collect();
        assert_eq!(defaults, vec![json!({"observedGeneration": -1}); 3]);
        assert!(defaults.iter().all(is_blank) && !is_blank(&json!({"observedGeneration": 1})));
    }
}
