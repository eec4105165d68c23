//! values.yaml with its words: what stands above a key describes it, `@schema {...}` adds to its schema, `## ` begins a section.

use serde_json::Value;

use crate::{Error, Result};

/// One key of values.yaml.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Setting {
    /// Its keys, from the outermost.
    pub(super) path: Vec<String>,
    /// The section it stands in.
    pub(super) section: String,
    /// What it is for.
    pub(super) text: String,
    /// Its default.
    pub(super) default: Value,
    /// What is added to its schema.
    pub(super) schema: Value,
}

impl Setting {
    /// Whether its keys are ours: then they follow as settings of their own, and no other key is taken.
    pub(super) fn closed(&self) -> bool {
        self.default.is_object() && self.schema["additionalProperties"].is_null()
    }

    /// Its name as a person types it.
    pub(super) fn name(&self) -> String {
        self.path.join(".")
    }
}

/// Every key, in the order of the file. A key without a word is an error, but for a group of keys.
pub(super) fn settings(yaml: &str) -> Result<Vec<Setting>> {
    let wrong = |why: String| Error::Manifest { what: "charts/guestlist/values.yaml".into(), why };
    let values: Value = serde_saphyr::from_str(yaml).map_err(|error| wrong(error.to_string()))?;
    let mut found: Vec<Setting> = Vec::new();
    let (mut section, mut words, mut schema) = (String::new(), Vec::new(), Value::Null);
    for line in yaml.lines() {
        let depth = (line.len() - line.trim_start().len()) / 2;
        let line = line.trim();
        if let Some(heading) = line.strip_prefix("## ") {
            section = heading.into();
        } else if let Some(fragment) = line.strip_prefix("# @schema ") {
            schema = serde_saphyr::from_str(fragment).map_err(|error| wrong(format!("{fragment}: {error}")))?;
        } else if let Some(comment) = line.strip_prefix('#') {
            words.push(comment.trim().to_owned());
        } else if line.is_empty() {
            words.clear();
        } else if let Some(path) = path(&found, depth, line) {
            let default = path.iter().fold(&values, |value, key| &value[key.as_str()]).clone();
            let (text, schema) = (words.join(" "), std::mem::take(&mut schema));
            let setting = Setting { path, section: section.clone(), text, default, schema };
            if setting.text.is_empty() && !setting.closed() {
                return Err(wrong(format!("{} has no words above it that say what it is for", setting.name())));
            }
            found.push(setting);
            words.clear();
        } else {
            words.clear();
        }
    }
    Ok(found)
}

/// The keys that lead to the one in this line; none if the line belongs to the default of a key above.
fn path(found: &[Setting], depth: usize, line: &str) -> Option<Vec<String>> {
    let (key, _) = line.split_once(':')?;
    if !key.chars().all(|letter| letter.is_ascii_alphanumeric()) {
        return None;
    }
    if depth == 0 {
        return Some(vec![key.into()]);
    }
    let above = found.iter().rev().find(|setting| setting.path.len() <= depth)?;
    let inside = above.path.len() == depth && above.closed();
    inside.then(|| above.path.iter().cloned().chain([key.to_owned()]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_words_and_defaults_are_found() {
        let yaml = "## First\n\n# One,\n# two.\n# @schema {minimum: 0}\nnumber: 3\n\ngroup:\n  # Inside.\n  on: true\n\n# Open.\n# @schema {additionalProperties: true}\nopen:\n  theirs: 1\n  more:\n    deep: 2\n\n# Many.\nmany:\n  # Of a part.\n  - {a: 1}\n";
        let found = settings(yaml).unwrap();
        let names: Vec<String> = found.iter().map(Setting::name).collect();
        assert_eq!(names, ["number", "group", "group.on", "open", "many"]);
        assert_eq!((found[0].text.as_str(), &found[0].default), ("One, two.", &Value::from(3)));
        assert_eq!(found[0].schema["minimum"], 0);
        assert!(found[1].closed() && !found[3].closed());
        assert_eq!(found[2].section, "First");
        assert!(settings("wordless: 1\n").unwrap_err().to_string().contains("wordless has no words"));
    }
}
