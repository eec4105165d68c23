//! How the API server decides: the table as CEL expressions over `variables.asked`.

use super::asked::reads;
use super::manifest::{Part, part};
use crate::policy::judge::{NO_RULE, NO_RULES, REFUSAL};
use crate::policy::{CRITERIA, Criterion, Derived, Otherwise, SpecField, namespaces};

/// A variable for each default of the tenant.
pub(super) fn defaults() -> impl Iterator<Item = Part> {
    reads().filter_map(|read| {
        let Otherwise::Default { field, value } = read.otherwise else { return None };
        let said = format!("params.spec.?defaults.?{field}.orValue(null)");
        Some(part(&usual(read), format!("{said} == null ? {value} : params.spec.defaults.{field}")))
    })
}

fn usual(field: &SpecField) -> String {
    capitalised("usual", field.key)
}

/// The variables that have to be computed for all guests before.
pub(super) fn worked_out_before() -> impl Iterator<Item = Part> {
    derives().filter_map(|derived| derived.before.as_ref().map(Part::of))
}

fn derives() -> impl Iterator<Item = &'static Derived> {
    CRITERIA.iter().flat_map(|criterion| criterion.derives)
}

/// The guests of this tenant, with the defaults for what they leave out.
pub(super) fn guests() -> String {
    let read = reads().map(|field| {
        let key = field.key;
        let or = |value: &str| format!("'{key}': g.{key} == null ? dyn({value}) : g.{key}");
        match field.otherwise {
            Otherwise::Nothing => format!("'{key}': g.{key}"),
            Otherwise::Value(value) => or(value),
            Otherwise::Default { .. } => or(&format!("variables.{}", usual(field))),
        }
    });
    let derived = derives().map(|derived| format!("'{}': {}", derived.key, derived.cel));
    let all: Vec<String> = std::iter::once("'email': g.email".to_owned()).chain(read).chain(derived).collect();
    format!("variables.asked.transformList(i, g, g.tenant == params.metadata.name, {{\n{}\n}})", all.join(",\n"))
}

/// The guests that no rule allows.
pub(super) fn refused() -> String {
    let all: Vec<String> = CRITERIA.iter().map(|criterion| format!("({})", (criterion.cel)())).collect();
    format!("variables.guests.filter(g, !variables.here.exists(r,\n{}))", all.join("\n&& "))
}

/// For the first guest: the rules that are left after each criterion.
pub(super) fn narrowed() -> Vec<Part> {
    let mut left = "here".to_owned();
    let narrow = |criterion: &Criterion| {
        let next = after(criterion);
        let cel = format!("variables.{left}.filter(r, [variables.first].all(g,\n{}))", (criterion.cel)());
        left.clone_from(&next);
        part(&next, cel)
    };
    CRITERIA.iter().map(narrow).collect()
}

fn after(criterion: &Criterion) -> String {
    capitalised("after", &criterion.field.replace('.', ""))
}

/// What no rule has for the first guest.
pub(super) fn lacks() -> String {
    let mut lacks = format!("size(variables.here) == 0 ? {}", namespaces::LACKS.cel(&[]));
    for criterion in CRITERIA {
        let words = criterion.lacks.cel(&[criterion.cel_value]);
        lacks += &format!("\n: size(variables.{}) == 0 ? {words}", after(criterion));
    }
    lacks += "\n: ''";
    let tenant = "params.metadata.name";
    let (no_rules, no_rule) = (NO_RULES.cel(&[tenant]), NO_RULE.cel(&[tenant, &of_the_first(&lacks)]));
    format!("size(variables.rules) == 0\n? {no_rules}\n: {no_rule}")
}

/// An expression over `g`, for the first guest.
pub(super) fn of_the_first(cel: &str) -> String {
    format!("[variables.first].map(g,\n{cel})[0]")
}

/// The refusal of a resource of this kind.
pub(super) fn refusal(kind: &str) -> String {
    let more = "(size(variables.refused) > 1 ? ' and ' + string(size(variables.refused) - 1) + ' more' : '')";
    let kind = format!("'{kind}'");
    REFUSAL.cel(&[
        "namespaceObject.metadata.name",
        "variables.first.email",
        "variables.domains",
        more,
        "variables.lacks",
        &kind,
    ])
}

fn capitalised(before: &str, name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().fold(before.to_owned(), |text, letter| format!("{text}{letter}")) + letters.as_str()
}
