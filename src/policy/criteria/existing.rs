//! `existing`: what may be done with a person who is in the directory already. A rule without this field allows to
//! leave them alone and to follow them, because the rest changes a user whom somebody else made.

use crate::api::Existing;
use crate::policy::Words;
use crate::policy::criterion::{AppliesTo, Criterion, JudgedChange, Otherwise, SpecField};

pub(super) const CRITERION: Criterion = Criterion {
    field: "existing",
    left_out: "['Refuse', 'Follow']",
    lists: true,
    applies_to: AppliesTo::ItsGuests,
    reads: &[SpecField {
        key: "existing",
        path: "existing",
        otherwise: Otherwise::Value("'Follow'"),
        change: JudgedChange::Any,
    }],
    derives: &[],
    check: |rule, ask| {
        rule.existing.as_deref().unwrap_or(&[Existing::Refuse, Existing::Follow]).contains(&ask.spec.existing)
    },
    cel: || "g.existing in r.existing".into(),
    lacks: Words("has {} among its existing"),
    value: |ask| format!("{:?}", ask.spec.existing),
    cel_value: "g.existing",
};
