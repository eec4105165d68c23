//! Holds one exchange against the description: method and path, query options, and the bodies of the request and of the answer.

use std::collections::BTreeSet;

use boon::{SchemaIndex, ValidationError};
use entra_simulator::{Exchange, Reply, RequestEntry};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::description::{Description, Operation};

/// Options whose values name properties.
const NAMING: [&str; 3] = ["$select", "$expand", "$orderby"];

impl Description {
    /// What is not valid; nothing if all is well.
    pub(super) fn judge(&self, exchange: &Exchange<'_>) -> Vec<String> {
        let request = exchange.request;
        let Some(operation) = self.find(&request.method, &request.path) else {
            return vec![format!("{} {}: no such operation", request.method, request.path)];
        };
        let mut found = Vec::new();
        self.query(operation, request, &mut found);
        match (operation.body, &request.body) {
            (Some(schema), Some(body)) => self.hold("the request's body", schema, body, &mut found),
            (Some(_), None) => found.push("the request has no body".into()),
            (None, Some(_)) => found.push("the request has a body, where none is expected".into()),
            (None, None) => {}
        }
        if let Some(answer) = &exchange.answer {
            self.answer(operation, answer, &mut found);
        }
        found.into_iter().map(|what| format!("{} {}: {what}", operation.method, operation.path)).collect()
    }

    /// The operation whose path has the most words in common with this one.
    fn find(&self, method: &str, path: &str) -> Option<&Operation> {
        let path = path.strip_prefix("/v1.0/")?;
        let asked: Vec<String> =
            path.split('/').map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned()).collect();
        let fitting = self.operations.iter().filter(|operation| operation.method == method);
        fitting
            .filter_map(|operation| Some((operation.words(&asked)?, operation)))
            .max_by_key(|(words, _)| *words)
            .map(|(_, found)| found)
    }

    fn query(&self, operation: &Operation, request: &RequestEntry, found: &mut Vec<String>) {
        let mut seen = BTreeSet::new();
        for (name, value) in form_urlencoded::parse(request.query.as_deref().unwrap_or_default().as_bytes()) {
            if !seen.insert(name.clone()) {
                found.push(format!("the query option {name} comes twice"));
            }
            if operation.listing && self.links.contains(name.as_ref()) {
                continue;
            }
            let Some(parameter) = operation.options.get(name.as_ref()) else {
                found.push(format!("there is no query option {name}"));
                continue;
            };
            let parts = parts(&value);
            let typed = match parameter.kind.as_str() {
                "integer" => value.parse::<i64>().map_or_else(|_| json!(value), Value::from),
                "boolean" => value.parse::<bool>().map_or_else(|_| json!(value), Value::from),
                "array" => json!(parts),
                _ => json!(value),
            };
            self.hold(&format!("the query option {name}"), parameter.schema, &typed, found);
            if NAMING.contains(&name.as_ref()) {
                let strange = parts.iter().map(|part| word(part)).filter(|word| !operation.nameable.contains(*word));
                found.extend(strange.map(|word| format!("{name} names '{word}', which is no property here")));
            }
        }
    }

    fn answer(&self, operation: &Operation, answer: &Reply<'_>, found: &mut Vec<String>) {
        let status = answer.status.to_string();
        let class = format!("{}XX", answer.status / 100);
        let Some(schema) = operation.answers.get(&status).or_else(|| operation.answers.get(&class)) else {
            found.push(format!("an answer {status} is not expected"));
            return;
        };
        let what = format!("the body of the answer {status}");
        match (schema, answer.body) {
            // 204 is without a body by HTTP itself.
            (Some(_), None) if answer.status == 204 => {}
            (Some(_), Some(_)) if answer.status == 204 => found.push(format!("{what} has to be empty")),
            (Some(schema), Some(body)) => self.hold(&what, *schema, body, found),
            (Some(_), None) => found.push(format!("{what} is missing")),
            (None, Some(_)) => found.push(format!("{what} has to be empty")),
            (None, None) => {}
        }
    }

    fn hold(&self, what: &str, schema: SchemaIndex, value: &Value, found: &mut Vec<String>) {
        if let Err(error) = self.schemas.validate(value, schema) {
            leaves(&error, &mut |place, why| found.push(format!("{what} at '{place}': {why}")));
        }
    }
}

impl Operation {
    /// How many words this operation's path shares with one; none if it does not fit.
    fn words(&self, asked: &[String]) -> Option<usize> {
        let own: Vec<&str> = self.path.trim_start_matches('/').split('/').collect();
        if own.len() != asked.len() {
            return None;
        }
        let mut words = 0;
        for (own, asked) in own.iter().zip(asked) {
            if own.starts_with('{') {
                if asked.is_empty() {
                    return None;
                }
            } else if canonical(own) == canonical(asked) {
                words += 1;
            } else {
                return None;
            }
        }
        Some(words)
    }
}

/// A function or a type in a path may be qualified, by the namespace or by its alias, and a function may lack its brackets.
fn canonical(segment: &str) -> &str {
    let bare = segment.strip_prefix("microsoft.").unwrap_or(segment);
    let bare = bare.strip_prefix("graph.").unwrap_or(bare);
    bare.strip_suffix("()").unwrap_or(bare)
}

/// A list's parts; what is in brackets stays together.
fn parts(value: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_usize;
    for letter in value.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match parts.last_mut() {
            Some(last) if letter != ',' || depth > 0 => last.push(letter),
            _ => parts.push(String::new()),
        }
    }
    parts
}

/// The property that a part begins with: `sponsors` of `sponsors($select=id)`, `displayName` of `displayName desc`.
fn word(part: &str) -> &str {
    part.split(['(', ' ']).next().unwrap_or_default()
}

/// Only the innermost errors say what is wrong.
fn leaves(error: &ValidationError<'_, '_>, found: &mut impl FnMut(String, String)) {
    if error.causes.is_empty() {
        // Ids and numbers of items differ, and the same finding is to be counted as the same.
        let place: Vec<String> = error
            .instance_location
            .to_string()
            .split('/')
            .map(|step| if step.parse::<usize>().is_ok() { "*".into() } else { step.to_owned() })
            .collect();
        found(place.join("/"), error.kind.to_string());
    }
    for cause in &error.causes {
        leaves(cause, found);
    }
}
