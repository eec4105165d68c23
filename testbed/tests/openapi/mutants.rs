//! All single mutations of an exchange: a name misspelt, a value of another type, a path, an option or a status that is not there.

use serde_json::{Map, Value, json};

use crate::tour::Kept;

/// Each with what was done.
pub fn of(kept: &Kept) -> Vec<(String, Kept)> {
    let mut found = Vec::new();
    let mut put = |what: String, change: &dyn Fn(&mut Kept)| {
        let mut mutant = kept.clone();
        change(&mut mutant);
        found.push((what, mutant));
    };
    let first = kept.request.path.split('/').nth(2).unwrap();
    put("another path".into(), &|kept| kept.request.path = kept.request.path.replacen(first, &format!("{first}z"), 1));
    put("another method".into(), &|kept| kept.request.method = "HEAD".into());
    put("another status".into(), &|kept| kept.status = 302);
    if kept.request.body.is_some() {
        put("no body".into(), &|kept| kept.request.body = None);
    } else {
        put("a body where none belongs".into(), &|kept| kept.request.body = Some(json!({})));
    }
    if kept.body.is_some() {
        put("no answer's body".into(), &|kept| kept.body = None);
    } else {
        put("a body of an empty answer".into(), &|kept| kept.body = Some(json!({})));
    }
    put("an unknown option".into(), &|kept| {
        kept.request.query = Some(format!("{}&$strange=1", kept.request.query.as_deref().unwrap_or_default()));
    });
    for option in kept.request.query.iter().flat_map(|query| query.split('&')) {
        let (name, value) = option.split_once('=').unwrap();
        let changed = |to: String| kept.request.query.as_ref().map(|query| query.replace(option, &to));
        put(format!("{name} misspelt"), &|kept| kept.request.query = changed(format!("{name}z={value}")));
        if ["$select", "$expand", "$orderby"].contains(&name) {
            put(format!("what {name} names misspelt"), &|kept| {
                kept.request.query = changed(format!("{name}=z{value}"))
            });
        }
        if ["$top", "$count"].contains(&name) {
            put(format!("{name} of another type"), &|kept| kept.request.query = changed(format!("{name}=many")));
        }
    }
    for (what, body) in kept.request.body.iter().flat_map(bodies) {
        put(format!("request: {what}"), &|kept| kept.request.body = Some(body.clone()));
    }
    for (what, body) in kept.body.iter().flat_map(bodies) {
        put(format!("answer: {what}"), &|kept| kept.body = Some(body.clone()));
    }
    found
}

/// All single mutations of a body.
fn bodies(body: &Value) -> Vec<(String, Value)> {
    let mut found = vec![("of another type".to_owned(), other(body))];
    match body {
        Value::Object(fields) => {
            for (name, value) in fields {
                // Any header goes; and an item's own body is judged as an exchange of its own.
                let free = name == "headers"
                    || (name == "body" && (fields.contains_key("url") || fields.contains_key("status")));
                let renamed: Map<String, Value> = fields
                    .iter()
                    .map(|(own, value)| (if own == name { format!("{own}Z") } else { own.clone() }, value.clone()))
                    .collect();
                found.push((format!("{name} misspelt"), renamed.into()));
                if name.ends_with("DateTime") && value.is_string() {
                    found.push((format!("{name} without a zone"), with(fields, name, json!("2026-01-01T00:00:00"))));
                }
                let inner = if free { Vec::new() } else { bodies(value) };
                found.extend(
                    inner.into_iter().map(|(what, mutant)| (format!("{name}/{what}"), with(fields, name, mutant))),
                );
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                found.extend(bodies(item).into_iter().map(|(what, mutant)| {
                    let mut items = items.clone();
                    items[n] = mutant;
                    (format!("{n}/{what}"), items.into())
                }));
            }
        }
        _ => {}
    }
    found
}

fn with(fields: &Map<String, Value>, name: &str, value: Value) -> Value {
    let mut fields = fields.clone();
    fields.insert(name.to_owned(), value);
    fields.into()
}

fn other(value: &Value) -> Value {
    match value {
        Value::String(_) | Value::Object(_) => json!(7),
        Value::Number(_) | Value::Array(_) | Value::Bool(_) => json!("seven"),
        Value::Null => json!({"strange": 1}),
    }
}
