//! `require.accessUntil`: a guest whose access has an end, not too long after the GuestInvitation was made. Of a list's entry,
//! whose GuestInvitation is still to be made, only is asked whether it has an end.

use crate::policy::Words;
use crate::policy::criterion::{AppliesTo, Criterion, JudgedChange, Otherwise, SpecField};
use crate::policy::time::cel_time;

pub(super) const CRITERION: Criterion = Criterion {
    field: "require.accessUntil",
    left_out: "null",
    lists: false,
    applies_to: AppliesTo::ItsGuests,
    reads: &[SpecField {
        key: "accessUntil",
        path: "accessUntil",
        otherwise: Otherwise::Nothing,
        change: JudgedChange::Later,
    }],
    derives: &[],
    check: |rule, ask| {
        let Some(limit) = rule.require.as_ref().and_then(|require| require.access_until.as_ref()) else { return true };
        let Some(until) = ask.spec.access_until else { return false };
        let Some(created) = ask.created else { return true };
        let latest = limit.within.length().ok().and_then(|within| created.checked_add(within).ok());
        latest.is_some_and(|latest| until <= latest)
    },
    cel: || {
        let until = cel_time("g.accessUntil");
        format!(
            "r.requireAccessUntil == null || (g.accessUntil != null && (g.created == null
|| {until} <= timestamp(g.created) + duration(r.requireAccessUntil.within)))"
        )
    },
    lacks: Words("allows {} (require.accessUntil.within is counted from when the GuestInvitation was made)"),
    value: |ask| match ask.spec.access_until {
        Some(_) => "an accessUntil so late".into(),
        None => "a guest without accessUntil".into(),
    },
    cel_value: "(g.accessUntil == null ? 'a guest without accessUntil' : 'an accessUntil so late')",
};
