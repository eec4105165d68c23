//! The JSON schema of the values, by which Helm refuses what nobody would read.

use serde_json::{Map, Value, json};

use super::values::Setting;
use crate::{Error, Result};

/// The schema of all settings.
pub(super) fn of(settings: &[Setting]) -> Result<String> {
    let mut properties = inside(settings, &[]);
    properties
        .insert("global".into(), json!({ "type": "object", "description": "Helm's own, for charts above this one." }));
    // Helm hands the condition of a dependency down to the chart.
    let enabled = "Not read here: a chart above this one may leave it out by `condition: guestlist.enabled`.";
    properties.insert("enabled".into(), json!({ "type": "boolean", "description": enabled }));
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Values of the chart guestlist",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    });
    let text = serde_json::to_string_pretty(&schema)
        .map_err(|error| Error::Other { what: "writing values.schema.json".into(), why: error.to_string() })?;
    Ok(text + "\n")
}

fn inside(settings: &[Setting], path: &[String]) -> Map<String, Value> {
    let children = settings.iter().filter(|setting| setting.path.split_last().is_some_and(|(_, above)| above == path));
    children.filter_map(|setting| Some((setting.path.last()?.clone(), one(settings, setting)))).collect()
}

fn one(settings: &[Setting], setting: &Setting) -> Value {
    let mut schema = match &setting.default {
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(_) => json!({ "type": "integer" }),
        Value::Array(_) => json!({ "type": "array" }),
        Value::Object(_) => json!({ "type": "object" }),
        Value::String(_) | Value::Null => json!({ "type": "string" }),
    };
    if !setting.text.is_empty() {
        schema["description"] = setting.text.clone().into();
    }
    if setting.closed() {
        schema["additionalProperties"] = false.into();
        schema["properties"] = inside(settings, &setting.path).into();
    }
    for (key, value) in setting.schema.as_object().into_iter().flatten() {
        schema[key] = value.clone();
    }
    schema
}
