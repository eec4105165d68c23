//! A description of Graph with what goes beyond it, read once and compiled: the operations, each with its schemas.

use std::collections::{BTreeMap, BTreeSet};

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Map, Value, json};

use super::schema::Types;

/// Where it is documented otherwise, and what is missing.
const BEYOND: &str = include_str!("beyond.yaml");
/// A name for all schemas together; nothing is fetched from it.
const PLACE: &str = "https://graph.invalid/schemas.json";

/// All operations.
pub(super) struct Description {
    pub(super) operations: Vec<Operation>,
    pub(super) schemas: Schemas,
    /// Query options that Graph itself writes into the links of listings.
    pub(super) links: BTreeSet<String>,
}

/// One operation.
pub(super) struct Operation {
    pub(super) method: String,
    /// As the description writes it.
    pub(super) path: String,
    /// By name, with the type that it is written as.
    pub(super) options: BTreeMap<String, Parameter>,
    /// What `$select` and its like may name.
    pub(super) nameable: BTreeSet<String>,
    /// It answers with a page of entities.
    pub(super) listing: bool,
    /// None: it takes no body.
    pub(super) body: Option<SchemaIndex>,
    /// By status, such as `204` or `4XX`; none: without a body.
    pub(super) answers: BTreeMap<String, Option<SchemaIndex>>,
}

/// A query option.
pub(super) struct Parameter {
    pub(super) kind: String,
    pub(super) schema: SchemaIndex,
}

/// Schemas that are to be compiled, each with its place.
#[derive(Default)]
struct Wanted(Vec<Value>);

/// An operation before its schemas are compiled.
struct Draft {
    operation: Operation,
    options: Vec<(String, String, usize)>,
    body: Option<usize>,
    answers: Vec<(String, Option<usize>)>,
}

impl Description {
    pub(super) fn read(yaml: &str) -> Result<Self, String> {
        let parse = |text: &str| serde_saphyr::from_str::<Value>(text).map_err(|error| error.to_string());
        let mut whole = parse(yaml)?;
        let beyond = parse(BEYOND)?;
        add(&mut whole, &beyond)?;

        let annotations = beyond["annotations"].as_object().cloned().unwrap_or_default();
        let named = whole["components"]["schemas"].as_object().cloned().unwrap_or_default();
        let types = Types::new(named, annotations);
        let mut definitions = Map::new();
        for name in types.names() {
            let definition = types.definition(name).map_err(|why| format!("{name}: {why}"))?;
            definitions.insert(name.clone(), definition);
        }

        let mut wanted = Wanted::default();
        let mut drafts = Vec::new();
        for (path, item) in whole["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten().filter(|(name, _)| *name != "parameters")
            {
                let draft = draft(&whole, &types, &mut wanted, path, method, operation);
                drafts.push(draft.map_err(|why| format!("{method} {path}: {why}"))?);
            }
        }

        for (n, schema) in wanted.0.into_iter().enumerate() {
            definitions.insert(format!("inline{n}"), schema);
        }
        let mut compiler = Compiler::new();
        compiler.add_resource(PLACE, json!({"$defs": definitions})).map_err(|error| error.to_string())?;
        let mut schemas = Schemas::new();
        let mut compiled = |n: usize| {
            compiler.compile(&format!("{PLACE}#/$defs/inline{n}"), &mut schemas).map_err(|error| error.to_string())
        };
        let mut operations = Vec::new();
        for Draft { mut operation, options, body, answers } in drafts {
            for (name, kind, schema) in options {
                operation.options.insert(name, Parameter { kind, schema: compiled(schema)? });
            }
            operation.body = body.map(&mut compiled).transpose()?;
            for (status, schema) in answers {
                operation.answers.insert(status, schema.map(&mut compiled).transpose()?);
            }
            operations.push(operation);
        }
        let links = beyond["links"].as_array().into_iter().flatten();
        let links = links.filter_map(Value::as_str).map(str::to_owned).collect();
        Ok(Self { operations, schemas, links })
    }
}

impl Wanted {
    fn put(&mut self, schema: Value) -> usize {
        self.0.push(schema);
        self.0.len() - 1
    }
}

/// Adds what goes beyond the description. It may only add: an operation that is in both is an error.
fn add(whole: &mut Value, beyond: &Value) -> Result<(), String> {
    for place in ["/paths", "/components/parameters", "/components/schemas"] {
        let more = beyond.pointer(place).and_then(Value::as_object).cloned().unwrap_or_default();
        let there = whole.pointer_mut(place).and_then(Value::as_object_mut);
        let there = there.ok_or_else(|| format!("the description has no {place}"))?;
        for (name, value) in more {
            if there.insert(name.clone(), value).is_some() {
                return Err(format!("{name} is in the description by now: take it out of beyond.yaml"));
            }
        }
    }
    for (name, properties) in beyond["required"].as_object().into_iter().flatten() {
        let schema = whole.pointer_mut(&format!("/components/schemas/{name}")).and_then(Value::as_object_mut);
        let schema = schema.ok_or_else(|| format!("there is no schema {name}"))?;
        schema.insert("required".into(), properties.clone());
    }
    Ok(())
}

fn draft(
    whole: &Value,
    types: &Types,
    wanted: &mut Wanted,
    path: &str,
    method: &str,
    operation: &Value,
) -> Result<Draft, String> {
    let mut options = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let parameter = resolved(whole, parameter)?;
        if parameter["in"] == "query" {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            let kind = parameter["schema"]["type"].as_str().unwrap_or_default().to_owned();
            options.push((name, kind, wanted.put(types.translate(&parameter["schema"])?)));
        }
    }
    let body = match operation.get("requestBody") {
        Some(body) => content(resolved(whole, body)?),
        None => None,
    };
    let body = body.map(|schema| Ok::<_, String>(wanted.put(types.translate(schema)?))).transpose()?;
    let mut answers = Vec::new();
    let mut nameable = (BTreeSet::new(), false);
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        let schema = content(resolved(whole, answer)?);
        if let (true, Some(schema)) = (status.starts_with('2'), schema) {
            nameable = types.nameable(schema)?;
        }
        let schema = schema.map(|schema| Ok::<_, String>(wanted.put(types.translate(schema)?))).transpose()?;
        answers.push((status.clone(), schema));
    }
    let operation = Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        options: BTreeMap::new(),
        nameable: nameable.0,
        listing: nameable.1,
        body: None,
        answers: BTreeMap::new(),
    };
    Ok(Draft { operation, options, body, answers })
}

fn content(holder: &Value) -> Option<&Value> {
    holder.pointer("/content/application~1json/schema")
}

fn resolved<'a>(whole: &'a Value, value: &'a Value) -> Result<&'a Value, String> {
    match value.get("$ref").and_then(Value::as_str) {
        None => Ok(value),
        Some(link) => {
            let target = link.strip_prefix('#').and_then(|pointer| whole.pointer(pointer));
            target.ok_or_else(|| format!("{link} leads nowhere"))
        }
    }
}
