//! What the rules list, for a refusal that says what would be allowed.

use serde_json::Value;

use super::Criterion;
use crate::api::AccessRule;

/// The longest list that is told. A refusal that is too long for the API server would be told as none.
const LONGEST: usize = 600;

const NONE: &str = " (none is listed)";

const TOO_MANY: &str = " (too many are listed to name them here)";

/// What `rules` list in the field of `criterion`, in brackets; empty for a field that lists nothing.
pub(super) fn told<'r>(criterion: &Criterion, rules: impl Iterator<Item = &'r AccessRule>) -> String {
    if !criterion.lists {
        return String::new();
    }
    let all: Vec<String> =
        rules.map(|rule| of(criterion, rule).join(", ")).filter(|listed| !listed.is_empty()).collect();
    let all = all.join(", ");
    match all.chars().count() {
        0 => NONE.to_owned(),
        1..=LONGEST => format!(" (listed: {all})"),
        _ => TOO_MANY.to_owned(),
    }
}

/// What one rule lists; what stands for it in a rule that leaves the field out.
fn of(criterion: &Criterion, rule: &AccessRule) -> Vec<String> {
    let rule = serde_json::to_value(rule).unwrap_or_default();
    // As another field, or as a list of its own.
    let another = criterion.left_out.strip_prefix("r.?").and_then(|path| path.split('.').next());
    let left_out = || match another {
        Some(field) => rule[field].clone(),
        None => serde_json::from_str(&criterion.left_out.replace('\'', "\"")).unwrap_or_default(),
    };
    let listed = rule.get(criterion.field).cloned().unwrap_or_else(left_out);
    listed.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The same in CEL, of the rules in the variable `left`; nothing for a field that lists nothing.
pub(super) fn cel(criterion: &Criterion, left: &str) -> Option<String> {
    let key = criterion.key();
    let all = format!(
        "variables.{left}.filter(r, r.{key} != null && size(r.{key}) > 0).map(r, r.{key}.join(', ')).join(', ')"
    );
    criterion.lists.then(|| {
        format!(
            "[{all}].map(t, size(t) == 0 ? '{NONE}' : size(t) > {LONGEST} ? '{TOO_MANY}' : ' (listed: ' + t + ')')[0]"
        )
    })
}
