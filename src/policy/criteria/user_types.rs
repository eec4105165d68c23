//! `userTypes`: the kind of user to make. A rule without this field allows guests only, because a member has more
//! rights.

use crate::api::UserType;
use crate::policy::Words;
use crate::policy::criterion::{AppliesTo, Criterion, JudgedChange, Otherwise, SpecField};

pub(super) const CRITERION: Criterion = Criterion {
    field: "userTypes",
    left_out: "['Guest']",
    lists: true,
    applies_to: AppliesTo::ItsGuests,
    reads: &[SpecField {
        key: "userType",
        path: "userType",
        otherwise: Otherwise::Value("'Guest'"),
        change: JudgedChange::Any,
    }],
    derives: &[],
    check: |rule, ask| rule.user_types.as_deref().unwrap_or(&[UserType::Guest]).contains(&ask.spec.user_type),
    cel: || "g.userType in r.userTypes".into(),
    lacks: Words("has {} among its userTypes"),
    value: |ask| format!("{:?}", ask.spec.user_type),
    cel_value: "g.userType",
};
