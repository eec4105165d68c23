//! OpenAPI 3.0 schemas as JSON Schemas (2020-12), closed: what a type does not declare is not valid in it.
//! A keyword that is not understood is an error, so none is passed over in silence.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// Keywords that say nothing about what is valid. `format` is among them: where it matters there is a `pattern` beside it.
const SILENT: [&str; 6] = ["title", "description", "format", "default", "example", "x-ms-primary-error-message"];
/// Keywords that mean the same in both.
const SAME: [&str; 7] = ["pattern", "minimum", "maximum", "minItems", "maxItems", "uniqueItems", "enum"];

/// The named schemas of a description.
pub(super) struct Types {
    named: Map<String, Value>,
    annotations: Map<String, Value>,
}

impl Types {
    pub(super) fn new(named: Map<String, Value>, annotations: Map<String, Value>) -> Self {
        Self { named, annotations }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.named.keys()
    }

    /// A named type as `$defs` has it: an object that calls itself by a derived type is held against that one.
    pub(super) fn definition(&self, name: &str) -> Result<Value, String> {
        let own = self.translate(self.get(name)?)?;
        let derived = self.derived(name);
        if derived.is_empty() {
            return Ok(own);
        }
        let called = |tag: &str| json!({"required": ["@odata.type"], "properties": {"@odata.type": {"const": tag}}});
        let mut whole = own;
        for (tag, derived) in derived {
            whole = json!({"if": called(&tag), "then": {"$ref": format!("#/$defs/{derived}")}, "else": whole});
        }
        Ok(whole)
    }

    /// What may be named of an entity, or of each of a page of them, by `$select`, `$expand` or `$orderby`; and whether it is a page.
    pub(super) fn nameable(&self, schema: &Value) -> Result<(BTreeSet<String>, bool), String> {
        let schema = match schema.get("anyOf").and_then(|any| any.get(0)) {
            Some(first) => first,
            None => schema,
        };
        let Some(name) = named(schema) else {
            let properties = self.properties(schema)?;
            return match properties.get("value").and_then(|value| value.get("items")) {
                Some(items) => Ok((self.nameable(items)?.0, true)),
                None => Ok((properties.into_keys().collect(), false)),
            };
        };
        let properties = self.properties(self.get(name)?)?;
        if let Some(items) = properties.get("value").and_then(|value| value.get("items")) {
            return Ok((self.nameable(items)?.0, true));
        }
        let mut names: BTreeSet<String> = properties.into_keys().collect();
        for derived in self.derived(name).values() {
            names.extend(self.properties(self.get(derived)?)?.into_keys());
        }
        Ok((names, false))
    }

    /// Closes a schema and all that it holds.
    pub(super) fn translate(&self, schema: &Value) -> Result<Value, String> {
        if let Some(name) = named(schema) {
            self.get(name)?;
            return Ok(json!({"$ref": format!("#/$defs/{name}")}));
        }
        let fields = schema.as_object().ok_or_else(|| format!("no schema: {schema}"))?;
        if fields.contains_key("properties") || fields.contains_key("allOf") {
            return self.closed(schema);
        }
        let mut translated = Map::new();
        for (keyword, value) in fields {
            match keyword.as_str() {
                "type" if fields.get("nullable") == Some(&json!(true)) => {
                    translated.insert("type".into(), json!([value, "null"]));
                }
                "type" => {
                    translated.insert("type".into(), value.clone());
                }
                "nullable" => {}
                "items" | "additionalProperties" => {
                    translated.insert(keyword.clone(), self.translate(value)?);
                }
                "anyOf" => {
                    let alternatives = value.as_array().into_iter().flatten();
                    let alternatives: Result<Vec<Value>, String> =
                        alternatives.map(|one| self.alternative(one)).collect();
                    translated.insert("anyOf".into(), alternatives?.into());
                }
                same if SAME.contains(&same) => {
                    translated.insert(keyword.clone(), value.clone());
                }
                silent if SILENT.contains(&silent) => {}
                unknown => return Err(format!("the keyword '{unknown}' is not understood")),
            }
        }
        Ok(translated.into())
    }

    /// `{type: object, nullable: true}` beside a reference is the generator's way to say "or null".
    fn alternative(&self, schema: &Value) -> Result<Value, String> {
        if *schema == json!({"type": "object", "nullable": true}) {
            return Ok(json!({"type": "null"}));
        }
        self.translate(schema)
    }

    fn closed(&self, schema: &Value) -> Result<Value, String> {
        let mut properties = Map::new();
        for (name, property) in self.properties(schema)? {
            // An object that is referred to can be given by its link.
            if let Some(link) = link(&property) {
                properties.insert(format!("{name}@odata.bind"), link);
            }
            properties.insert(name, self.translate(&property)?);
        }
        for (name, annotation) in &self.annotations {
            properties.insert(name.clone(), self.translate_annotation(annotation)?);
        }
        let mut required = BTreeSet::new();
        self.required(schema, &mut required)?;
        Ok(json!({
            "type": "object", "properties": properties, "required": required, "additionalProperties": false,
        }))
    }

    /// Annotations carry none themselves.
    fn translate_annotation(&self, schema: &Value) -> Result<Value, String> {
        Self { named: Map::new(), annotations: Map::new() }.translate(schema)
    }

    /// The properties of an object and of all that it is made from.
    fn properties(&self, schema: &Value) -> Result<BTreeMap<String, Value>, String> {
        let mut found = BTreeMap::new();
        for part in self.parts(schema)? {
            let own = part.get("properties").and_then(Value::as_object).into_iter().flatten();
            found.extend(own.map(|(name, property)| (name.clone(), property.clone())));
        }
        Ok(found)
    }

    fn required(&self, schema: &Value, into: &mut BTreeSet<String>) -> Result<(), String> {
        for part in self.parts(schema)? {
            let own = part.get("required").and_then(Value::as_array).into_iter().flatten();
            into.extend(own.filter_map(Value::as_str).map(str::to_owned));
        }
        Ok(())
    }

    /// A schema, taken apart at `allOf`, those that it builds on first.
    fn parts<'a>(&'a self, schema: &'a Value) -> Result<Vec<&'a Value>, String> {
        let schema = match named(schema) {
            Some(name) => self.get(name)?,
            None => schema,
        };
        let fields = schema.as_object().ok_or_else(|| format!("no schema: {schema}"))?;
        let known = ["type", "properties", "required", "allOf", "x-ms-discriminator-value"];
        let strange = fields.keys().find(|name| !known.contains(&name.as_str()) && !SILENT.contains(&name.as_str()));
        if let Some(strange) = strange {
            return Err(format!("the keyword '{strange}' of an object is not understood"));
        }
        let mut parts = Vec::new();
        for base in fields.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            parts.extend(self.parts(base)?);
        }
        parts.push(schema);
        Ok(parts)
    }

    /// The types that build on this one, by the `@odata.type` that tells them.
    fn derived(&self, base: &str) -> BTreeMap<String, &str> {
        let tagged = self.named.iter().filter(|(name, _)| self.builds_on(name, base));
        tagged
            .filter_map(|(name, schema)| {
                Some((schema.get("x-ms-discriminator-value")?.as_str()?.to_owned(), name.as_str()))
            })
            .collect()
    }

    fn builds_on(&self, name: &str, base: &str) -> bool {
        let parts = self.named.get(name).and_then(|schema| schema.get("allOf")).and_then(Value::as_array);
        parts.into_iter().flatten().filter_map(named).any(|part| part == base || self.builds_on(part, base))
    }

    fn get(&self, name: &str) -> Result<&Value, String> {
        self.named.get(name).ok_or_else(|| format!("there is no schema '{name}'"))
    }
}

fn named(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

fn link(property: &Value) -> Option<Value> {
    let refers = |schema: &Value| named(schema).is_some_and(|name| name.ends_with(".user") || name.ends_with("Object"));
    if property.get("items").is_some_and(refers) {
        return Some(json!({"type": "array", "items": {"type": "string"}}));
    }
    let one = property.get("anyOf").and_then(Value::as_array).is_some_and(|any| any.iter().any(refers));
    one.then(|| json!({"type": "string"}))
}
