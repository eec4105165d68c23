//! The judge: nobody was changed, mailed, ended or joined to a group but as some version of a GuestInvitation asked for it that one
//! rule of its namespace allowed as a whole. A pure function of the facts, which shares no code with the operator.

pub mod facts;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use facts::{Deed, Facts, Mail, Person, Version, What};
use rules::{DELIVERY, REDIRECT, properties, texts};

/// What a namespace may do with a user; each more than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Right {
    Nothing,
    Follow,
    Manage,
    Own,
}

/// What was wrong, a sentence for each deed and each mail.
pub fn judge(facts: &Facts) -> Vec<String> {
    let deeds = facts.deeds.iter().enumerate();
    let deeds = deeds.filter(|(n, deed)| !is_right(facts, deed, &facts.deeds[..*n]));
    let mut wrong: Vec<String> = deeds
        .map(|(_, deed)| format!("no version that a rule allows asks for {deed:?}\n{}", account(facts, deed)))
        .collect();
    let mails = facts.mails.iter().filter(|mail| mail.own && !is_right_mail(facts, mail));
    wrong.extend(mails.map(|mail| {
        let versions = versions_of(facts, &mail.to, holder(facts, &mail.to, mail.at), mail.at);
        format!("no version that a rule allows asks for {mail:?}\n{versions}")
    }));
    wrong
}

/// How often what was asked for.
pub fn counts(facts: &Facts) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for deed in &facts.deeds {
        let kind = match &deed.what {
            What::Invite { resets: Some(_), .. } => "resets",
            What::Invite { mails: true, .. } => "invitations with a mail",
            What::Invite { .. } => "invitations without a mail",
            What::Update { changes, .. } if changes.contains_key("accountEnabled") => "disabled or enabled",
            What::Update { .. } => "changes of a user",
            What::Delete { .. } => "deleted",
            What::Restore { .. } => "restored",
            What::Join { .. } => "joined",
            What::Leave { .. } => "taken out of a group",
            What::Sponsor { .. } => "sponsored",
            What::Unsponsor { .. } => "sponsors taken away",
            What::Other(operation) => operation,
        };
        *counts.entry(kind).or_default() += 1;
    }
    let copies = facts.mails.iter().filter(|mail| mail.cc.is_some()).count();
    counts.extend([("mails", facts.mails.len()), ("mails with a copy", copies)]);
    counts
}

/// Whom a deed was done to, and every version that there was for them, for a reader who wants to know how it came to that.
fn account(facts: &Facts, deed: &Deed) -> String {
    let user = user_of(&deed.what).and_then(|id| facts.users.iter().find(|user| user.id == id));
    let address = match (&deed.what, user) {
        (What::Invite { address, resets: None, .. }, _) => address.as_str(),
        (_, Some(user)) => &user.address,
        (_, None) => return "  nobody was ever heard of".into(),
    };
    versions_of(facts, address, user, deed.at)
}

/// Every version for an address, and whether it was allowed to do something with the user then.
fn versions_of(facts: &Facts, address: &str, user: Option<&Person>, at: Timestamp) -> String {
    let of_them = facts.versions.iter().filter(|version| is_for(version, address));
    let versions = of_them.map(|version| {
        let allowed = is_allowed(facts, version, user, at);
        let Version { namespace, uid, generation, spec, annotations, .. } = version;
        format!("  {namespace} {uid} {generation} (allowed: {allowed}): {spec} {annotations:?}")
    });
    let mut lines: Vec<String> = versions.collect();
    lines.dedup();
    format!("  {user:?}\n{}", lines.join("\n"))
}

fn user_of(what: &What) -> Option<&str> {
    match what {
        What::Invite { resets, .. } => resets.as_deref(),
        What::Update { user, .. }
        | What::Delete { user }
        | What::Restore { user }
        | What::Join { user, .. }
        | What::Leave { user, .. }
        | What::Sponsor { user, .. }
        | What::Unsponsor { user, .. } => Some(user),
        What::Other(_) => None,
    }
}

fn is_right(facts: &Facts, deed: &Deed, before: &[Deed]) -> bool {
    if let What::Update { user, changes } = &deed.what
        && changes.len() > 1
    {
        // One version may ask for one of them, and another one for the other.
        return changes.iter().all(|(name, value)| {
            let changes = Map::from_iter([(name.clone(), value.clone())]);
            is_right(facts, &Deed { at: deed.at, what: What::Update { user: user.clone(), changes } }, before)
        });
    }
    if let What::Invite { address, resets: None, .. } = &deed.what {
        // Whoever has the address is invited once more; else somebody is made.
        let known = holder(facts, address, deed.at);
        return facts.versions.iter().any(|version| {
            is_for(version, address)
                && is_allowed(facts, version, known, deed.at)
                && asks_to_invite(facts, version, known, &deed.what)
        });
    }
    let user = user_of(&deed.what).and_then(|id| facts.users.iter().find(|user| user.id == id));
    let Some(user) = user else { return false };
    let earlier = |so: &dyn Fn(&What) -> bool| before.iter().any(|deed| so(&deed.what));
    match &deed.what {
        What::Leave { user, group } => {
            return earlier(&|what| matches!(what, What::Join { user: of, group: to } if of == user && to == group));
        }
        What::Unsponsor { user, sponsor } => {
            return earlier(
                &|what| matches!(what, What::Sponsor { user: of, sponsor: by } if of == user && by == sponsor),
            );
        }
        What::Update { user, changes } if changes.get("accountEnabled") == Some(&Value::Bool(true)) => {
            let disables = |changes: &Map<String, Value>| changes.get("accountEnabled") == Some(&Value::Bool(false));
            if !earlier(&|what| matches!(what, What::Update { user: of, changes } if of == user && disables(changes))) {
                return false;
            }
        }
        _ => {}
    }
    facts.versions.iter().any(|version| {
        // Whoever was invited as somebody else has that address from the first.
        let theirs =
            || version.spec["email"] == user.address.as_str() || maker(facts, user) == Some(&version.namespace);
        is_for(version, &user.address)
            && theirs()
            && is_allowed(facts, version, Some(user), deed.at)
            && asks(facts, version, user, &deed.what)
    })
}

/// Whether the version is for this address, or has its guest accept with it.
fn is_for(version: &Version, address: &str) -> bool {
    ["email", "redeemAs"].iter().any(|field| version.spec[*field] == address)
}

/// Whoever had an address at this time.
fn holder<'a>(facts: &'a Facts, address: &str, at: Timestamp) -> Option<&'a Person> {
    let there = |user: &&Person| user.created < at && user.deleted.is_none_or(|deleted| deleted > at);
    let has = |user: &&Person| user.address == address || user.found.as_deref() == Some(address);
    facts.users.iter().filter(there).find(has)
}

fn is_allowed(facts: &Facts, version: &Version, user: Option<&Person>, at: Timestamp) -> bool {
    let own = user.and_then(|user| user.found.as_deref());
    rules::allow(&facts.access, version, own, &facts.approvals, at)
}

/// What this version may do with a user: all with those whom an invitation of its namespace made.
fn right(facts: &Facts, version: &Version, user: &Person) -> Right {
    if maker(facts, user) == Some(&version.namespace) {
        return Right::Own;
    }
    match version.spec["existing"].as_str() {
        Some("Own") => Right::Own,
        Some("Manage") => Right::Manage,
        // Whoever follows somebody already goes on: it refuses whom it finds.
        Some("Refuse")
            if !facts.versions.iter().any(|other| other.uid == version.uid && other.spec["existing"] != "Refuse") =>
        {
            Right::Nothing
        }
        _ => Right::Follow,
    }
}

/// The namespace whose invitation made a user: each sends its guests to a host of its own.
fn maker<'a>(facts: &'a Facts, user: &Person) -> Option<&'a String> {
    if user.found.is_some() {
        return None;
    }
    let made = facts.deeds.iter().rfind(|deed| {
        matches!(&deed.what, What::Invite { address, resets: None, .. } if *address == user.address)
            && deed.at <= user.created
    })?;
    let What::Invite { address, redirect, .. } = &made.what else { return None };
    let of_address = facts.versions.iter().filter(|version| is_for(version, address));
    let mut sent_there = of_address.filter(|version| version.spec["redirectUrl"] == redirect.as_str());
    sent_there.find(|version| is_allowed(facts, version, None, made.at)).map(|version| &version.namespace)
}

fn asks_to_invite(facts: &Facts, version: &Version, known: Option<&Person>, what: &What) -> bool {
    let What::Invite { address: _, resets: _, mails, member, redirect, cc } = what else { return false };
    let spec = &version.spec;
    let named = |name: &str| version.annotations.iter().any(|annotation| annotation == name);
    let asked = named("guestlist.dev/resend") || named("guestlist.dev/reset-redemption");
    let of_known = known.is_none_or(|user| {
        // Nobody who was found is mailed unasked.
        right(facts, version, user) >= Right::Manage && (user.found.is_none() || !mails || asked)
    });
    of_known
        && spec["redirectUrl"].as_str().unwrap_or(REDIRECT) == redirect
        && (!mails || spec["delivery"].as_str().unwrap_or(DELIVERY) == "Microsoft")
        && (!member || spec["userType"] == "Member")
        && cc.as_ref().is_none_or(|cc| texts(&spec["message"]["cc"]).contains(&cc.as_str()))
}

/// Whether the version asks for this to be done with a user, and may.
fn asks(facts: &Facts, version: &Version, user: &Person, what: &What) -> bool {
    let (spec, right) = (&version.spec, right(facts, version, user));
    match what {
        What::Invite { address, .. } => {
            let moves = *address != user.address && user.found.as_ref() != Some(address);
            let made = maker(facts, user) == Some(&version.namespace);
            right >= Right::Manage
                && asks_to_invite(facts, version, Some(user), what)
                && version.annotations.iter().any(|name| name == "guestlist.dev/reset-redemption")
                && (!moves || (made && spec["redeemAs"] == address.as_str()))
        }
        What::Update { changes, .. } => {
            right >= Right::Manage && changes.iter().all(|(name, value)| sets(facts, version, user, name, value))
        }
        What::Delete { .. } => right == Right::Own && spec["deletionPolicy"] == "Delete",
        What::Restore { .. } => right >= Right::Manage,
        What::Join { group, .. } => right >= Right::Follow && texts(&spec["groups"]).contains(&group.as_str()),
        What::Sponsor { sponsor, .. } => right >= Right::Manage && texts(&spec["sponsors"]).contains(&sponsor.as_str()),
        What::Leave { .. } | What::Unsponsor { .. } | What::Other(_) => false,
    }
}

/// Whether the version asks for a property to become so. What a spec does not name any more is cleared.
fn sets(facts: &Facts, version: &Version, user: &Person, name: &str, value: &Value) -> bool {
    let spec = &version.spec;
    match name {
        "accountEnabled" => *value == true || spec["deletionPolicy"] == "Disable",
        "mail" | "otherMails" => {
            let moved = spec["redeemAs"].as_str().unwrap_or_default();
            let named = value == moved || texts(value).contains(&moved);
            named && !moved.is_empty() && maker(facts, user) == Some(&version.namespace)
        }
        "displayName" => properties(spec).iter().any(|property| property == name),
        _ => {
            let field = if name == "businessPhones" { "businessPhone" } else { name };
            let (declared, list) = (&spec["profile"][field], value.as_array());
            let cleared = value.is_null() || list.is_some_and(Vec::is_empty);
            !declared.is_null() && (cleared || declared == value || list.is_some_and(|list| list.contains(declared)))
        }
    }
}

/// A mail of the operator's own: to the guest, and to the copy that the spec names.
fn is_right_mail(facts: &Facts, mail: &Mail) -> bool {
    facts.versions.iter().any(|version| {
        let spec = &version.spec;
        let known = holder(facts, spec["email"].as_str().unwrap_or_default(), mail.at);
        is_for(version, &mail.to)
            && spec["delivery"] == "Mail"
            && mail.cc.as_ref().is_none_or(|cc| texts(&spec["message"]["cc"]).contains(&cc.as_str()))
            && is_allowed(facts, version, known, mail.at)
            && known.is_none_or(|user| right(facts, version, user) >= Right::Manage)
    })
}
