//! Addresses and URLs that know the standards: put together of what RFC 5321, IDNA, RFC 3986 and the URL standard of the browsers
//! allow, forbid, decode or resolve. Many of them differ from a good one in one thing.

use fastrand::Rng;

const LOCALS: [&str; 24] = [
    "guest",
    "o'brien",
    "a_b.c-d",
    "1",
    "_x_",
    "x--y",
    ".guest",
    "guest.",
    "-guest",
    "gu..est",
    "guest+tag",
    "\"a b\"",
    "\"a\\\"@b\"",
    "guest(comment)",
    "gu\u{e9}st",
    "\u{430}dele",
    "guest\u{0}",
    "gu\u{b}est",
    "gu\u{7f}est",
    "guest\r\nBcc:x",
    "evil!guest",
    "guest%40evil.com",
    "Guest",
    "gu`est",
];

/// Labels of domains and hosts: right ones, and such as are wrong by length, by letter or by code.
const LABELS: [&str; 30] = [
    "fabrikam",
    "contoso",
    "wiki",
    "a",
    "a-b",
    "ab--c",
    "r3---sn",
    "1",
    "1a",
    "xn--bcher-kva",
    "XN--BCHER-KVA",
    "xn--fbrikam-5fg",
    "xn--99999999",
    "xn--a",
    "xn--abc-",
    "xn--",
    "b\u{fc}cher",
    "f\u{430}brikam",
    "\u{ff46}abrikam",
    "fab\u{200d}rikam",
    "fab\u{ad}rikam",
    "FABRIKAM",
    "-a",
    "a-",
    "a_b",
    "",
    "0x7f",
    "%66abrikam",
    "a\u{0}b",
    "\u{df}",
];
const TOPS: [&str; 14] = [
    "com",
    "com",
    "com",
    "example",
    "example",
    "xn--p1ai",
    "COM",
    "c",
    "1",
    "com.",
    "com..",
    "xn--",
    "\u{440}\u{444}",
    "a1",
];

/// Codes of no international label.
const NO_CODES: [&str; 4] = ["xn--99999999", "xn--a", "xn--a-ecp-", "xn--zzzzzzzzzz"];

/// An address.
pub fn address(rng: &mut Rng) -> String {
    let local = match rng.u8(..12) {
        0 => "a".repeat(rng.usize(63..67)),
        1 => String::new(),
        2 | 3 => (*pick(rng, &LOCALS)).to_owned(),
        _ => format!("guest{}", rng.u16(..)),
    };
    let at = *pick(rng, &["@", "@", "@", "@", "@", "@", "@", "", "@@", "@evil.com@", " @"]);
    let domain = match rng.u8(..8) {
        0 => "[127.0.0.1]".to_owned(),
        1 => long_name(rng),
        _ => name(rng),
    };
    let around = *pick(rng, &["", "", "", "", "", "", "", " ", "\t", "<", ">"]);
    format!("{local}{at}{domain}{around}")
}

/// A domain name or what looks like one.
fn name(rng: &mut Rng) -> String {
    if rng.u8(..3) == 0 {
        return (*pick(rng, &["fabrikam.com", "sub.fabrikam.com", "wiki.contoso.com", "xn--bcher-kva.example"]))
            .to_owned();
    }
    if rng.u8(..6) == 0 {
        return format!("{}.com", pick(rng, &NO_CODES));
    }
    let mut labels: Vec<String> = (0..rng.usize(0..3)).map(|_| label(rng)).collect();
    labels.push((*pick(rng, &TOPS)).to_owned());
    labels.join(*pick(rng, &[".", ".", ".", ".", "..", "\u{3002}"]))
}

fn label(rng: &mut Rng) -> String {
    match rng.u8(..8) {
        0 => "a".repeat(rng.usize(62..66)),
        1..4 => (*pick(rng, &LABELS)).to_owned(),
        _ => (*pick(rng, &LABELS[..6])).to_owned(),
    }
}

/// About as long as a name may be.
fn long_name(rng: &mut Rng) -> String {
    format!("{}{}.com", format!("{}.", "a".repeat(61)).repeat(rng.usize(2..5)), "b".repeat(rng.usize(1..9)))
}

const SCHEMES: [&str; 14] = [
    "https://",
    "https://",
    "https://",
    "https://",
    "HTTPS://",
    "hTTps://",
    "http://",
    "https:/",
    "https:",
    "https:/\\",
    "//",
    "ftp://",
    "javascript://",
    "",
];
const USERS: [&str; 8] = ["", "", "", "", "", "evil.com@", "a:b@", "evil.com%2f@"];
const NUMBERS: [&str; 8] =
    ["127.0.0.1", "127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "1.2.3"];
const PORTS: [&str; 18] = [
    "",
    "",
    "",
    "",
    "",
    ":443",
    ":8443",
    ":80",
    ":0",
    ":",
    ":0443",
    ":65535",
    ":65536",
    ":99999",
    ":123456",
    ":8a",
    ":-1",
    ":\u{ff11}",
];
const WORDS: [&str; 16] = [
    "app",
    "app",
    "deep",
    "",
    "APP",
    "apple",
    "caf%C3%A9",
    "a%20b",
    ".well-known",
    "...",
    "..a",
    "a..",
    "-._~!$&'()*+,;=:@",
    "%41pp",
    "x;y=1",
    "x,y",
];
const BAD: [&str; 22] = [
    "a b",
    "a\tb",
    "a\\b",
    "\u{e9}",
    "a\u{0}b",
    "%",
    "%4",
    "%zz",
    "%u002e",
    "%00",
    "%0d%0a",
    "%1F",
    "%7f",
    "%2F",
    "%5c",
    "%c0%ae",
    "%C1%9C",
    "%e0%80%ae",
    "%F0%80%80%ae",
    "%ff",
    "a[0]",
    "a^b",
];
const TAILS: [&str; 14] = [
    "",
    "",
    "",
    "",
    "?x=/../y",
    "#/../y",
    "?next=https%3A%2F%2Fevil.com%2f%252e%252e",
    "?50%",
    "?a\\b",
    "?\u{e9}",
    "?a[]=1",
    "#a b",
    "?a?b#c#d",
    "?",
];

/// A redirect URL; now and then one that lies near `prefix`.
pub fn url(rng: &mut Rng, prefix: &str) -> String {
    if rng.u8(..2) == 0 {
        return format!("{prefix}{}{}", path(rng), pick(rng, &TAILS));
    }
    let host = match rng.u8(..10) {
        0 => (*pick(rng, &NUMBERS)).to_owned(),
        1 => "localhost".to_owned(),
        2 => long_name(rng),
        3..6 => {
            (*pick(rng, &["wiki.contoso.com", "WIKI.Contoso.com", "wiki.contoso.com.", "wiki.contoso.com.evil.com"]))
                .to_owned()
        }
        _ => name(rng),
    };
    [pick(rng, &SCHEMES), pick(rng, &USERS), &*host, pick(rng, &PORTS), &*path(rng), pick(rng, &TAILS)].concat()
}

fn path(rng: &mut Rng) -> String {
    (0..rng.usize(0..5)).map(|_| format!("/{}", segment(rng))).collect()
}

fn segment(rng: &mut Rng) -> String {
    match rng.u8(..12) {
        0 => (*pick(rng, &BAD)).to_owned(),
        // A step upwards, in one of the disguises that some program takes off.
        1 | 2 => {
            let dots = *pick(rng, &[".", "..", "..", "..."]);
            let behind = *pick(rng, &["", "", "", ";", ";a=b", ",a", "=", "%20", "%3b", "%09", "a", "-", "~"]);
            let depth = rng.usize(0..4);
            format!("{}{behind}", encoded(rng, dots, depth))
        }
        3 => {
            let (text, depth) = (*pick(rng, &["/", "\\", "app", "%"]), rng.usize(1..3));
            encoded(rng, text, depth)
        }
        _ => (*pick(rng, &WORDS)).to_owned(),
    }
}

/// `text` with some of its characters percent-encoded, so many times over.
fn encoded(rng: &mut Rng, text: &str, depth: usize) -> String {
    (0..depth).fold(text.to_owned(), |text, _| {
        text.chars().map(|c| if rng.u8(..3) > 0 { code(rng, c) } else { c.to_string() }).collect()
    })
}

fn code(rng: &mut Rng, c: char) -> String {
    let byte = u32::from(c);
    if rng.bool() { format!("%{byte:02x}") } else { format!("%{byte:02X}") }
}

fn pick<'a, T>(rng: &mut Rng, from: &'a [T]) -> &'a T {
    &from[rng.usize(..from.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use guestlist::api::{Email, RedirectUrl};

    /// What is always wrong shows little, and what is always right too.
    #[test]
    fn each_standard_is_kept_and_broken() {
        let mut rng = Rng::with_seed(1);
        let (mut addresses, mut urls) = (Vec::new(), Vec::new());
        for _ in 0..5000 {
            addresses.push(Email::new(address(&mut rng)).fault());
            urls.push(RedirectUrl::new(url(&mut rng, "https://wiki.contoso.com/app")).fault());
        }
        for (what, faults) in [("addresses", addresses), ("URLs", urls)] {
            let right = faults.iter().filter(|fault| fault.is_none()).count();
            let kinds: std::collections::BTreeSet<&str> = faults.into_iter().flatten().collect();
            println!("{right} of 5000 {what} are right; the others are wrong in {} ways", kinds.len());
            assert!(right > 500 && kinds.len() >= 10, "{what}: {right} right, {kinds:#?}");
        }
    }
}
