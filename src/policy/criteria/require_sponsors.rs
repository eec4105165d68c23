//! `require.sponsors`: a guest for whom somebody answers.

use crate::policy::Words;
use crate::policy::criterion::{AppliesTo, Criterion};

pub(super) const CRITERION: Criterion = Criterion {
    field: "require.sponsors",
    left_out: "null",
    lists: false,
    applies_to: AppliesTo::ItsGuests,
    // `sponsors` reads them.
    reads: &[],
    derives: &[],
    check: |rule, ask| {
        let least = rule.require.as_ref().and_then(|require| require.sponsors);
        least.is_none_or(|least| ask.spec.sponsors.len() >= usize::from(least))
    },
    cel: || "r.requireSponsors == null || size(g.sponsors) >= r.requireSponsors".into(),
    lacks: Words("allows a guest with {} sponsors (require.sponsors)"),
    value: |ask| ask.spec.sponsors.len().to_string(),
    cel_value: "string(size(g.sponsors))",
};
