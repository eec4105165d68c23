//! The table in docs/who-may-invite.md. It has a line for each field of a rule, from the field's description in the
//! definition of EntraTenant.

use kube::CustomResourceExt;
use serde_json::Value;

use super::CRITERIA;
use crate::api::EntraTenant;

const BEGIN: &str = "<!-- Generated from src/policy by `make generate`: -->\n";
const END: &str = "<!-- Generated until here. -->\n";

/// The page has no place for the table.
#[derive(Debug, thiserror::Error)]
#[error("the page does not have the lines `{}` and `{}`, between which the table of access rules stands", BEGIN.trim(), END.trim())]
pub struct NoPlace;

/// `page` with the table in its place.
///
/// # Errors
///
/// When the page does not say where that is.
pub fn with_table(page: &str) -> Result<String, NoPlace> {
    let (before, rest) = page.split_once(BEGIN).ok_or(NoPlace)?;
    let (_, after) = rest.split_once(END).ok_or(NoPlace)?;
    Ok(format!("{before}{BEGIN}{}{END}{after}", table()))
}

/// Every field of a rule: first which rules apply, then what they check, then what happens to a guest whom they allow.
pub fn fields() -> impl Iterator<Item = &'static str> {
    let criteria = CRITERIA.iter().map(|criterion| criterion.field);
    std::iter::once("namespaces").chain(criteria).chain(["maxGuests", "approval"])
}

fn table() -> String {
    let rules = definition();
    let lines = fields().map(|field| {
        let (meaning, default) = described(&rules, field);
        format!("| {field} | {default} | {meaning} |\n")
    });
    format!("| Field | Left out | Meaning |\n|---|---|---|\n{}", lines.collect::<String>())
}

/// The schema of one rule.
pub(super) fn definition() -> Value {
    let crd = serde_json::to_value(EntraTenant::crd()).unwrap_or_default();
    let spec = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties";
    crd.pointer(&format!("{spec}/access/items")).cloned().unwrap_or_default()
}

/// What a field means, and what holds without it.
fn described(rules: &Value, field: &str) -> (String, String) {
    let schema = rules.pointer(&format!("/properties/{}", field.replace('.', "/properties/")));
    let description = schema.and_then(|schema| schema["description"].as_str()).unwrap_or_default();
    let description = description.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', r"\|");
    let (meaning, default) = description.rsplit_once(" Default: ").unwrap_or((&description, ""));
    (meaning.to_owned(), default.trim_end_matches('.').to_owned())
}
