//! Texts for the schema: what its patterns and rules let through, and what they do not.

use serde_json::{Map, Value, json};

use super::choices::Choices;

pub const LABELS: [&str; 4] = ["team", "kubernetes.io/metadata.name", "guests.contoso.com/allowed", "tier"];

const WORDS: [&str; 22] = [
    "Bob",
    "Zoë 田中 😀",
    "a",
    "Contoso, Inc.",
    "\"Bob\" <evil@example.com>",
    "Bob\r\nBcc: all@example.com",
    "{{redeemUrl}}",
    "{{ message }}",
    "\u{202e}moc.live",
    "x\u{0}y",
    "\u{1b}[31m",
    "null",
    "true",
    "~",
    "0x10",
    "- - -",
    "a: b",
    "'; DROP",
    "..",
    "/",
    "\u{feff}",
    " ",
];

const LOCAL: [&str; 8] = ["bob", "o'brien", "a_b.c-d", "1", "_x_", "x--y", "very.long.name.of.a.person", "sam"];
const DOMAINS: [&str; 6] =
    ["fabrikam.com", "sub.example.co.uk", "xn--bcher-kva.example", "a-b.example", "northwind.example", "1.example.org"];
const WRONG_EMAILS: [&str; 17] = [
    "Bob <bob@example.com>",
    "bob@example.com ",
    "bob",
    "a@b@example.com",
    "bob+sales@example.com",
    "\"bob\"@example.com",
    "Bob@Example.com",
    "bøb@example.com",
    ".bob@example.com",
    "b..ob@example.com",
    "bob@example",
    "bob@-example.com",
    "bob\u{0}@example.com",
    "bob@example.com\u{7f}",
    "bob@example.com.",
    "bob@exa..mple.com",
    "bob@[127.0.0.1]",
];
const URLS: [&str; 8] = [
    "https://myapps.microsoft.com",
    "https://wiki.contoso.com/app?x=1&y=%20#top",
    "http://localhost:8080/x",
    "http://localhost",
    "https://example.com:8443/",
    "https://xn--bcher-kva.example/a/b",
    "https://EXAMPLE.com/a/b?../%2e",
    "https://example.com/a;b=c,d'e(f)",
];
const WRONG_URLS: [&str; 18] = [
    "javascript:alert(1)",
    "http://example.com/",
    "example.com",
    "https://",
    "ftp://example.com/",
    "https://a@evil.example/",
    "https://example.com/a b",
    "https://[::1]/x",
    "https://127.0.0.1/x",
    "https://ok.example:99999/",
    "https://ok.example:065/",
    "https://a..b/",
    "https://a.example./",
    "https://EXAMPLE.com/a/../b",
    "https://example.com/a/..;/x",
    "https://example.com/a/%252e%252e/x",
    "https://example.com/a%5Cb",
    "https://example.com/?50%",
];
const LANGUAGES: [&str; 6] = ["nl", "en-US", "zh-Hant-TW", "pt-PT", "de-CH-1996", "fil"];
const WRONG_LANGUAGES: [&str; 4] = ["en_US", "-nl", "x-y-", "very-long-language-tag-of-nothing-at-all"];
const PATTERNS: [&str; 4] = ["fabrikam.com", "*.example.com", "xn--bcher-kva.example", "a.b.c.example.org"];
const WRONG_PATTERNS: [&str; 4] = ["Fabrikam.com", "*fabrikam.com", "fabrikam", "*.*.example.com"];
const PREFIXES: [&str; 5] = [
    "https://wiki.contoso.com",
    "https://wiki.contoso.com/app",
    "http://localhost",
    "http://localhost:8080/x",
    "https://a.example:8443/x/y",
];
const WRONG_PREFIXES: [&str; 7] = [
    "http://wiki.contoso.com",
    "https://wiki.contoso.com:443/",
    "https://wiki.contoso.com/../x",
    "https://Wiki.contoso.com",
    "https://wiki.contoso.com/a?b",
    "https://wiki.contoso.com/..;/x",
    "https://wiki.contoso.com/%252e",
];
const SPANS: [&str; 8] = ["720h", "90s", "1h30m", "1m", "60000ms", "1.5h", "876000h", "0.5h0.5h"];
/// The last ones are durations to the letter, and longer than any that the API server can reckon with.
const WRONG_SPANS: [&str; 8] =
    ["5", "5d", "-5s", "1..5s", "five minutes", "5 m", "9223372036854775807h", "999999h999999h999999h"];
const TIMES: [&str; 6] = [
    "2020-01-01T00:00:00Z",
    "2099-12-31T23:59:59Z",
    "2030-06-01T12:00:00+02:00",
    "2030-06-01T12:00:00.123456789Z",
    "9999-12-30T00:00:00Z",
    "1970-01-01T00:00:00Z",
];
/// What people write into specs besides.
const ENDS: [&str; 4] =
    ["9999-12-31T23:59:59Z", "9999-12-31T00:00:00+14:00", "2020-01-01T00:00:00Z", "2030-06-01T12:00:00.123456789Z"];
/// A spec has no such end, although a status may have such a time.
const WRONG_ENDS: [&str; 5] = [
    "1969-12-31T23:59:59Z",
    "2027-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "2027-04-31T00:00:00Z",
    "2027-06-30T18:00:00",
];
const WRONG_TIMES: [&str; 5] = ["tomorrow", "2030-06-01", "2030-13-01T00:00:00Z", "1767225600", ""];
const ENDPOINTS: [&str; 3] = ["https://graph.microsoft.com", "https://127.0.0.1:1/", "https://x.example/y?z"];
const DIGESTS: [&str; 1] = ["3b0b7b636e9553dca246a6f47dafddcb5303eac868c05ce58c64a1934bffce61"];
const WRONG_DIGESTS: [&str; 3] = ["", "3b0b7b63", "3B0B7B636E9553DCA246A6F47DAFDDCB5303EAC868C05CE58C64A1934BFFCE61"];
const GUIDS: [&str; 2] = ["11111111-2222-3333-4444-555555555555", "ABCDEF00-0000-0000-0000-000000000000"];
const WRONG_GUIDS: [&str; 3] =
    ["contoso.com", "11111111222233334444555555555555", "{1111111-2222-3333-4444-555555555555}"];
const NAMES: [&str; 4] = ["adele-link", "a", "x.y-z", "0"];
const WRONG_NAMES: [&str; 5] = ["null..", "-a", "Adele", "a_b", "a b"];
const COUNTRIES: [&str; 3] = ["NL", "us", "De"];
const WRONG_COUNTRIES: [&str; 3] = ["1a", "ß?", "Netherlands"];

const DIGEST: &str = "^[0-9a-f]{64}$";

/// Texts that a schema of strings takes, and texts that it does not; none of either for one that takes any text.
fn pools(schema: &Value, name: &str) -> (&'static [&'static str], Vec<&'static str>) {
    let rules = rules(schema);
    if let Some(format) = schema["format"].as_str() {
        assert_eq!(format, "date-time", "the generator does not know the format of {name}");
        return (&TIMES, WRONG_TIMES.to_vec());
    }
    match schema["pattern"].as_str() {
        Some(DIGEST) => return (&DIGESTS, WRONG_DIGESTS.to_vec()),
        Some(other) => panic!("the generator does not know the pattern {other} of {name}"),
        None => {}
    }
    let Some(rule) = rules.first() else { return (&[], Vec::new()) };
    if rules.iter().any(|rule| rule.contains("self.contains('+')")) {
        (&[], WRONG_EMAILS.to_vec())
    } else if rule.contains("^(https://[^/?#]|") {
        // The entries of a GuestList have only the rules that are cheap.
        let count = if rules.len() > 4 { WRONG_URLS.len() } else { 8 };
        (&URLS, WRONG_URLS[..count].to_vec())
    } else if rule.contains("{2,3}(-") {
        (&LANGUAGES, WRONG_LANGUAGES.to_vec())
    } else if rule.contains(r"^(\*\.)?") {
        (&PATTERNS, WRONG_PATTERNS.to_vec())
    } else if rule.contains("http://localhost)(:") {
        (&PREFIXES, WRONG_PREFIXES.to_vec())
    } else if rules.iter().any(|rule| rule.contains("(ms|s|m|h)")) {
        let zero: &[&str] = if rules.iter().any(|rule| rule.contains("> duration('0s')")) { &["0s"] } else { &[] };
        (&SPANS, [&WRONG_SPANS, zero].concat())
    } else if rule.contains("^(19[7-9]") {
        (&ENDS, [&WRONG_TIMES[..], &WRONG_ENDS].concat())
    } else if rule.contains("[0-9a-fA-F]{8}(-") {
        (&GUIDS, WRONG_GUIDS.to_vec())
    } else if rule.contains("[-a-z0-9]*[a-z0-9])?([.]") {
        (&NAMES, WRONG_NAMES.to_vec())
    } else if rule.contains("[A-Za-z]{2}$") {
        (&COUNTRIES, WRONG_COUNTRIES.to_vec())
    } else {
        panic!("the generator does not know the rule {rule} of {name}")
    }
}

/// A text that the schema takes.
pub fn string(schema: &Value, name: &str, choices: &mut Choices<'_>) -> String {
    let (good, wrong) = pools(schema, name);
    if let Some(known) = choices_of(good, choices) {
        return known.to_owned();
    }
    if !wrong.is_empty() {
        return email(choices);
    }
    match name {
        "graph" | "authority" => return (*choices.pick(&ENDPOINTS)).to_owned(),
        _ => {}
    }
    let bound = |name: &str, usual: u64| schema[name].as_u64().unwrap_or(usual) as usize;
    let (least, most) = (bound("minLength", 0), bound("maxLength", 40));
    text(choices, least, most)
}

/// Texts that the schema refuses, but for their length. An entry of a GuestList has fewer rules than a guest.
pub fn wrong(schema: &Value, name: &str) -> Vec<&'static str> {
    let mut wrong = pools(schema, name).1;
    if ["graph", "authority"].contains(&name) {
        wrong.extend(["http://graph.example", "graph.example"]);
    }
    wrong
}

/// Any text within these lengths, in characters.
pub fn text(choices: &mut Choices<'_>, least: usize, most: usize) -> String {
    if choices.one_in(40) && most <= 2048 {
        return "ß".repeat(most);
    }
    let mut text = String::new();
    for _ in 0..=choices.below(3) {
        text.push_str(choices.pick::<&str>(&WORDS));
    }
    let mut text: String = text.chars().take(most).collect();
    while text.chars().count() < least {
        text.push('x');
    }
    text
}

fn email(choices: &mut Choices<'_>) -> String {
    format!("{}{}@{}", choices.pick(&LOCAL), choices.below(1 << 16), choices.pick(&DOMAINS))
}

fn choices_of(all: &[&'static str], choices: &mut Choices<'_>) -> Option<&'static str> {
    (!all.is_empty()).then(|| *choices.pick(all))
}

fn rules(schema: &Value) -> Vec<&str> {
    let rules = schema["x-kubernetes-validations"].as_array();
    rules.into_iter().flatten().filter_map(|rule| rule["rule"].as_str()).collect()
}

/// Makes a value by a schema, for the property of this name.
pub type Make = fn(&Value, &str, &mut Choices<'_>) -> Value;

/// Brings an object to what the rules of its schema say about its properties together; `make` makes what has to be there.
pub fn put_right(schema: &Value, made: &mut Map<String, Value>, choices: &mut Choices<'_>, make: Make) {
    for rule in rules(schema) {
        match rule {
            rule if rule.contains("oldSelf") => {}
            rule if rule.contains("self.message.body") => {
                if made.get("message").is_some_and(|message| message.get("body").is_some_and(|body| !body.is_null()))
                    && made.get("delivery").is_some_and(|delivery| !delivery.is_null())
                {
                    made.insert("delivery".into(), "Mail".into());
                }
            }
            rule if rule.contains("self.workloadIdentity") => one_kind(schema, made, choices, make),
            rule if rule.contains("self.cloud == 'Custom'") => endpoints(made, choices),
            rule if rule.contains("self.operator in ['In', 'NotIn']") => {
                if ["In", "NotIn"].iter().any(|with| made["operator"] == *with) {
                    if made.get("values").and_then(Value::as_array).is_none_or(Vec::is_empty) {
                        made.insert("values".into(), json!(["gold"]));
                    }
                } else {
                    made.remove("values");
                }
            }
            // Their texts are right already.
            rule if [
                "duration(self.after)",
                "duration(self.every)",
                "duration(self.settledEvery)",
                "duration(self.interval)",
                "startsWith('https://')",
            ]
            .iter()
            .any(|known| rule.contains(known)) => {}
            rule => panic!("the generator does not know the rule {rule}"),
        }
    }
    // From one sweep to the next, and from one mail to the next, it is at most a day.
    for name in ["every", "settledEvery", "interval"] {
        let too_long = |span: &&mut Value| ["720h", "876000h"].iter().any(|long| **span == *long);
        if let Some(span) = made.get_mut(name).filter(too_long) {
            *span = "24h".into();
        }
    }
}

/// Of several kinds of credentials one stays; of none one is made.
fn one_kind(schema: &Value, made: &mut Map<String, Value>, choices: &mut Choices<'_>, make: Make) {
    made.retain(|_, kind| !kind.is_null());
    if made.is_empty() {
        let of = &schema["properties"]["clientSecret"];
        made.insert("clientSecret".into(), make(of, "clientSecret", choices));
    }
    let kept: Vec<String> = made.keys().cloned().collect();
    let kept = choices.pick(&kept).clone();
    made.retain(|name, _| *name == kept);
}

fn endpoints(made: &mut Map<String, Value>, choices: &mut Choices<'_>) {
    if made.get("cloud").is_some_and(|cloud| cloud == "Custom") {
        made.insert("endpoints".into(), json!({"graph": *choices.pick(&ENDPOINTS), "authority": ENDPOINTS[0]}));
    } else if let Some(Value::Object(endpoints)) = made.get_mut("endpoints") {
        endpoints.remove("graph");
        endpoints.remove("authority");
    }
}
