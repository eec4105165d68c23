//! `namespaces` of a rule: label selectors as Kubernetes reads them.

use std::collections::BTreeMap;

use super::Words;
use crate::api::{LabelExpression, LabelOperator, NamespaceSelector};

/// What every rule lacks for a namespace that no rule selects.
pub const LACKS: Words = Words("is for this namespace, by its labels");

/// In CEL: whether the rule `r` selects the namespace.
pub const CEL_PICKS: &str = "r.?namespaces.orValue(null) == null || (
r.namespaces.?matchLabels.orValue({}).all(k, k in variables.labels && variables.labels[k] == r.namespaces.matchLabels[k])
&& r.namespaces.?matchExpressions.orValue([]).all(e,
e.operator == 'In' ? (e.key in variables.labels && variables.labels[e.key] in e.values)
: e.operator == 'NotIn' ? !(e.key in variables.labels && variables.labels[e.key] in e.values)
: e.operator == 'Exists' ? (e.key in variables.labels)
: !(e.key in variables.labels)))";

/// Whether `selector` selects a namespace with `labels`. Nothing if it depends on labels that cannot be read.
pub fn pick(selector: Option<&NamespaceSelector>, labels: Option<&BTreeMap<String, String>>) -> Option<bool> {
    let selector = selector.filter(|picks| !picks.match_labels.is_empty() || !picks.match_expressions.is_empty());
    let Some(selector) = selector else { return Some(true) };
    let labels = labels?;
    Some(
        selector.match_labels.iter().all(|(key, value)| labels.get(key) == Some(&value.0))
            && selector.match_expressions.iter().all(|expression| holds(expression, labels)),
    )
}

fn holds(expression: &LabelExpression, labels: &BTreeMap<String, String>) -> bool {
    let found = labels.get(&expression.key);
    let among = found.is_some_and(|found| expression.values.iter().any(|value| value.0 == *found));
    match expression.operator {
        LabelOperator::In => among,
        LabelOperator::NotIn => !among,
        LabelOperator::Exists => found.is_some(),
        LabelOperator::DoesNotExist => found.is_none(),
    }
}
