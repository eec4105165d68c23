//! `groups`: the groups that the guest may be added to. A rule without this field allows no group.

use crate::api::ANY_GROUP;
use crate::policy::Words;
use crate::policy::criterion::{Criterion, JudgedChange, Otherwise, SpecField};

pub(super) const CRITERION: Criterion = Criterion {
    field: "groups",
    reads: &[SpecField {
        key: "groups",
        path: "groups",
        otherwise: Otherwise::Value("[]"),
        change: JudgedChange::NewItem,
    }],
    derives: &[],
    check: |rule, ask| {
        let allows = |group: &String| rule.groups.iter().any(|allowed| allowed == group || allowed == ANY_GROUP);
        ask.spec.groups.iter().all(allows)
    },
    cel: || "g.groups.all(n, n in r.?groups.orValue([]) || '*' in r.?groups.orValue([]))".into(),
    lacks: Words("has all of the groups {}"),
    value: |ask| ask.spec.groups.join(", "),
    cel_value: "g.groups.join(', ')",
};
