//! `redeemAs`: whether a guest may accept anew with another address. Whoever has that address is then the user, with the same
//! id and in the same groups. A rule without this field denies it.

use crate::api::Permit;
use crate::policy::Words;
use crate::policy::criterion::{AppliesTo, Criterion};

pub(super) const CRITERION: Criterion = Criterion {
    field: "redeemAs",
    left_out: "'Denied'",
    lists: false,
    applies_to: AppliesTo::ItsGuests,
    // `emailDomains` reads it.
    reads: &[],
    derives: &[],
    check: |rule, ask| ask.spec.redeem_as.is_none() || rule.redeem_as == Permit::Allowed,
    cel: || "g.redeemAs == null || r.redeemAs == 'Allowed'".into(),
    lacks: Words("has redeemAs: Allowed"),
    value: |_| String::new(),
    cel_value: "",
};
