//! Where the guest's browser ends after accepting. A browser, a proxy and a server may each read an unusual URL in another way
//! (RFC 3986, WHATWG URL): one that is to lie below `/welcome` would then end somewhere else. So only URLs are taken that all
//! of them read alike: a domain name as the host, a port that exists, and a path without anything that is decoded or
//! resolved once more.

use super::domain_name::{is_idna, is_label};
use super::text::text;
use super::text_rule::{TextRule, broken, rule, schema};

text! {
    /// Where a redemption ends: https anywhere, http on localhost only.
    RedirectUrl, 1..=2048, schema(RULES)
}

/// The rules as the entries of a GuestList have them. The API server reckons each a thousand times, for the longest texts; the
/// GuestInvitation of the entry has all of them.
pub(super) fn of_entries() -> serde_json::Value {
    schema(&RULES[..OF_ENTRIES])
}

impl RedirectUrl {
    /// What is wrong with the URL, if anything is.
    pub fn fault(&self) -> Option<&'static str> {
        let text = self.as_str();
        if text.chars().count() > 2048 {
            return Some("a redirect address has at most 2048 characters");
        }
        let code = "an xn-- part of its host is not the code of an international name";
        broken(RULES, text).or((!is_idna(host(authority(text)))).then_some(code))
    }
}

const NO_PORT: &str = "a port is a number between 1 and 65535";

/// So many of the rules, the first ones, are cheap enough to be looked at for each entry of a GuestList.
const OF_ENTRIES: usize = 4;

/// Where possible, a rule accepts what an earlier rule refuses.
const RULES: &[TextRule] = &[
    rule(
        "self.matches('^(https://[^/?#]|http://localhost([:/?#]|$))')",
        |text| match text.split_once("://") {
            Some(("https", _)) => !authority(text).is_empty(),
            Some(("http", _)) => host(authority(text)) == "localhost",
            _ => false,
        },
        "the guest's browser is sent here after accepting, so it must be a full https:// address, such as https://myapps.microsoft.com (http:// only for localhost)",
    ),
    rule(
        "!self.matches('^[a-zA-Z]+://[^/?#]*@')",
        |text| !authority(text).contains('@'),
        "a redirect address carries no user name or password before the host",
    ),
    rule(
        r#"!self.matches(r"[^A-Za-z0-9._~!$&'()*+,;=:@%/?#-]")"#,
        |text| text.chars().all(|c| c.is_ascii_alphanumeric() || "._~!$&'()*+,;=:@%/?#-".contains(c)),
        "only the characters of a URL: write an international host in its xn-- form, and anything else percent-encoded",
    ),
    rule(
        "!self.matches('^[a-zA-Z]+://[^/?#:@]{254,}')",
        |text| authority(text).split([':', '@']).next().is_none_or(|host| host.chars().count() < 254),
        "the host has at most 253 characters",
    ),
    rule(
        r"!self.matches(r'^[a-zA-Z]+://[^/?#@\\]+([/?#]|$)') || self.matches(r'^[a-zA-Z]+://([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)*[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?([:/?#]|$)')",
        |text| {
            let authority = authority(text);
            authority.is_empty() || authority.contains(['@', '\\']) || is_host(host(authority))
        },
        "the host is a domain name such as wiki.contoso.com: no number, no empty part, and no part longer than 63 characters",
    ),
    rule(
        "!self.matches('^[a-zA-Z]+://[^/?#@]*:') || self.matches('^[a-zA-Z]+://[^/?#:@]*:[1-9][0-9]{0,4}([/?#]|$)')",
        |text| {
            let authority = authority(text);
            let begin = authority.split('@').next().unwrap_or_default();
            let number = |port: &str| port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
            let is_port = |port: &str| matches!(port.bytes().next(), Some(b'1'..=b'9')) && number(port);
            begin.split_once(':').is_none_or(|(_, port)| begin == authority && is_port(port))
        },
        NO_PORT,
    ),
    rule(
        "!self.matches('^[a-zA-Z]+://[^/?#:@]*:(6553[6-9]|655[4-9][0-9]|65[6-9][0-9]{2}|6[6-9][0-9]{3}|[7-9][0-9]{4})')",
        |text| {
            let begin = authority(text).split('@').next().unwrap_or_default();
            let port = begin.split_once(':').and_then(|(_, port)| port.get(..5)?.parse::<u32>().ok());
            port.is_none_or(|port| port <= 65535)
        },
        NO_PORT,
    ),
    rule(
        "!self.matches('%([^0-9a-fA-F]|[0-9a-fA-F][^0-9a-fA-F]|[0-9a-fA-F]?$)')",
        |text| text.split('%').skip(1).all(|rest| byte(rest).is_some()),
        "a percent sign is followed by two digits from 0 to f",
    ),
    rule(
        "!self.matches('^[^?#]*%(25|2[fF]|5[cC]|7[fF]|[01][0-9a-fA-F]|[cC][01]|[eE]0%[89]|[fF](0%8|[5-9a-fA-F]))')",
        |text| !head(text).split('%').skip(1).zip(head(text).split('%').skip(2).chain([""])).any(is_disguise),
        "the path has no encoded slash, backslash, percent sign or control character: not all programs read it alike",
    ),
    rule(
        "!self.matches('^[^?#]*/([.]|%2[eE]){1,2}([^A-Za-z0-9._~/-]|/|$)')",
        |text| {
            let ends = head(text).len();
            let slashes = text.bytes().take(ends).enumerate().filter(|(_, byte)| *byte == b'/');
            !slashes.into_iter().any(|(at, _)| climbs(&text[at + 1..]))
        },
        "the path has no segment . or .., encoded or with parameters either: not all programs read it alike",
    ),
];

/// What stands between `://` and the path, after a scheme of letters; empty if there is none.
fn authority(text: &str) -> &str {
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphabetic()) => rest,
        _ => "",
    };
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

fn host(authority: &str) -> &str {
    authority.split(':').next().unwrap_or_default()
}

/// What stands before the query and the fragment.
fn head(text: &str) -> &str {
    text.split(['?', '#']).next().unwrap_or_default()
}

/// A domain name, also one of a single label. Browsers read a last label that begins with a digit as a part of an IP address.
fn is_host(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    host.split('.').all(is_label) && last.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// The byte that the two digits at the begin of `rest` name.
fn byte(rest: &str) -> Option<u8> {
    let digits = rest.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

/// Whether a percent sign with this behind it, and the next one with that, stands for a byte that acts, or is the begin of no
/// UTF-8: some programs read such bytes as a shorter character.
fn is_disguise((rest, next): (&str, &str)) -> bool {
    let follows = |begins: &[char]| rest.len() == 2 && next.starts_with(begins);
    match byte(rest) {
        Some(b'%' | b'/' | b'\\' | 0x7f | 0..=0x1f | 0xc0 | 0xc1 | 0xf5..=0xff) => true,
        Some(0xe0) => follows(&['8', '9']),
        Some(0xf0) => follows(&['8']),
        _ => false,
    }
}

/// Whether the segment at the begin of `rest` is `.` or `..`, as it stands or once something behind it is taken off.
fn climbs(rest: &str) -> bool {
    let dot = |rest: &'_ str| -> Option<usize> {
        if rest.starts_with('.') {
            return Some(1);
        }
        rest.get(..3).filter(|code| code.eq_ignore_ascii_case("%2e")).map(str::len)
    };
    let ends = |rest: &str| rest.chars().next().is_none_or(|c| !(c.is_ascii_alphanumeric() || "._~-".contains(c)));
    let Some(one) = dot(rest) else { return false };
    let after = &rest[one..];
    ends(after) || dot(after).is_some_and(|two| ends(&after[two..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_programs_read_alike_is_right_and_the_rest_is_not() {
        let fault = |text: &str| RedirectUrl::new(text).fault();
        let label = format!("https://{}.example/", "a".repeat(63));
        for text in [
            "https://myapps.microsoft.com",
            "https://Wiki.contoso.com:443/a;b=c,d'e(f)/?x=%2e%2e/../%252e#../y",
            "http://localhost:8080/x",
            "http://localhost",
            "https://intranet/x",
            "https://xn--bcher-kva.example:65535/caf%C3%A9/...x/.well-known/a..b/..hidden",
            "https://wiki.contoso.com//a//b/",
            &label,
        ] {
            assert_eq!(fault(text), None, "{text}");
        }
        let (label, host) =
            (format!("https://{}.example/", "a".repeat(64)), format!("https://{}com/", "ab.".repeat(90)));
        for text in [
            "https://ok.example:99999/",
            "https://ok.example:65536/",
            "https://ok.example:0/",
            "https://ok.example:080/",
            "https://ok.example:/",
            "https://ok.example:8a/",
            "https://a..b/",
            "https://.a.b/",
            "https://a.b./",
            "https://-a.b/",
            "https://a_b.example/",
            "https://0x7f.0.0.1/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://wiki%2econtoso.com/",
            "https://xn--99999999.com/",
            "https://w\u{456}ki.contoso.com/",
            "https://ok.example/welcome/../x",
            "https://ok.example/welcome/./x",
            "https://ok.example/welcome/..",
            "https://ok.example/welcome/..?x",
            "https://ok.example/welcome/..;/x",
            "https://ok.example/welcome/..;a=b/x",
            "https://ok.example/welcome/..,a/x",
            "https://ok.example/welcome/..%3b/x",
            "https://ok.example/welcome/%2e%2E/x",
            "https://ok.example/welcome/.%2e;/x",
            "https://ok.example/welcome/..%20/x",
            "https://ok.example/welcome/%252e%252e/x",
            "https://ok.example/welcome/%25%32%65/x",
            "https://ok.example/welcome%2f..%2fx",
            "https://ok.example/welcome%5c..%5cx",
            "https://ok.example/welcome\\..\\x",
            "https://ok.example/welcome/.%00./x",
            "https://ok.example/welcome/%0d%0ax",
            "https://ok.example/welcome/%7f",
            "https://ok.example/%c0%ae%c0%ae/x",
            "https://ok.example/%e0%80%ae/x",
            "https://ok.example/%f0%80%80%ae/x",
            "https://ok.example/%u002e/x",
            "https://ok.example/?50%",
            "https://ok.example/?%2",
            "https://ok.example/a b",
            "https://ok.example/\0",
            "https://ok.example/a\tb",
            "https://ok.example?a[]=1",
            "https://evil.example@ok.example/",
            "https://ok.example:x@evil.example/",
            "https:///ok.example/",
            "https://",
            "https:ok.example",
            "HTTPS://ok.example/",
            "https:/\\ok.example",
            "//ok.example/",
            "http://ok.example/",
            "http://localhost.evil.example/",
            "http://localhost@evil.example/",
            "javascript://ok.example/%0aalert(1)",
            "",
            &label,
            &host,
        ] {
            assert!(fault(text).is_some(), "{text:?}");
        }
    }

    /// A second witness: whatever is right is read by the library of the browsers' standard as it stands.
    #[test]
    fn the_standard_reads_what_is_right_as_it_stands() {
        const PARTS: [&str; 40] = [
            "https://",
            "HTTPS://",
            "http://localhost",
            "ok.example",
            "a",
            "xn--bcher-kva",
            "b\u{fc}cher",
            ".",
            "..",
            "/",
            "//",
            "\\",
            "@",
            ":",
            ":443",
            ":80",
            ":8443",
            ":65536",
            ":0",
            "%2e",
            "%2E",
            "%25",
            "%32",
            "%65",
            "%2f",
            "%5C",
            "%00",
            "%c3%a9",
            "%c0%ae",
            ";",
            ";x=1",
            ",",
            "?",
            "#",
            "'",
            "0x7f",
            "127.0.0.1",
            "[::1]",
            "\t",
            "x",
        ];
        let mut rng = fastrand::Rng::with_seed(1);
        let mut right = 0;
        for _ in 0..200_000 {
            let mut text = (*rng.choice(&PARTS[..4]).unwrap_or(&"")).to_owned();
            (0..rng.usize(0..8)).for_each(|_| text.push_str(rng.choice(&PARTS).copied().unwrap_or_default()));
            if RedirectUrl::new(&*text).fault().is_some() {
                continue;
            }
            right += 1;
            let url = url::Url::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(url.host_str(), Some(&*host(authority(&text)).to_ascii_lowercase()), "{text}");
            let path = head(&text).splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap_or("/".into());
            assert_eq!(url.path(), path, "{text}");
            assert!(url.username().is_empty() && url.password().is_none(), "{text}");
        }
        assert!(right > 2000, "{right} were right");
    }
}
