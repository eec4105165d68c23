//! Checks one criterion after another and keeps the rules that still allow the guest. A refusal names the first
//! criterion that leaves no rule.

use super::{Ask, CRITERIA, Words, namespaces};
use crate::api::{AccessRule, Approval, Explanation, Reason};

/// The answer of the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// At least one rule allows the guest.
    Allowed {
        /// Whether somebody must approve the guest first.
        approval: bool,
    },
    /// No rule allows the guest.
    Refused(Explanation),
    /// The answer is not known, because the namespace's labels cannot be read.
    Unknown {
        /// The cause, and what to do.
        message: String,
    },
}

/// The refusal. Its holes: namespace, guest, domains, how many more (in a list), what is lacking, and the kind to
/// change.
pub(super) const REFUSAL: Words = Words(
    "The namespace {} may not invite {} (domain {}){} like this: {}. Change the {}, or ask who runs the EntraTenant for such a rule.",
);

/// What is lacking in a tenant without rules.
pub(super) const NO_RULES: Words = Words(
    "the EntraTenant {} has no rules in spec.access, and without one a guest is of type Guest, in no group, and only followed if they are in the directory already",
);

/// What is lacking in a tenant with rules: the tenant, and what no rule has.
pub(super) const NO_RULE: Words =
    Words("no rule in spec.access of the EntraTenant {}, as far as it allows the rest, {}");

/// The answer of `rules` to `ask`.
pub fn judge(rules: &[AccessRule], ask: &Ask<'_>) -> Ruling {
    // A tenant without rules counts as one with a single rule that leaves everything out.
    let open = [AccessRule::default()];
    let all = if rules.is_empty() { &open } else { rules };
    // The rules that select the namespace, and those for which that is not known.
    let here = all.iter().map(|rule| (rule, namespaces::pick(rule.namespaces.as_ref(), ask.labels)));
    let mut left: Vec<(&AccessRule, Option<bool>)> = here.filter(|(_, picked)| *picked != Some(false)).collect();
    if left.is_empty() {
        return not_allowed(rules, ask, namespaces::LACKS.0);
    }
    for criterion in CRITERIA {
        left.retain(|(rule, _)| (criterion.check)(rule, ask));
        if left.is_empty() {
            return not_allowed(rules, ask, &criterion.lacks.with(&[&(criterion.value)(ask)]));
        }
    }
    let most = left.iter().filter_map(|(rule, _)| rule.max_guests).max().unwrap_or_default();
    left.retain(|(rule, _)| rule.max_guests.is_none_or(|most| ask.before < most));
    if left.is_empty() {
        return Ruling::Refused(Explanation::new(Reason::TooManyGuests, too_many(ask, most)));
    }
    let mut sure = left.iter().filter(|(_, picked)| *picked == Some(true)).map(|(rule, _)| rule).peekable();
    match sure.peek() {
        Some(_) => Ruling::Allowed { approval: sure.all(|rule| rule.approval == Approval::Required) },
        None => Ruling::Unknown { message: unreadable(ask) },
    }
}

fn not_allowed(rules: &[AccessRule], ask: &Ask<'_>, lacks: &str) -> Ruling {
    let lacking = match rules {
        [] => NO_RULES.with(&[ask.tenant()]),
        _ => NO_RULE.with(&[ask.tenant(), lacks]),
    };
    let (guest, domains) = (ask.spec.address(), ask.domains().join(" and "));
    let values = [ask.namespace, guest.as_str(), &domains, "", &lacking, "GuestInvitation"];
    Ruling::Refused(Explanation::new(Reason::NotAllowed, REFUSAL.with(&values)))
}

fn too_many(ask: &Ask<'_>, most: u32) -> String {
    format!(
        "The namespace {} may have {most} guests in the EntraTenant {} (maxGuests), and {} hold their places before {}: who was invited, then who was declared first. Delete one of them, or ask who runs the EntraTenant for more.",
        ask.namespace,
        ask.tenant(),
        ask.before,
        ask.spec.address()
    )
}

fn unreadable(ask: &Ask<'_>) -> String {
    format!(
        "Whether the namespace {} may invite {} depends on its labels (spec.access of the EntraTenant {}), and the operator cannot read them. Let its ServiceAccount list and watch namespaces, or give the tenant rules without namespaces.",
        ask.namespace,
        ask.spec.address(),
        ask.tenant()
    )
}
