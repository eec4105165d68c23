//! The rules are narrowed one question at a time; the first question that leaves none over is the one to name.

use super::{Ask, Ruling, domain, labels, redirect};
use crate::api::{ANY_GROUP, AccessRule, Approval, UserType};

/// What `rules` say to `ask`.
pub fn rule(rules: &[AccessRule], ask: &Ask<'_>) -> Ruling {
    // No rules are one that leaves everything out.
    let open = [AccessRule::default()];
    let all = if rules.is_empty() { &open } else { rules };
    let here = all.iter().map(|rule| (rule, labels::pick(rule.namespaces.as_ref(), ask.labels)));
    let here = here.filter(|(_, picked)| *picked != Some(false)).collect();
    let questions: [(&Question, &dyn Fn() -> String); 5] = [
        (&fits_domains, &|| format!("has {} among its emailDomains", domains(ask))),
        (&|rule, ask| user_types(rule).contains(&ask.user_type), &|| {
            format!("has {:?} among its userTypes", ask.user_type)
        }),
        (&fits_groups, &|| format!("has all of the groups {}", ask.groups.join(", "))),
        (&fits_redirect, &|| format!("has a redirectUrl that {} lies below", ask.redirect_url.unwrap_or_default())),
        (&|rule, ask| rule.delivery.as_ref().is_none_or(|ways| ways.contains(&ask.delivery)), &|| {
            format!("has {:?} among its delivery", ask.delivery)
        }),
    ];
    let mut left: Vec<(&AccessRule, Option<bool>)> = here;
    let mut lacks = "is for this namespace, by its labels".to_owned();
    for (question, wanting) in questions {
        if left.is_empty() {
            break;
        }
        left.retain(|(rule, _)| question(rule, ask));
        lacks = wanting();
    }
    if left.is_empty() {
        return Ruling::Refused { reason: "NotAllowed", message: not_allowed(rules, ask, &lacks) };
    }
    let most = left.iter().filter_map(|(rule, _)| rule.max_guests).max().unwrap_or_default();
    left.retain(|(rule, _)| rule.max_guests.is_none_or(|most| ask.before < most));
    if left.is_empty() {
        return Ruling::Refused { reason: "TooManyGuests", message: too_many(ask, most) };
    }
    let mut sure = left.iter().filter(|(_, picked)| *picked == Some(true)).map(|(rule, _)| rule).peekable();
    match sure.peek() {
        Some(_) => Ruling::Allowed { approval: sure.all(|rule| rule.approval == Approval::Required) },
        None => Ruling::Unknown { message: unreadable(ask) },
    }
}

type Question = dyn Fn(&AccessRule, &Ask<'_>) -> bool;

fn fits_domains(rule: &AccessRule, ask: &Ask<'_>) -> bool {
    let Some(patterns) = &rule.email_domains else { return true };
    let fits = |domain: String| patterns.iter().any(|pattern| domain::fits(&pattern.0, &domain));
    // Who may sign in with another address is as good as invited by it.
    std::iter::once(&ask.address).chain(&ask.redeem_as).map(domain::of).all(fits)
}

fn fits_groups(rule: &AccessRule, ask: &Ask<'_>) -> bool {
    ask.groups.iter().all(|group| rule.groups.iter().any(|allowed| allowed == group || allowed == ANY_GROUP))
}

fn fits_redirect(rule: &AccessRule, ask: &Ask<'_>) -> bool {
    match (&rule.redirect_urls, ask.redirect_url) {
        (Some(prefixes), Some(address)) => prefixes.iter().any(|prefix| redirect::fits(&prefix.0, address)),
        // The tenant's own default needs no rule.
        _ => true,
    }
}

fn user_types(rule: &AccessRule) -> &[UserType] {
    rule.user_types.as_deref().unwrap_or(&[UserType::Guest])
}

fn domains(ask: &Ask<'_>) -> String {
    let domain = domain::of(&ask.address);
    let other = ask.redeem_as.as_ref().map(domain::of).filter(|other| *other != domain);
    other.map_or_else(|| domain.clone(), |other| format!("{domain} and {other}"))
}

fn not_allowed(rules: &[AccessRule], ask: &Ask<'_>, lacks: &str) -> String {
    let none = match rules {
        [] => format!(
            "the EntraTenant {} has no rules in spec.access, and without one a guest is of type Guest and in no group",
            ask.tenant
        ),
        _ => format!("no rule in spec.access of the EntraTenant {}, as far as it allows the rest, {lacks}", ask.tenant),
    };
    format!(
        "The namespace {} may not invite {} (domain {}) like this: {none}. Change the GuestInvitation, or ask who runs the EntraTenant for such a rule.",
        ask.namespace,
        ask.address,
        domains(ask)
    )
}

fn too_many(ask: &Ask<'_>, most: u32) -> String {
    format!(
        "The namespace {} may have {most} guests in the EntraTenant {} (maxGuests), and {} hold their places before {}: who was invited, then who was declared first. Delete one of them, or ask who runs the EntraTenant for more.",
        ask.namespace, ask.tenant, ask.before, ask.address
    )
}

fn unreadable(ask: &Ask<'_>) -> String {
    format!(
        "Whether the namespace {} may invite {} depends on its labels (spec.access of the EntraTenant {}), and the operator cannot read them. Let its ServiceAccount list and watch namespaces, or give the tenant rules without namespaces.",
        ask.namespace, ask.address, ask.tenant
    )
}
