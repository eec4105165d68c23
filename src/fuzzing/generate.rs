//! Values by an OpenAPI schema as Kubernetes has it: such as it takes, such as break one rule of it, such as it never thought of.
//! What the schema says in CEL is told here in samples by the rule's name; a rule that is not known here ends the run, so that
//! none is forgotten.

use serde_json::{Map, Value, json};

use super::choices::Choices;
use super::samples;

/// Deeper than any schema of ours.
const DEEPEST: usize = 24;

/// How much of a value is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Amount {
    /// Whatever the choices say.
    Some,
    /// Every property that the rules allow beside the others, one item in each list.
    Most,
    /// Every property, whatever the rules say.
    All,
}

/// A value that the schema takes. `name` is the property's own.
pub fn valid(schema: &Value, name: &str, choices: &mut Choices<'_>) -> Value {
    value(schema, name, choices, Amount::Some, 0)
}

/// The same with every property that the rules allow.
pub fn most(schema: &Value, name: &str, choices: &mut Choices<'_>) -> Value {
    value(schema, name, choices, Amount::Most, 0)
}

/// A value with every property, which the schema's CEL rules may refuse.
pub fn all(schema: &Value, name: &str, choices: &mut Choices<'_>) -> Value {
    value(schema, name, choices, Amount::All, 0)
}

fn value(schema: &Value, name: &str, choices: &mut Choices<'_>, amount: Amount, depth: usize) -> Value {
    assert!(depth < DEEPEST, "a schema without an end at {name}");
    if let Some(known) = schema["enum"].as_array() {
        // The API server refuses null for a list of words, also where it is nullable.
        let known: Vec<&Value> = known.iter().filter(|value| !value.is_null()).collect();
        return (*choices.pick(&known)).clone();
    }
    if schema["nullable"] == true && amount == Amount::Some && choices.one_in(12) {
        return Value::Null;
    }
    match schema["type"].as_str() {
        Some("object") => object(schema, name, choices, amount, depth),
        Some("array") => array(schema, name, choices, amount, depth),
        Some("string") => samples::string(schema, name, choices).into(),
        Some("integer") => integer(schema, choices, amount),
        Some("boolean") => (amount != Amount::Some || choices.below(2) == 1).into(),
        other => panic!("the generator does not know the type {other:?} of {name}"),
    }
}

fn object(schema: &Value, name: &str, choices: &mut Choices<'_>, amount: Amount, depth: usize) -> Value {
    let mut made = Map::new();
    if let Some(of) = schema.get("additionalProperties") {
        let count = if amount == Amount::Some { choices.below(3) } else { 1 };
        for _ in 0..count {
            let key = (*choices.pick(&samples::LABELS)).to_owned();
            made.insert(key, value(of, name, choices, amount, depth + 1));
        }
        return made.into();
    }
    let required = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    for (name, of) in schema["properties"].as_object().into_iter().flatten() {
        if required(name) || amount != Amount::Some || choices.one_in(3) {
            made.insert(name.clone(), value(of, name, choices, amount, depth + 1));
        }
    }
    if amount != Amount::All {
        samples::put_right(schema, &mut made, choices, most);
    }
    made.into()
}

fn array(schema: &Value, name: &str, choices: &mut Choices<'_>, amount: Amount, depth: usize) -> Value {
    let least = schema["minItems"].as_u64().unwrap_or(0) as usize;
    let most = schema["maxItems"].as_u64().unwrap_or(3) as usize;
    let count = match amount {
        Amount::Most | Amount::All => 1,
        Amount::Some if most <= 64 && choices.one_in(24) => most,
        Amount::Some => choices.below(4).clamp(least, most),
    };
    let mut made: Vec<Value> = (0..count).map(|_| value(&schema["items"], name, choices, amount, depth + 1)).collect();
    match schema["x-kubernetes-list-type"].as_str() {
        Some("set") => {
            let mut seen: Vec<Value> = Vec::new();
            made.retain(|item| {
                !seen.contains(item) && {
                    seen.push(item.clone());
                    true
                }
            });
        }
        Some("map") => {
            let keys = schema["x-kubernetes-list-map-keys"].as_array().cloned().unwrap_or_default();
            let key_of = |item: &Value| -> Vec<Value> {
                keys.iter().map(|key| item[key.as_str().unwrap_or_default()].clone()).collect()
            };
            let mut seen: Vec<Vec<Value>> = Vec::new();
            made.retain(|item| {
                !seen.contains(&key_of(item)) && {
                    seen.push(key_of(item));
                    true
                }
            });
        }
        _ => {}
    }
    made.into()
}

fn integer(schema: &Value, choices: &mut Choices<'_>, amount: Amount) -> Value {
    let bound = |name: &str| schema[name].as_f64().map(|bound| bound as i64);
    let (least, most) = (bound("minimum").unwrap_or(-3), bound("maximum").unwrap_or(1 << 40));
    if amount != Amount::Some {
        return json!(most.min(7)); // what is nothing may be left out
    }
    match choices.below(4) {
        0 => json!(least),
        1 => json!(most),
        _ => json!(least + (choices.below(1 << 16) as i64).min(most - least)),
    }
}
