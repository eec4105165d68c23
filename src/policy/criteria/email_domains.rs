//! `emailDomains`: the domain of the guest's address, of the address that they may sign in with instead, and of a user who
//! was found for it.

use crate::policy::criterion::{AppliesTo, Criterion, Derived, JudgedChange, Otherwise, SpecField};
use crate::policy::{Words, domain};

pub(super) const CRITERION: Criterion = Criterion {
    field: "emailDomains",
    left_out: "null",
    lists: true,
    applies_to: AppliesTo::ItsGuests,
    reads: &[SpecField {
        key: "redeemAs",
        path: "redeemAs",
        otherwise: Otherwise::Nothing,
        change: JudgedChange::NewValue,
    }],
    derives: &[DOMAINS],
    check: |rule, ask| domain::all_fit(rule.email_domains.as_ref(), &ask.domains()),
    cel: || domain::cel_all_fit("emailDomains", "g.domains"),
    lacks: Words("has {} among its emailDomains"),
    value: |ask| ask.domains().join(" and "),
    cel_value: domain::CEL_TOLD,
};

/// In CEL: the domains of every address that a guest may sign in with.
const DOMAINS: Derived =
    Derived { key: "domains", cel: || domain::cel_of("[g.email, g.redeemAs].filter(a, a != null)"), before: None };
