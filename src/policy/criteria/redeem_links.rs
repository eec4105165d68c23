//! `redeemLinks`: whether the redeem link may be put into a Secret of the guest's namespace. A rule without this field denies
//! it, because whoever reads the Secret can accept in the guest's place.

use crate::api::Permit;
use crate::policy::Words;
use crate::policy::criterion::{AppliesTo, Criterion, JudgedChange, Otherwise, SpecField};

pub(super) const CRITERION: Criterion = Criterion {
    field: "redeemLinks",
    left_out: "'Denied'",
    lists: false,
    applies_to: AppliesTo::ItsGuests,
    reads: &[SpecField {
        key: "redeemUrlSecret",
        path: "redeemUrlSecretRef.name",
        otherwise: Otherwise::Nothing,
        change: JudgedChange::NewValue,
    }],
    derives: &[],
    check: |rule, ask| ask.spec.redeem_url_secret_ref.is_none() || rule.redeem_links == Permit::Allowed,
    cel: || "g.redeemUrlSecret == null || r.redeemLinks == 'Allowed'".into(),
    lacks: Words("has redeemLinks: Allowed, which redeemUrlSecretRef needs"),
    value: |_| String::new(),
    cel_value: "",
};
