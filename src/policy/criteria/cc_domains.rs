//! `ccDomains`: the domain of who gets a copy of the mail, and with it the link. A rule without this field has its
//! `emailDomains` in its place.

use crate::policy::criterion::{AppliesTo, Criterion, Derived, JudgedChange, Otherwise, SpecField};
use crate::policy::{Words, domain};

pub(super) const CRITERION: Criterion = Criterion {
    field: "ccDomains",
    left_out: "r.?emailDomains.orValue(null)",
    lists: true,
    applies_to: AppliesTo::ItsGuests,
    reads: &[SpecField {
        key: "cc",
        path: "message.cc",
        otherwise: Otherwise::Value("[]"),
        change: JudgedChange::NewItem,
    }],
    derives: &[Derived { key: "ccDomains", cel: || domain::cel_of("(g.cc == null ? [] : g.cc)"), before: None }],
    check: |rule, ask| domain::all_fit(rule.cc_domains.as_ref().or(rule.email_domains.as_ref()), &ask.cc_domains()),
    cel: || domain::cel_all_fit("ccDomains", "g.ccDomains"),
    lacks: Words("has {} of message.cc among its ccDomains, or else its emailDomains"),
    value: |ask| ask.cc_domains().join(" and "),
    cel_value: "g.ccDomains.join(' and ')",
};
