//! `delivery`: who may mail the guest.

use crate::policy::Words;
use crate::policy::criterion::{AppliesTo, Criterion, JudgedChange, Otherwise, SpecField, among, among_cel};

pub(super) const CRITERION: Criterion = Criterion {
    field: "delivery",
    left_out: "null",
    lists: true,
    applies_to: AppliesTo::ItsGuests,
    reads: &[SpecField {
        key: "delivery",
        path: "delivery",
        otherwise: Otherwise::Default { field: "delivery", value: "'Microsoft'" },
        change: JudgedChange::Any,
    }],
    derives: &[],
    check: |rule, ask| among(rule.delivery.as_ref(), &ask.delivery()),
    cel: || among_cel("delivery", "g.delivery"),
    lacks: Words("has {} among its delivery"),
    value: |ask| format!("{:?}", ask.delivery()),
    cel_value: "g.delivery",
};
