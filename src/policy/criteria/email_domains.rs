//! `emailDomains`: the domain of the guest's address, and of the address that they may sign in with instead.

use crate::policy::criterion::{Criterion, Derived, JudgedChange, Otherwise, SpecField};
use crate::policy::{Words, domain};

pub(super) const CRITERION: Criterion = Criterion {
    field: "emailDomains",
    reads: &[SpecField { key: "redeemAs", path: "redeemAs", otherwise: Otherwise::Nothing, change: JudgedChange::Any }],
    derives: &[DOMAINS],
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

/// In CEL: the domains of every address that a guest may sign in with.
const DOMAINS: Derived = Derived {
    key: "domains",
    cel: "dyn([g.email, g.redeemAs].filter(a, a != null).map(a, a.trim().lowerAscii())
.map(a, a.substring(a.lastIndexOf('@') + 1)).map(d, d.endsWith('.') ? d.substring(0, size(d) - 1) : d))",
    before: None,
};
