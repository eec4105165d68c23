//! `share`: whether a guest may be a person whom another namespace owns. Whose a person is stands in no spec, so the API server
//! cannot ask it: only the operator checks this, with what it knows of the person.

use crate::api::Permit;
use crate::policy::Words;
use crate::policy::criterion::{AppliesTo, Criterion};

pub(super) const CRITERION: Criterion = Criterion {
    field: "share",
    left_out: "'Denied'",
    lists: false,
    applies_to: AppliesTo::SharedGuests,
    reads: &[],
    derives: &[],
    check: |rule, ask| !ask.shares || rule.share == Permit::Allowed,
    cel: || "true".into(),
    lacks: Words("has share: Allowed, which a person needs who is the guest of another namespace"),
    value: |_| String::new(),
    cel_value: "",
};
