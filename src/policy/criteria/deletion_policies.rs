//! `deletionPolicies`: what may happen to the user at the end.

use crate::policy::Words;
use crate::policy::criterion::{AppliesTo, Criterion, JudgedChange, Otherwise, SpecField, among, among_cel};

pub(super) const CRITERION: Criterion = Criterion {
    field: "deletionPolicies",
    left_out: "null",
    lists: true,
    applies_to: AppliesTo::ItsGuests,
    reads: &[SpecField {
        key: "deletionPolicy",
        path: "deletionPolicy",
        otherwise: Otherwise::Default { field: "deletionPolicy", value: "'Retain'" },
        change: JudgedChange::Any,
    }],
    derives: &[],
    check: |rule, ask| among(rule.deletion_policies.as_ref(), &ask.deletion_policy()),
    cel: || among_cel("deletionPolicies", "g.deletionPolicy"),
    lacks: Words("has {} among its deletionPolicies"),
    value: |ask| format!("{:?}", ask.deletion_policy()),
    cel_value: "g.deletionPolicy",
};
