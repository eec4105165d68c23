//! How the API server decides: the table as CEL expressions over `variables.asked`.

use super::asked::reads;
use super::manifest::{Part, part};
use crate::policy::criterion::capitalised;
use crate::policy::judge::{DENIED, NO_RULE, NO_RULES, REFUSAL, of};
use crate::policy::{AppliesTo, CRITERIA, Criterion, Derived, Otherwise, SpecField, listed, namespaces};

/// The rules that select the namespace, each with every field: what it leaves out is filled in.
pub(super) fn here() -> String {
    let field = |criterion: &Criterion| {
        let (at, key) = (criterion.field.replace('.', ".?"), criterion.key());
        let said = format!("r.?{at}.orValue(null)");
        match criterion.left_out {
            "null" => format!("'{key}': {said}"),
            other => format!("'{key}': {said} == null ? dyn({other}) : {said}"),
        }
    };
    let fields: Vec<String> = asked().map(field).collect();
    format!("variables.rules.filter(r, {}).map(r, {{\n{}\n}})", namespaces::CEL_PICKS, fields.join(",\n"))
}

/// A variable for each default of the tenant.
pub(super) fn defaults() -> impl Iterator<Item = Part> {
    reads().filter_map(|read| {
        let Otherwise::Default { field, value } = read.otherwise else { return None };
        let said = format!("params.spec.?defaults.?{field}.orValue(null)");
        Some(part(&usual(read), format!("{said} == null ? {value} : params.spec.defaults.{field}")))
    })
}

fn usual(field: &SpecField) -> String {
    format!("usual{}", capitalised(field.key))
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
    let derived = derives().map(|derived| format!("'{}': {}", derived.key, (derived.cel)()));
    let fixed = ["'email': g.email", "'created': g.created"].map(str::to_owned);
    let all: Vec<String> = fixed.into_iter().chain(read).chain(derived).collect();
    format!("variables.asked.transformList(i, g, g.tenant == params.metadata.name, {{\n{}\n}})", all.join(",\n"))
}

/// The guests that no rule allows, or one denies.
pub(super) fn refused() -> String {
    let all = |applies_to| {
        of(applies_to).map(|criterion| format!("({})", (criterion.cel)())).collect::<Vec<_>>().join("\n&& ")
    };
    let (denies, allows) = (all(AppliesTo::ItsNamespaces), all(AppliesTo::ItsGuests));
    format!("variables.guests.filter(g, !(variables.here.all(r, {denies})\n&& variables.here.exists(r, {allows})))")
}

/// For the first guest: the rules that are left after each criterion.
pub(super) fn narrowed() -> Vec<Part> {
    let mut left = "here".to_owned();
    let narrow = |criterion: &Criterion| {
        let next = after(criterion);
        let from = if criterion.applies_to == AppliesTo::ItsNamespaces { "here" } else { &left };
        let cel = format!("variables.{from}.filter(r, [variables.first].all(g,\n{}))", (criterion.cel)());
        if criterion.applies_to == AppliesTo::ItsGuests {
            left.clone_from(&next);
        }
        part(&next, cel)
    };
    asked().map(narrow).collect()
}

/// The criteria that the API server can check.
fn asked() -> impl Iterator<Item = &'static Criterion> {
    CRITERIA.iter().filter(|criterion| criterion.applies_to != AppliesTo::SharedGuests)
}

fn after(criterion: &Criterion) -> String {
    format!("after{}", capitalised(&criterion.key()))
}

/// What no rule has for the first guest, or what one denies.
pub(super) fn lacks() -> String {
    let tenant = "params.metadata.name";
    let words = |criterion: &Criterion| of_the_first(&criterion.lacks.cel(&[criterion.cel_value]));
    let mut said = format!("size(variables.rules) == 0\n? {}", NO_RULES.cel(&[tenant, "'{}'"]));
    said += &format!("\n: size(variables.here) == 0\n? {}", NO_RULE.cel(&[tenant, &namespaces::LACKS.cel(&[])]));
    for criterion in of(AppliesTo::ItsNamespaces) {
        let denied = DENIED.cel(&[tenant, &words(criterion)]);
        said += &format!("\n: size(variables.{}) < size(variables.here)\n? {denied}", after(criterion));
    }
    let mut left = "here".to_owned();
    for criterion in of(AppliesTo::ItsGuests) {
        let listed = listed::cel(criterion, &left).map(|listed| format!(" + {listed}")).unwrap_or_default();
        let lacking = NO_RULE.cel(&[tenant, &(words(criterion) + &listed)]);
        left = after(criterion);
        said += &format!("\n: size(variables.{}) == 0\n? {lacking}", after(criterion));
    }
    said + "\n: ''"
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
