//! What an access rule allows, read from docs/who-may-invite.md and by no code of the operator's.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use url::Url;

use super::facts::{Approval, Version};

/// What a guest has who says nothing, by the defaults of the EntraTenant.
pub const REDIRECT: &str = "https://myapps.microsoft.com";
pub const DELIVERY: &str = "Microsoft";
const LANGUAGE: &str = "en-US";

/// The properties that need no rule.
const FREE: [&str; 4] = ["displayName", "givenName", "surname", "preferredLanguage"];

/// Whether one of the rules as a whole allows this version, at this time, for a user whose own address is `own`.
pub fn allow(access: &[Value], version: &Version, own: Option<&str>, approvals: &[Approval], at: Timestamp) -> bool {
    let of_namespace = |rule: &&Value| {
        let team = &rule["namespaces"]["matchLabels"]["team"];
        team.is_null() || *team == version.namespace.as_str()
    };
    let rules: Vec<&Value> = access.iter().filter(of_namespace).collect();
    let spec = &version.spec;
    let mut addresses = texts(&spec["message"]["cc"]);
    addresses.extend(["email", "redeemAs"].iter().filter_map(|field| spec[field].as_str()));
    addresses.extend(own);
    let denied = |rule: &&Value| addresses.iter().any(|address| is_among(address, &rule["denyEmailDomains"]));
    if rules.iter().any(denied) {
        return false;
    }
    rules.iter().any(|rule| {
        let approved = rule["approval"] != "Required" || is_approved(version, approvals, at);
        approved && addresses_fit(rule, spec, own) && wishes_fit(rule, spec) && demands_are_met(rule, version)
    })
}

fn is_approved(version: &Version, approvals: &[Approval], at: Timestamp) -> bool {
    let of_it = |approval: &&Approval| approval.uid == version.uid && approval.generation == version.generation;
    approvals.iter().filter(of_it).any(|approval| approval.from <= at)
}

fn addresses_fit(rule: &Value, spec: &Value, own: Option<&str>) -> bool {
    let domains = &rule["emailDomains"];
    let whose = [spec["email"].as_str(), spec["redeemAs"].as_str(), own];
    let copies = if rule["ccDomains"].is_array() { &rule["ccDomains"] } else { domains };
    whose.into_iter().flatten().all(|address| domains.is_null() || is_among(address, domains))
        && texts(&spec["message"]["cc"]).iter().all(|cc| copies.is_null() || is_among(cc, copies))
}

fn wishes_fit(rule: &Value, spec: &Value) -> bool {
    let text = |value: &Value, default: &str| value.as_str().unwrap_or(default).to_owned();
    let one_of = |field: &str, default: &[&str], wish: String| match rule[field].as_array() {
        Some(_) => texts(&rule[field]).iter().any(|allowed| *allowed == "*" || allowed.eq_ignore_ascii_case(&wish)),
        None => default.is_empty() || default.contains(&wish.as_str()),
    };
    let permitted = |field: &str, wish: &Value| wish.is_null() || rule[field] == "Allowed";
    let nothing = ["nothing"];
    let redirect = spec["redirectUrl"].as_str();
    one_of("userTypes", &["Guest"], text(&spec["userType"], "Guest"))
        && one_of("delivery", &[], text(&spec["delivery"], DELIVERY))
        && one_of("languages", &[], text(&spec["message"]["language"], LANGUAGE))
        && one_of("existing", &["Refuse", "Follow"], text(&spec["existing"], "Follow"))
        && one_of("deletionPolicies", &[], text(&spec["deletionPolicy"], "Retain"))
        && texts(&spec["groups"]).iter().all(|group| one_of("groups", &nothing, (*group).to_owned()))
        && texts(&spec["sponsors"]).iter().all(|sponsor| one_of("sponsors", &[], (*sponsor).to_owned()))
        && properties(spec).iter().all(|property| one_of("profile", &FREE, property.clone()))
        && permitted("redeemAs", &spec["redeemAs"])
        && permitted("redeemLinks", &spec["redeemUrlSecretRef"])
        && (rule["redirectUrls"].is_null()
            || redirect.is_none_or(|to| texts(&rule["redirectUrls"]).iter().any(|prefix| is_below(to, prefix))))
}

fn demands_are_met(rule: &Value, version: &Version) -> bool {
    let demanded = &rule["require"]["accessUntil"]["within"];
    let hours = demanded.as_str().and_then(|within| within.strip_suffix('h')?.parse::<i64>().ok());
    let Some(hours) = hours else { return demanded.is_null() };
    let until = version.spec["accessUntil"].as_str().and_then(|until| until.parse::<Timestamp>().ok());
    until.is_some_and(|until| until.duration_since(version.created) <= SignedDuration::from_hours(hours))
}

/// The properties of the user that a spec sets, by the names that a rule has for them.
pub fn properties(spec: &Value) -> Vec<String> {
    let named = spec["displayName"].is_string().then(|| "displayName".to_owned());
    let profile = spec["profile"].as_object();
    profile.into_iter().flatten().map(|(name, _)| name.clone()).chain(named).collect()
}

fn is_among(address: &str, domains: &Value) -> bool {
    let Some((_, domain)) = address.rsplit_once('@') else { return false };
    texts(domains).iter().any(|pattern| match pattern.strip_prefix('*') {
        Some(below) => domain.len() > below.len() && domain.ends_with(below),
        None => domain == *pattern,
    })
}

/// Whether a browser that is sent to `to` ends at `prefix` or below it.
fn is_below(to: &str, prefix: &str) -> bool {
    let (Ok(to), Ok(prefix)) = (Url::parse(to), Url::parse(prefix)) else { return false };
    let segments = |url: &Url| -> Vec<String> {
        let all = url.path_segments().into_iter().flatten();
        all.filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
    };
    to.origin() == prefix.origin() && to.username().is_empty() && segments(&to).starts_with(&segments(&prefix))
}

/// The texts of a list.
pub fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}
