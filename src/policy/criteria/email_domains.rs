//! `emailDomains`: the domains of the guest's address, and of the one that they may sign in with instead.

use crate::policy::criterion::{Criterion, JudgedChange, Otherwise, SpecField};
use crate::policy::{Words, domain};

pub(super) const CRITERION: Criterion = Criterion {
    field: "emailDomains",
    reads: &[SpecField { key: "redeemAs", path: "redeemAs", otherwise: Otherwise::Nothing, change: JudgedChange::Any }],
    derives: &[domain::DERIVED],
    check: |rule, ask| {
        let Some(patterns) = &rule.email_domains else { return true };
        let fits = |domain: &String| patterns.iter().any(|pattern| domain::fits(&pattern.0, domain));
        ask.domains().iter().all(fits)
    },
    cel: || {
        let fits = domain::cel_fits("p", "d");
        format!("r.?emailDomains.orValue(null) == null || g.domains.all(d, r.emailDomains.exists(p,\n{fits}))")
    },
    lacks: Words("has {} among its emailDomains"),
    value: |ask| ask.domains().join(" and "),
    cel_value: domain::CEL_TOLD,
};
