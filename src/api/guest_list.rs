//! The GuestList: many guests from one template.
//! Only [`GuestInvitationSpec`] says what a guest may have. The schemas here are computed from its schema, and the
//! values are kept as they were written. So a list can use a new field at once.

use std::borrow::Cow;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::guest_invitation::TenantRef;
use super::{GuestCounts, GuestInvitationSpec, Reason, reason, redirect_url};

/// Label on a GuestInvitation that names the GuestList that made it.
pub const LIST: &str = "guestlist.dev/list";

/// The most guests that one list may have.
pub const MOST_GUESTS: usize = 1000;

/// Many guests from one template.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "guestlist.dev",
    version = "v1alpha1",
    kind = "GuestList",
    plural = "guestlists",
    singular = "guestlist",
    shortname = "glist",
    category = "guestlist-all",
    namespaced,
    status = "GuestListStatus",
    derive = "PartialEq",
    doc = "Many guests of a Microsoft Entra tenant from one template: one GuestInvitation is kept for each entry.",
    printcolumn(name = "Guests", type_ = "integer", json_path = ".status.guests.total"),
    printcolumn(name = "Pending", type_ = "integer", json_path = ".status.guests.pending"),
    printcolumn(name = "Invited", type_ = "integer", json_path = ".status.guests.invited"),
    printcolumn(name = "Accepted", type_ = "integer", json_path = ".status.guests.accepted"),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type=='Ready')].status"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(
        name = "Reason",
        type_ = "string",
        json_path = ".status.conditions[?(@.type=='Ready')].reason",
        priority = 1
    )
)]
#[serde(rename_all = "camelCase")]
pub struct GuestListSpec {
    /// What every guest of the list has, unless its entry says otherwise: a GuestInvitation's spec without the address.
    #[serde(default)]
    pub template: Template,

    /// The guests, at most 1,000, each address once. An entry may set any field of a GuestInvitation's spec. Its value
    /// replaces the template's; a nested object is replaced as a whole. `null` removes the template's value.
    #[schemars(
        length(max = MOST_GUESTS),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["email"])
    )]
    pub guests: Vec<Entry>,
}

/// A GuestInvitation's spec without the address, as it was written.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(transparent)]
pub struct Template(pub Map<String, Value>);

/// A guest's address and what differs from the template, as it was written.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(transparent)]
pub struct Entry(pub Map<String, Value>);

impl Template {
    /// The EntraTenant of the guests whose entries name no other.
    pub fn tenant(&self) -> String {
        let named = self.0.get("tenantRef").and_then(|tenant| tenant["name"].as_str());
        named.map_or_else(|| TenantRef::default().name, str::to_owned)
    }
}

impl Entry {
    /// The guest's address as it was written. Empty if there is none, which the schema refuses.
    pub fn email(&self) -> &str {
        self.0.get("email").and_then(Value::as_str).unwrap_or_default()
    }
}

impl JsonSchema for Template {
    fn schema_name() -> Cow<'static, str> {
        "GuestListTemplate".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = GuestInvitationSpec::json_schema(generator);
        let object = schema.ensure_object();
        if let Some(Value::Object(properties)) = object.get_mut("properties") {
            properties.remove("email");
        }
        if let Some(Value::Array(required)) = object.get_mut("required") {
            required.retain(|name| name != "email");
        }
        keep_rules(object, &|rule| !rule.contains("self.email"));
        // A changed template is not refused here. Each guest's own resource says whether it can follow the change.
        object.values_mut().for_each(|value| each_schema(value, &mut |schema| keep_rules(schema, &is_no_transition)));
        keep_rules(object, &is_no_transition);
        object.remove("description");
        tidy(object);
        schema
    }
}

impl JsonSchema for Entry {
    fn schema_name() -> Cow<'static, str> {
        "GuestListEntry".into()
    }

    fn inline_schema() -> bool {
        true
    }

    /// Every property except the address is optional and has no default, because a default would replace the template's
    /// value. Only rules for plain values are kept: each rule counts a thousand times in the cost that the API server
    /// allows a definition, and the GuestInvitation has all of them.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = GuestInvitationSpec::json_schema(generator);
        let object = schema.ensure_object();
        keep_rules(object, &|_| false);
        if let Some(Value::Object(properties)) = object.get_mut("properties") {
            for property in properties.values_mut() {
                let Value::Object(property) = property else { continue };
                property.remove("default");
                keep_rules(property, &is_no_transition);
                if property.contains_key("properties") || property.contains_key("items") {
                    keep_rules(property, &|_| false);
                }
                property.values_mut().for_each(|value| each_schema(value, &mut keep_rules_of_short_texts));
            }
            if let Some(Value::Object(url)) = properties.get_mut("redirectUrl") {
                url.insert(RULES.into(), redirect_url::of_entries());
            }
        }
        object.insert("required".into(), json!(["email"]));
        object.insert("description".into(), "One guest: the address, and what differs from the template.".into());
        tidy(object);
        schema
    }
}

/// So few characters that their rules cost little.
const SHORT: u64 = 253;

/// Where a schema has its rules.
const RULES: &str = "x-kubernetes-validations";

fn is_no_transition(rule: &str) -> bool {
    !rule.contains("oldSelf")
}

/// Keeps the rules of one schema that `keep` accepts.
fn keep_rules(schema: &mut Map<String, Value>, keep: &dyn Fn(&str) -> bool) {
    let Some(Value::Array(rules)) = schema.get_mut(RULES) else { return };
    rules.retain(|rule| rule["rule"].as_str().is_some_and(keep));
    if rules.is_empty() {
        schema.remove(RULES);
    }
}

/// Keeps what is cheap even a thousand times.
fn keep_rules_of_short_texts(schema: &mut Map<String, Value>) {
    let is_short = schema.get("maxLength").and_then(Value::as_u64).is_some_and(|most| most <= SHORT);
    keep_rules(schema, &|_| is_short);
}

/// Calls `show` with every object inside `value`. Every schema is among them.
fn each_schema(value: &mut Value, show: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            show(object);
            object.values_mut().for_each(|value| each_schema(value, show));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| each_schema(value, show)),
        _ => {}
    }
}

fn tidy(schema: &mut Map<String, Value>) {
    if schema.get("required").is_some_and(|required| required == &json!([])) {
        schema.remove("required");
    }
}

/// The state of the guests of a list.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct GuestListStatus {
    /// The generation of the spec that this status describes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// How many guests are in each state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guests: Option<GuestCounts>,
    /// The first five guests that need attention. Those that wait for a person come before those that are tried again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs_attention: Vec<Attention>,
    /// Ready. Reconciling and Stalled are present only while they are true.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
}

/// A guest that needs attention.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
pub struct Attention {
    /// The address, as in the entry.
    pub email: String,
    /// The name of the guest's GuestInvitation.
    pub name: String,
    /// The reason, in one word.
    #[serde(deserialize_with = "reason::of_attention")]
    #[schemars(with = "String")]
    pub reason: Reason,
    /// The cause, and what to do.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::GuestInvitation;
    use kube::CustomResourceExt;

    fn spec_schema(crd: &impl Serialize) -> Value {
        let crd = serde_json::to_value(crd).unwrap();
        crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"].clone()
    }

    fn names(schema: &Value) -> Vec<&String> {
        schema["properties"].as_object().unwrap().keys().collect()
    }

    #[test]
    fn a_list_takes_every_field_of_an_invitation() {
        let (list, guest) = (spec_schema(&GuestList::crd()), spec_schema(&GuestInvitation::crd()));
        let (template, entry) = (&list["properties"]["template"], &list["properties"]["guests"]["items"]);
        assert_eq!(names(entry), names(&guest));
        let mut but_the_address = names(&guest);
        but_the_address.retain(|name| *name != "email");
        assert_eq!(names(template), but_the_address);
    }

    #[test]
    fn an_entry_needs_the_address_and_has_no_defaults() {
        let list = spec_schema(&GuestList::crd());
        let entry = &list["properties"]["guests"]["items"];
        assert_eq!(entry["required"], json!(["email"]));
        for (name, property) in entry["properties"].as_object().unwrap() {
            assert!(property["default"].is_null(), "{name}");
        }
        assert!(entry["properties"]["email"]["x-kubernetes-validations"].to_string().contains("plus addressing"));
        assert_eq!(list["required"], json!(["guests"]));
        assert_eq!(list["properties"]["guests"]["maxItems"], 1000);
    }

    #[test]
    fn the_template_keeps_its_defaults_and_no_rule_about_the_address_or_about_change() {
        let list = spec_schema(&GuestList::crd());
        let template = &list["properties"]["template"];
        assert_eq!(template["properties"]["tenantRef"]["default"], json!({"name": "default"}));
        assert!(template["properties"]["redirectUrl"]["x-kubernetes-validations"].is_array());
        let text = list.to_string();
        assert!(!text.contains("oldSelf") && !template.to_string().contains("self.email"), "{text}");
    }
}
