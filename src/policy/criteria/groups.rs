//! `groups`: the groups that the guest may be added to. A rule without this field allows no group.

use crate::policy::Words;
use crate::policy::criterion::{AppliesTo, Criterion, JudgedChange, Otherwise, SpecField, all_named, all_named_cel};

pub(super) const CRITERION: Criterion = Criterion {
    field: "groups",
    left_out: "[]",
    lists: true,
    applies_to: AppliesTo::ItsGuests,
    reads: &[SpecField {
        key: "groups",
        path: "groups",
        otherwise: Otherwise::Value("[]"),
        change: JudgedChange::NewItem,
    }],
    derives: &[],
    check: |rule, ask| all_named(&rule.groups, &ask.spec.groups),
    cel: || all_named_cel("groups", "g.groups"),
    lacks: Words("has all of the groups {}"),
    value: |ask| ask.spec.groups.join(", "),
    cel_value: "g.groups.join(', ')",
};
