//! Cases by a seed: rules, labels and guests that are near each other, with every trick that we know of.

use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::odd;

const DOMAINS: [&str; 12] = [
    "fabrikam.com",
    "fabrikam.com",
    "sub.fabrikam.com",
    "a.b.fabrikam.com",
    "evil-fabrikam.com",
    "fabrikam.com.evil.com",
    "fabrikam.co",
    "xn--fbrikam-4ya.com",
    "xn--bcher-kva.example",
    "northwind.example",
    "x.northwind.example",
    "notfabrikam.com",
];

/// What only an older definition lets through.
const ODD_DOMAINS: [&str; 16] = [
    "FABRIKAM.COM",
    "Sub.Fabrikam.Com",
    "fabrikam.com.",
    "fabrikam.com..",
    ".fabrikam.com",
    "..fabrikam.com",
    "fabrikam.com@evil.com",
    "evil.com@fabrikam.com",
    "fabrikam.com ",
    "fabrikam.com\t",
    "fabrikam.com\u{0}evil.com",
    "f\u{430}brikam.com",
    "b\u{fc}cher.example",
    "sub\u{3002}fabrikam.com",
    "\u{ff46}abrikam.com",
    "",
];

const PATTERNS: [&str; 7] = [
    "fabrikam.com",
    "*.fabrikam.com",
    "northwind.example",
    "*.northwind.example",
    "xn--bcher-kva.example",
    "*.fabrikam.co",
    "evil.com",
];

const PREFIXES: [&str; 10] = [
    "https://wiki.contoso.com",
    "https://wiki.contoso.com/",
    "https://wiki.contoso.com/app",
    "https://wiki.contoso.com/app/",
    "https://wiki.contoso.com/app/deep",
    "https://wiki.contoso.com:8443/app",
    "https://portal.contoso.com/a%20b",
    "https://xn--bcher-kva.example/app",
    "http://localhost:8080/app",
    "http://localhost",
];

const GROUPS: [&str; 5] = ["Analysts", "analysts", "Wiki readers", "ffffffff-1111-2222-3333-444444444444", "*"];
const USER_TYPES: [&str; 2] = ["Guest", "Member"];
const DELIVERIES: [&str; 3] = ["Microsoft", "Mail", "None"];
const LANGUAGES: [&str; 5] = ["nl", "NL", "nl-BE", "en", "pt-BR"];
const POLICIES: [&str; 3] = ["Retain", "Disable", "Delete"];
const PROPERTIES: [&str; 6] = ["displayName", "givenName", "department", "businessPhone", "preferredLanguage", "*"];
const SPONSORS: [&str; 4] = ["host@contoso.com", "Host@contoso.com", "Sales", "*"];
const PERMITS: [&str; 3] = ["Allowed", "Allowed", "Denied"];
const SPANS: [&str; 6] = ["24h", "720h", "43200m", "720h0m0.001s", "8760h", "0.5h0.5h"];
/// Hours from now to the end of access; none is near a limit of a rule.
const UNTIL: [u64; 5] = [1, 700, 740, 8700, 100_000];
const EXISTING: [&str; 4] = ["Refuse", "Follow", "Manage", "Own"];
const KEYS: [&str; 3] = ["tier", "team", "guests.contoso.com/allowed"];
const VALUES: [&str; 4] = ["gold", "silver", "Gold", ""];

/// Labels for a namespace.
pub fn labels(rng: &mut Rng) -> Vec<(String, String)> {
    some(rng, &KEYS, 3).into_iter().map(|key| (key.to_owned(), of(rng, &VALUES).to_owned())).collect()
}

/// Rules as a platform team might write them, also none at all.
pub fn rules(rng: &mut Rng) -> Vec<Value> {
    let rules = *rng.choice(&[0, 1, 2, 3, 5, 6]).unwrap();
    (0..rules).map(|_| one_rule(rng)).collect()
}

fn one_rule(rng: &mut Rng) -> Value {
    let mut rule = Map::new();
    if rng.u8(..3) == 0 {
        rule.insert("namespaces".into(), selector(rng));
    }
    if rng.u8(..3) > 0 {
        rule.insert("emailDomains".into(), json!(several(rng, &PATTERNS, 3)));
    }
    if rng.u8(..3) == 0 {
        rule.insert("redirectUrls".into(), json!(several(rng, &PREFIXES, 3)));
    }
    if rng.bool() {
        rule.insert("groups".into(), json!(some(rng, &GROUPS, 3)));
    }
    if rng.u8(..3) == 0 {
        rule.insert("userTypes".into(), json!(several(rng, &USER_TYPES, 2)));
    }
    if rng.u8(..4) == 0 {
        rule.insert("delivery".into(), json!(several(rng, &DELIVERIES, 2)));
    }
    if rng.u8(..3) == 0 {
        rule.insert("existing".into(), json!(several(rng, &EXISTING, 3)));
    }
    if rng.u8(..10) == 0 {
        rule.insert("denyEmailDomains".into(), json!(several(rng, &PATTERNS, 2)));
    }
    if rng.u8(..4) == 0 {
        rule.insert("ccDomains".into(), json!(several(rng, &PATTERNS, 3)));
    }
    if rng.u8(..5) == 0 {
        rule.insert("languages".into(), json!(several(rng, &LANGUAGES, 3)));
    }
    if rng.u8(..5) == 0 {
        rule.insert("deletionPolicies".into(), json!(several(rng, &POLICIES, 2)));
    }
    if rng.u8(..3) == 0 {
        rule.insert("profile".into(), json!(some(rng, &PROPERTIES, 4)));
    }
    if rng.u8(..5) == 0 {
        rule.insert("sponsors".into(), json!(some(rng, &SPONSORS, 3)));
    }
    for right in ["redeemAs", "redeemLinks", "share"] {
        if rng.bool() {
            rule.insert(right.into(), json!(of(rng, &PERMITS)));
        }
    }
    if rng.u8(..6) == 0 {
        rule.insert("require".into(), demands(rng));
    }
    if rng.u8(..6) == 0 {
        rule.insert("approval".into(), json!("Required"));
    }
    if rng.u8(..6) == 0 {
        rule.insert("maxGuests".into(), json!(rng.u8(1..9)));
    }
    Value::Object(rule)
}

fn demands(rng: &mut Rng) -> Value {
    let mut demands = Map::new();
    if rng.u8(..3) == 0 {
        demands.insert("accessUntil".into(), json!({"within": of(rng, &["720h", "8760h"])}));
    }
    if rng.u8(..3) == 0 {
        demands.insert("expiresAfter".into(), json!({"within": of(rng, &SPANS)}));
    }
    if rng.u8(..3) == 0 {
        demands.insert("sponsors".into(), json!(rng.u8(1..3)));
    }
    Value::Object(demands)
}

/// Defaults of a tenant.
pub fn defaults(rng: &mut Rng) -> Value {
    let mut defaults = Map::new();
    for (field, values) in [("delivery", &DELIVERIES[..]), ("language", &LANGUAGES), ("deletionPolicy", &POLICIES)] {
        if rng.u8(..3) == 0 {
            defaults.insert(field.into(), json!(of(rng, values)));
        }
    }
    Value::Object(defaults)
}

fn selector(rng: &mut Rng) -> Value {
    let mut selector = Map::new();
    if rng.bool() {
        let labels: Map<String, Value> =
            some(rng, &KEYS, 2).into_iter().map(|key| (key.to_owned(), json!(of(rng, &VALUES)))).collect();
        selector.insert("matchLabels".into(), Value::Object(labels));
    }
    if rng.bool() {
        let expressions: Vec<Value> = (0..rng.usize(0..3))
            .map(|_| match of(rng, &["In", "NotIn", "Exists", "DoesNotExist"]) {
                operator @ ("In" | "NotIn") => {
                    json!({"key": of(rng, &KEYS), "operator": operator, "values": several(rng, &VALUES, 2)})
                }
                operator => json!({"key": of(rng, &KEYS), "operator": operator}),
            })
            .collect();
        selector.insert("matchExpressions".into(), json!(expressions));
    }
    Value::Object(selector)
}

/// The spec of a guest of `tenant`. `loose` has addresses that only an older definition lets through.
pub fn spec(rng: &mut Rng, tenant: &str, loose: bool) -> Value {
    let mut spec = Map::new();
    spec.insert("tenantRef".into(), json!({"name": tenant}));
    spec.insert("email".into(), json!(address(rng, loose)));
    if rng.u8(..10) == 0 {
        spec.insert("redeemAs".into(), json!(address(rng, loose)));
    }
    if rng.u8(..3) == 0 {
        spec.insert("redirectUrl".into(), json!(url(rng)));
    }
    if rng.u8(..6) == 0 {
        spec.insert("groups".into(), json!(some(rng, &GROUPS, 2)));
    }
    if rng.u8(..8) == 0 {
        spec.insert("userType".into(), json!(of(rng, &USER_TYPES)));
    }
    if rng.u8(..5) == 0 {
        spec.insert("delivery".into(), json!(of(rng, &DELIVERIES)));
    }
    if rng.u8(..8) == 0 {
        spec.insert("existing".into(), json!(of(rng, &EXISTING)));
    }
    if rng.u8(..5) == 0 {
        spec.insert("message".into(), message(rng, loose));
    }
    if rng.u8(..5) == 0 {
        spec.insert("deletionPolicy".into(), json!(of(rng, &POLICIES)));
    }
    if rng.u8(..6) == 0 {
        spec.insert("displayName".into(), json!("Guest"));
    }
    if rng.u8(..6) == 0 {
        spec.insert("profile".into(), profile(rng));
    }
    if rng.u8(..6) == 0 {
        spec.insert("sponsors".into(), json!(some(rng, &SPONSORS, 3)));
    }
    if rng.u8(..10) == 0 {
        spec.insert("redeemUrlSecretRef".into(), json!({"name": "link"}));
    }
    if rng.u8(..3) == 0 {
        spec.insert("accessUntil".into(), json!(until(rng)));
    }
    if rng.u8(..3) == 0 {
        spec.insert("expiresAfter".into(), json!(of(rng, &SPANS)));
    }
    Value::Object(spec)
}

fn message(rng: &mut Rng, loose: bool) -> Value {
    let mut message = Map::new();
    if rng.bool() {
        message.insert("language".into(), json!(of(rng, &LANGUAGES)));
    }
    match rng.u8(..4) {
        0 | 1 => message.insert("cc".into(), json!([address(rng, loose)])),
        2 => message.insert("cc".into(), json!([])),
        _ => None,
    };
    Value::Object(message)
}

fn profile(rng: &mut Rng) -> Value {
    let names = some(rng, &["givenName", "department", "businessPhone", "preferredLanguage"], 3);
    let value = |rng: &mut Rng| if rng.u8(..5) == 0 { Value::Null } else { json!("x") };
    Value::Object(names.into_iter().map(|name| (name.to_owned(), value(rng))).collect())
}

/// An end of access, in one of the forms in which a time can be written.
fn until(rng: &mut Rng) -> String {
    if rng.u8(..8) == 0 {
        return of(rng, &["9999-12-31T23:59:59Z", "9999-12-31T00:00:00+14:00", "2020-01-01T00:00:00Z"]).into();
    }
    let hours = *rng.choice(&UNTIL).unwrap();
    let text = (Timestamp::now() + Duration::from_secs(hours * 3600)).strftime("%Y-%m-%dT%H:%M:%S").to_string();
    match rng.u8(..3) {
        0 => format!("{text}.123456789Z"),
        1 => format!("{text}+00:00"),
        _ => format!("{text}Z"),
    }
}

fn address(rng: &mut Rng, loose: bool) -> String {
    match rng.u8(..8) {
        // A policy cannot say a sentence of two lines.
        0 if loose => odd::address(rng).replace(['\r', '\n'], ""),
        0 => odd::address(rng),
        1..4 if loose => format!("guest{}@{}", rng.u16(..), of(rng, &ODD_DOMAINS)),
        _ => format!("guest{}@{}", rng.u16(..), of(rng, &DOMAINS)),
    }
}

fn url(rng: &mut Rng) -> String {
    if rng.u8(..3) == 0 {
        // Below one of the rules' own, where most guests are.
        return format!("{}{}", of(rng, &PREFIXES), of(rng, &["", "/x", "x", "/../x", "?y"]));
    }
    let prefix = of(rng, &PREFIXES);
    odd::url(rng, prefix)
}

fn of<'a>(rng: &mut Rng, from: &[&'a str]) -> &'a str {
    from[rng.usize(..from.len())]
}

/// Between none and `most` different ones.
fn some<'a>(rng: &mut Rng, from: &[&'a str], most: usize) -> Vec<&'a str> {
    let count = rng.usize(..=most);
    rng.choose_multiple(from.iter().copied(), count)
}

fn several<'a>(rng: &mut Rng, from: &[&'a str], most: usize) -> Vec<&'a str> {
    let count = rng.usize(1..=most);
    rng.choose_multiple(from.iter().copied(), count)
}
