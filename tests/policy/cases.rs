//! Cases by a seed: rules, labels and guests that are near each other, with every trick that we know of.

use fastrand::Rng;
use serde_json::{Map, Value, json};

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

const SCHEMES: [&str; 5] = ["https://", "https://", "HTTPS://", "http://", "https:/\\"];
const HOSTS: [&str; 16] = [
    "wiki.contoso.com",
    "wiki.contoso.com",
    "wiki.contoso.com",
    "WIKI.Contoso.com",
    "wiki.contoso.com.",
    "wiki.contoso.com.evil.com",
    "evil.com@wiki.contoso.com",
    "wiki.contoso.com@evil.com",
    "evil.com\\@wiki.contoso.com",
    "evil.com%2f@wiki.contoso.com",
    "xn--bcher-kva.example",
    "b\u{fc}cher.example",
    "w\u{456}ki.contoso.com",
    "portal.contoso.com",
    "localhost",
    "0x7f.0.0.1",
];
const PORTS: [&str; 9] = ["", "", "", "", ":443", ":8443", ":0443", ":80", ":"];
const PATHS: [&str; 22] = [
    "",
    "/",
    "/app",
    "/app/",
    "/app/deep/er",
    "/apple",
    "/APP",
    "/%61pp",
    "/app/..",
    "/app/../secret",
    "/app/./x",
    "/app/%2e%2e/secret",
    "/app/%2E./secret",
    "/app%2f..%2fsecret",
    "/app%5c..%5csecret",
    "/app\\..\\secret",
    "/app;x=1",
    "//app",
    "/a%20b/c",
    "/a b",
    "/app/...",
    "/app//deep",
];
const TAILS: [&str; 8] = ["", "", "", "?x=/../y", "#/../y", "?next=https://evil.com", "?a\\b", "?\u{e9}"];

const GROUPS: [&str; 5] = ["Analysts", "analysts", "Wiki readers", "ffffffff-1111-2222-3333-444444444444", "*"];
const USER_TYPES: [&str; 2] = ["Guest", "Member"];
const DELIVERIES: [&str; 3] = ["Microsoft", "Mail", "None"];
const EXISTING: [&str; 4] = ["Refuse", "Follow", "Manage", "Own"];
const KEYS: [&str; 3] = ["tier", "team", "guests.contoso.com/allowed"];
const VALUES: [&str; 4] = ["gold", "silver", "Gold", ""];

/// Labels for a namespace.
pub fn labels(rng: &mut Rng) -> Vec<(String, String)> {
    some(rng, &KEYS, 3).into_iter().map(|key| (key.to_owned(), of(rng, &VALUES).to_owned())).collect()
}

/// Rules as a platform team might write them, also none at all.
pub fn rules(rng: &mut Rng) -> Vec<Value> {
    let rules = *rng.choice(&[0, 1, 1, 2, 3, 5]).unwrap();
    (0..rules).map(|_| one_rule(rng)).collect()
}

fn one_rule(rng: &mut Rng) -> Value {
    let mut rule = Map::new();
    if rng.u8(..3) == 0 {
        rule.insert("namespaces".into(), selector(rng));
    }
    if rng.u8(..4) > 0 {
        rule.insert("emailDomains".into(), json!(several(rng, &PATTERNS, 3)));
    }
    if rng.bool() {
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
    if rng.u8(..6) == 0 {
        rule.insert("approval".into(), json!("Required"));
    }
    if rng.u8(..6) == 0 {
        rule.insert("maxGuests".into(), json!(rng.u8(1..9)));
    }
    Value::Object(rule)
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
    if rng.u8(..6) == 0 {
        spec.insert("redeemAs".into(), json!(address(rng, loose)));
    }
    if rng.bool() {
        spec.insert("redirectUrl".into(), json!(url(rng)));
    }
    if rng.u8(..3) == 0 {
        spec.insert("groups".into(), json!(some(rng, &GROUPS, 2)));
    }
    if rng.u8(..5) == 0 {
        spec.insert("userType".into(), json!(of(rng, &USER_TYPES)));
    }
    if rng.u8(..4) == 0 {
        spec.insert("delivery".into(), json!(of(rng, &DELIVERIES)));
    }
    if rng.u8(..4) == 0 {
        spec.insert("existing".into(), json!(of(rng, &EXISTING)));
    }
    Value::Object(spec)
}

fn address(rng: &mut Rng, loose: bool) -> String {
    let domain = if loose && rng.bool() { of(rng, &ODD_DOMAINS) } else { of(rng, &DOMAINS) };
    format!("guest{}@{domain}", rng.u16(..))
}

fn url(rng: &mut Rng) -> String {
    if rng.u8(..4) == 0 {
        // Below one of the rules' own, where most guests are.
        return format!("{}{}", of(rng, &PREFIXES), of(rng, &["", "/x", "x", "/../x", "?y"]));
    }
    [of(rng, &SCHEMES), of(rng, &HOSTS), of(rng, &PORTS), of(rng, &PATHS), of(rng, &TAILS)].concat()
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
