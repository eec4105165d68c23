//! The story of one person, a line for each thing that happened.

use super::life::Life;
use super::person::Person;
use super::time::Moment;

/// All of it, in order.
pub fn account(life: &Life, person: &Person<'_>) -> String {
    let mut lines: Vec<(Moment, String)> = Vec::new();
    for claim in &person.claims {
        let of = format!("claim {}/{} {}", claim.namespace, claim.name, short(&claim.uid));
        for (began, wish) in claim.wishes.iter() {
            let wish = wish.as_ref().map_or("gone".to_owned(), |wish| format!("{wish:?}"));
            lines.push((began.to, format!("(from {}) {of}: {wish}", began.from)));
        }
    }
    for (began, record) in person.records() {
        let owner = record.owner.as_ref().map(|(namespace, name, uid)| (namespace, name, uid.as_deref().map(short)));
        let claims: Vec<&str> = record.claims.iter().map(|uid| short(uid)).collect();
        lines.push((
            began.to,
            format!(
                "Guest {}: user {:?} made in {:?}, owner {owner:?} ({:?}), claims {claims:?}, sent {}, open {}",
                record.state,
                record.user.as_deref().map(short),
                record.made_in,
                record.policy,
                record.sent,
                record.open
            ),
        ));
    }
    lines.extend(
        person.requests.iter().map(|request| (request.at, format!("asked {:?} {:?}", request.call, request.worked))),
    );
    lines.extend(person.mails.iter().map(|mail| {
        (mail.at, format!("MAIL to {} {}", short(&mail.user), if mail.resets { "by a reset" } else { "" }))
    }));
    lines.extend(person.deeds.iter().map(|deed| (deed.at, format!("others: {} {:?}", short(&deed.user), deed.what))));
    for (began, rules) in life.rules.iter() {
        lines.push((began.to, format!("rules: {rules:?}")));
    }
    let namespaces = life.labels.iter().filter(|(name, _)| person.claims.iter().any(|claim| claim.namespace == *name));
    for (name, label) in namespaces {
        lines.extend(label.iter().map(|(began, label)| (began.to, format!("label of {name}: {label}"))));
    }
    lines.extend(
        life.blind
            .iter()
            .map(|blind| (blind.span.from, format!("blind until {} (frozen: {})", blind.span.to, blind.frozen))),
    );
    let told = life.end.told.iter().filter(|told| person.claim(&told.uid).is_some());
    lines.extend(told.map(|told| (life.end.at, format!("in the end: {told:?}"))));
    let users = life.end.users.iter().filter(|user| person.users.contains(&user.id.as_str()));
    lines.extend(users.map(|user| (life.end.at, format!("in the end: {user:?}"))));
    lines.sort_by_key(|(at, _)| *at);
    lines.iter().map(|(at, line)| format!("{at:>7} {line}")).collect::<Vec<_>>().join("\n")
}

/// The beginning of an id is enough to tell it from the others of one person.
fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}
