//! Checks one criterion after another and keeps the rules that still allow the guest. A refusal names the first
//! criterion that leaves no rule.

use super::{AppliesTo, Ask, CRITERIA, Criterion, Words, listed, namespaces};
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

/// What is lacking in a tenant without rules: the tenant, and the rule that leaves everything out.
pub(super) const NO_RULES: Words = Words(
    "the EntraTenant {} has no rules in spec.access, so nobody may invite (access: [{}] there would let every namespace invite anybody as a guest)",
);

/// What is lacking in a tenant with rules: the tenant, and what no rule has.
pub(super) const NO_RULE: Words =
    Words("no rule in spec.access of the EntraTenant {}, as far as it allows the rest, {}");

/// What a rule says that denies.
pub(super) const DENIED: Words = Words("a rule in spec.access of the EntraTenant {} {}");

/// The answer of `rules` to `ask`.
pub fn judge(rules: &[AccessRule], ask: &Ask<'_>) -> Ruling {
    if rules.is_empty() {
        return not_allowed(ask, &NO_RULES.with(&[ask.tenant(), "{}"]));
    }
    let no_rule = |lacks: &str| not_allowed(ask, &NO_RULE.with(&[ask.tenant(), lacks]));
    // The rules that select the namespace, and those for which that is not known.
    let here = rules.iter().map(|rule| (rule, namespaces::pick(rule.namespaces.as_ref(), ask.labels)));
    let mut left: Vec<(&AccessRule, Option<bool>)> = here.filter(|(_, picked)| *picked != Some(false)).collect();
    if left.is_empty() {
        return no_rule(namespaces::LACKS.0);
    }
    let mut perhaps_denied = false;
    for criterion in of(AppliesTo::ItsNamespaces) {
        let mut against = left.iter().filter(|(rule, _)| !(criterion.check)(rule, ask)).peekable();
        perhaps_denied |= against.peek().is_some();
        if against.any(|(_, picked)| *picked == Some(true)) {
            return not_allowed(ask, &DENIED.with(&[ask.tenant(), &lacks(criterion, ask)]));
        }
    }
    for criterion in of(AppliesTo::ItsGuests).chain(of(AppliesTo::SharedGuests)) {
        if !left.iter().any(|(rule, _)| (criterion.check)(rule, ask)) {
            let listed = listed::told(criterion, left.iter().map(|(rule, _)| *rule));
            return no_rule(&(lacks(criterion, ask) + &listed));
        }
        left.retain(|(rule, _)| (criterion.check)(rule, ask));
    }
    let most = left.iter().filter_map(|(rule, _)| rule.max_guests).max().unwrap_or_default();
    left.retain(|(rule, _)| rule.max_guests.is_none_or(|most| ask.before < most));
    if left.is_empty() {
        return Ruling::Refused(Explanation::new(Reason::TooManyGuests, too_many(ask, most)));
    }
    let mut sure = left.iter().filter(|(_, picked)| *picked == Some(true)).map(|(rule, _)| rule).peekable();
    match sure.peek() {
        Some(_) if !perhaps_denied => {
            Ruling::Allowed { approval: sure.all(|rule| rule.approval == Approval::Required) }
        }
        _ => Ruling::Unknown { message: unreadable(ask) },
    }
}

/// The criteria that apply to these, in the order of the table.
pub(super) fn of(applies_to: AppliesTo) -> impl Iterator<Item = &'static Criterion> {
    CRITERIA.iter().filter(move |criterion| criterion.applies_to == applies_to)
}

fn lacks(criterion: &Criterion, ask: &Ask<'_>) -> String {
    criterion.lacks.with(&[&(criterion.value)(ask)])
}

fn not_allowed(ask: &Ask<'_>, lacking: &str) -> Ruling {
    let (guest, domains) = (ask.spec.address(), ask.domains().join(" and "));
    let values = [ask.namespace, guest.as_str(), &domains, "", lacking, "GuestInvitation"];
    Ruling::Refused(Explanation::new(Reason::NotAllowed, REFUSAL.with(&values)))
}

fn too_many(ask: &Ask<'_>, most: u32) -> String {
    format!(
        "The namespace {} may have {most} guests in the EntraTenant {} (maxGuests), and {} hold their places before {}: who was invited, also if they were left in the directory by Retain, then who was declared first. Delete one of them, or ask who runs the EntraTenant for more.",
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
