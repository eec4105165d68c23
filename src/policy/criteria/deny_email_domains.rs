//! `denyEmailDomains`: the domains to which nothing of a guest goes, neither a mail nor its copy.

use crate::policy::criterion::{AppliesTo, Criterion};
use crate::policy::{Ask, Words, domain};

pub(super) const CRITERION: Criterion = Criterion {
    field: "denyEmailDomains",
    left_out: "null",
    lists: false,
    applies_to: AppliesTo::ItsNamespaces,
    reads: &[],
    derives: &[],
    check: |rule, ask| {
        let denied = rule.deny_email_domains.as_deref().unwrap_or_default();
        !all(ask).iter().any(|domain| denied.iter().any(|pattern| domain::fits(&pattern.0, domain)))
    },
    cel: || {
        let fits = domain::cel_fits("p", "d");
        format!(
            "r.denyEmailDomains == null || !(g.domains + g.ccDomains).exists(d, r.denyEmailDomains.exists(p,\n{fits}))"
        )
    },
    lacks: Words("denies {}, or one of them (denyEmailDomains)"),
    value: |ask| {
        let copies: String = ask.cc_domains().iter().map(|domain| format!(" and {domain}")).collect();
        ask.domains().join(" and ") + &copies
    },
    cel_value: "((size(g.domains) == 2 && g.domains[0] == g.domains[1] ? g.domains[0] : g.domains.join(' and ')) + g.ccDomains.map(d, ' and ' + d).join(''))",
};

fn all(ask: &Ask<'_>) -> Vec<String> {
    ask.domains().into_iter().chain(ask.cc_domains()).collect()
}
