//! `require.expiresAfter`: a guest who has to accept within some time.

use crate::policy::Words;
use crate::policy::criterion::{AppliesTo, Criterion, JudgedChange, Otherwise, SpecField};
use crate::policy::time::cel_span;

pub(super) const CRITERION: Criterion = Criterion {
    field: "require.expiresAfter",
    left_out: "null",
    lists: false,
    applies_to: AppliesTo::ItsGuests,
    reads: &[SpecField {
        key: "expiresAfter",
        path: "expiresAfter",
        otherwise: Otherwise::Nothing,
        change: JudgedChange::Longer,
    }],
    derives: &[],
    check: |rule, ask| {
        let Some(limit) = rule.require.as_ref().and_then(|require| require.expires_after.as_ref()) else { return true };
        let after = ask.spec.expires_after.as_ref().and_then(|after| after.length().ok());
        after.zip(limit.within.length().ok()).is_some_and(|(after, within)| after <= within)
    },
    cel: || {
        let (after, within) = (cel_span("g.expiresAfter"), "duration(r.requireExpiresAfter.within)");
        format!("r.requireExpiresAfter == null || (g.expiresAfter != null && {after} <= {within})")
    },
    lacks: Words("allows {} (require.expiresAfter.within)"),
    value: |ask| match &ask.spec.expires_after {
        Some(_) => "an expiresAfter so long".into(),
        None => "a guest without expiresAfter".into(),
    },
    cel_value: "(g.expiresAfter == null ? 'a guest without expiresAfter' : 'an expiresAfter so long')",
};
