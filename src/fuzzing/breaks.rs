//! Values that break exactly one rule of a schema, with the name of the field that has to be told; and values that have
//! nothing to do with it.

use serde_json::{Map, Number, Value, json};

use super::choices::Choices;
use super::samples;

/// One broken rule.
#[derive(Clone, Debug)]
pub struct Broken {
    /// What was done.
    pub what: String,
    /// The field that the answer has to name.
    pub field: String,
}

/// A place in a value: how to come to it, and what stands there after.
struct ValuePath {
    path: Vec<Key>,
    new: Option<Value>,
    broken: Broken,
}

#[derive(Clone)]
enum Key {
    Name(String),
    Item(usize),
}

/// Breaks one rule of `schema` in `value`, which it takes as it is.
pub fn one(schema: &Value, name: &str, value: &mut Value, choices: &mut Choices<'_>) -> Broken {
    let mut places = Vec::new();
    collect(schema, name, value, &mut Vec::new(), &mut places);
    // Each kind of rule in turn, or else the many texts would hide the few others.
    let mut kinds: Vec<String> = places.iter().map(|place| place.broken.what.clone()).collect();
    kinds.sort();
    kinds.dedup();
    let kind = choices.pick(&kinds).clone();
    let of_kind: Vec<usize> = (0..places.len()).filter(|n| places[*n].broken.what == kind).collect();
    let place = places.swap_remove(*choices.pick(&of_kind));
    put(value, &place.path, place.new);
    place.broken
}

fn put(value: &mut Value, path: &[Key], new: Option<Value>) {
    let Some((last, above)) = path.split_last() else {
        *value = new.unwrap_or_default();
        return;
    };
    let mut at = value;
    for key in above {
        at = match key {
            Key::Name(name) => &mut at[name.as_str()],
            Key::Item(item) => &mut at[*item],
        };
    }
    match (last, at, new) {
        (Key::Name(name), Value::Object(object), Some(new)) => drop(object.insert(name.clone(), new)),
        (Key::Name(name), Value::Object(object), None) => drop(object.remove(name)),
        (Key::Item(item), Value::Array(items), Some(new)) if *item == items.len() => items.push(new),
        (Key::Item(item), Value::Array(items), Some(new)) => items[*item] = new,
        _ => panic!("no way to the place"),
    }
}

/// All rules that can be broken in `value`, whose schema is `schema`.
fn collect(schema: &Value, name: &str, value: &Value, path: &mut Vec<Key>, places: &mut Vec<ValuePath>) {
    let mut add = |what: &str, below: Option<Key>, new: Option<Value>, field: &str| {
        let path = path.iter().cloned().chain(below).collect();
        places.push(ValuePath { path, new, broken: Broken { what: what.into(), field: field.into() } });
    };
    if value.is_null() {
        return;
    }
    let other: Value = match schema["type"].as_str() {
        Some("string") => json!(7),
        Some("object") => json!([1]),
        _ => json!("seven"),
    };
    add("another type", None, Some(other), name);
    match value {
        Value::String(text) => {
            if schema["enum"].is_array() {
                add("no such word", None, Some("Pigeon".into()), name);
            }
            let count = text.chars().count();
            if let Some(most) = schema["maxLength"].as_u64().filter(|most| *most <= 30_000) {
                add("too long", None, Some(format!("{text}{}", "a".repeat(most as usize + 1 - count)).into()), name);
            }
            if schema["minLength"].as_u64().is_some_and(|least| least > 0) {
                add("too short", None, Some("".into()), name);
            }
            for wrong in samples::wrong(schema, name) {
                add("a wrong text", None, Some(wrong.into()), name);
            }
        }
        Value::Number(_) => {
            if let Some(most) = schema["maximum"].as_f64() {
                add("too much", None, Some(json!(most as i64 + 1)), name);
            }
            if let Some(least) = schema["minimum"].as_f64() {
                add("too little", None, Some(json!(least as i64 - 1)), name);
            }
            add("a fraction", None, Some(json!(1.5)), name);
        }
        Value::Array(items) => {
            if let Some(most) = schema["maxItems"].as_u64().filter(|most| *most <= 1000)
                && let Some(item) = items.first()
            {
                add("too many", None, Some(vec![item.clone(); most as usize + 1].into()), name);
            }
            if schema["minItems"].as_u64().is_some_and(|least| least > 0) {
                add("too few", None, Some(json!([])), name);
            }
            let unique = ["set", "map"].iter().any(|kind| schema["x-kubernetes-list-type"] == *kind);
            let room = schema["maxItems"].as_u64().is_none_or(|most| items.len() < most as usize);
            if let Some(item) = items.first().filter(|_| unique && room) {
                add("twice", Some(Key::Item(items.len())), Some(item.clone()), name);
            }
            for (n, item) in items.iter().enumerate() {
                path.push(Key::Item(n));
                collect(&schema["items"], name, item, path, places);
                path.pop();
            }
        }
        Value::Object(object) => {
            let Some(properties) = schema["properties"].as_object() else { return };
            add("an unknown field", Some(Key::Name("colour".into())), Some("blue".into()), "colour");
            for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if properties[required].get("default").is_none() {
                    add("a missing field", Some(Key::Name(required.into())), None, required);
                }
            }
            for (name, value) in object {
                path.push(Key::Name(name.clone()));
                collect(&properties[name], name, value, path, places);
                path.pop();
            }
        }
        Value::Bool(_) | Value::Null => {}
    }
}

/// Any JSON at all, with names that the schema knows and names that it does not.
pub fn wild(names: &[String], choices: &mut Choices<'_>, depth: usize) -> Value {
    const NUMBERS: [f64; 8] = [0.0, -1.0, 1.5, 1e9, 4_294_967_296.0, -9.3e18, 1.9e19, 1e300];
    match choices.below(if depth > 4 { 6 } else { 10 }) {
        0 => Value::Null,
        1 => (choices.below(2) == 1).into(),
        2 => Number::from_f64(*choices.pick(&NUMBERS)).into(),
        3 => json!(i64::from(choices.byte()) - 3),
        4 | 5 => samples::text(choices, 0, 400).into(),
        6 => (0..choices.below(4)).map(|_| wild(names, choices, depth + 1)).collect::<Vec<_>>().into(),
        _ => {
            let mut object = Map::new();
            for _ in 0..choices.below(6) {
                let name = if names.is_empty() || choices.one_in(6) { "colour" } else { choices.pick(names).as_str() };
                object.insert(name.to_owned(), wild(names, choices, depth + 1));
            }
            object.into()
        }
    }
}

/// Puts anything in the place of something in `value`.
pub fn spoil(names: &[String], value: &mut Value, choices: &mut Choices<'_>) {
    match value {
        Value::Object(object) if !object.is_empty() && !choices.one_in(4) => {
            let keys: Vec<String> = object.keys().cloned().collect();
            let key = choices.pick(&keys).clone();
            if let Some(below) = object.get_mut(&key) {
                spoil(names, below, choices);
            }
        }
        Value::Array(items) if !items.is_empty() && !choices.one_in(4) => {
            let at = choices.below(items.len());
            spoil(names, &mut items[at], choices);
        }
        other => *other = wild(names, choices, 2),
    }
}

/// Every property's name in a schema.
pub fn names(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    gather(schema, &mut found);
    found.sort();
    found.dedup();
    found
}

fn gather(schema: &Value, found: &mut Vec<String>) {
    for (name, below) in schema["properties"].as_object().into_iter().flatten() {
        found.push(name.clone());
        gather(below, found);
    }
    if schema["items"].is_object() {
        gather(&schema["items"], found);
    }
}

/// Writes whole numbers as fractions, 2 as 2.0: the API server takes them, and gives back what they are.
pub fn as_fractions(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(float) = number.as_f64().and_then(Number::from_f64) {
                *number = float;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(as_fractions),
        Value::Object(object) => object.values_mut().for_each(as_fractions),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}
