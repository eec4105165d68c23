//! `sponsors`: whom a guest may have as sponsors.

use crate::policy::Words;
use crate::policy::criterion::{AppliesTo, Criterion, JudgedChange, Otherwise, SpecField, all_named, all_named_cel};

pub(super) const CRITERION: Criterion = Criterion {
    field: "sponsors",
    left_out: "null",
    lists: true,
    applies_to: AppliesTo::ItsGuests,
    reads: &[SpecField {
        key: "sponsors",
        path: "sponsors",
        otherwise: Otherwise::Value("[]"),
        // One less may be one too few.
        change: JudgedChange::Any,
    }],
    derives: &[],
    check: |rule, ask| rule.sponsors.as_ref().is_none_or(|listed| all_named(listed, &ask.spec.sponsors)),
    cel: || format!("r.sponsors == null || {}", all_named_cel("sponsors", "g.sponsors")),
    lacks: Words("has all of the sponsors {}"),
    value: |ask| ask.spec.sponsors.join(", "),
    cel_value: "g.sponsors.join(', ')",
};
