//! A guest's address. The standards allow more than Graph takes: so an address here is bare, in lower case and ASCII, within the
//! lengths of RFC 5321 (4.5.3.1), with what Graph allows before the @, and a domain name after it.
//! (Source: Graph, "invitation resource type", Properties; Entra, "Add B2B collaboration users".)

use super::domain_name::{is_full, is_idna};
use super::text::text;
use super::text_rule::{TextRule, broken, rule, schema};

text! {
    /// An e-mail address that Graph takes for a guest: bare, in lower case, ASCII.
    Email, 3..=254, schema(RULES)
}

impl Email {
    /// What is wrong with the address, if anything is.
    pub fn fault(&self) -> Option<&'static str> {
        let text = self.as_str();
        let length = text.chars().count();
        if !(3..=254).contains(&length) {
            return Some("an address has at most 254 characters");
        }
        let domain = text.rsplit_once('@').map_or(text, |(_, domain)| domain);
        let code = "an xn-- part of its domain is not the code of an international name";
        broken(RULES, text).or((!is_idna(domain)).then_some(code))
    }
}

const OF_GRAPH: &str = r#"~!#$%^&*()=[]{}|;:"?,/\`"#;

/// Where possible, a rule accepts what an earlier rule refuses, so that most wrong addresses get only one sentence.
const RULES: &[TextRule] = &[
    rule(
        r"!self.matches(r'[\x00-\x20\x7f<>]')",
        is_bare,
        "give the bare address, such as bob@example.com: no display text, spaces, control characters or angle brackets",
    ),
    rule(
        r"self.matches(r'[\x00-\x20\x7f<>]') || self.matches(r'^[^@]+@[^@]+$')",
        |text| {
            let parts =
                || text.split_once('@').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty() && !b.contains('@'));
            !is_bare(text) || parts()
        },
        "an address has exactly one @ with something on both sides, such as bob@example.com",
    ),
    rule(
        "!self.contains('+')",
        |text| !text.contains('+'),
        "Entra does not support plus addressing: give the mailbox's own address, without the + and what follows it",
    ),
    rule(
        r"!self.matches(r'[^\x00-\x7f]')",
        str::is_ascii,
        "only ASCII: write an international domain in its xn-- form; Entra takes no accented letters before the @",
    ),
    TextRule {
        expression: "'write the address in lower case, ' + self.lowerAscii() + ': Entra compares addresses without case'",
        ..rule(
            "!self.matches(r'[A-Z]')",
            |text| !text.contains(|c: char| c.is_ascii_uppercase()),
            "write the address in lower case: Entra compares addresses without case",
        )
    },
    rule(
        r#"self.matches(r'[\x00-\x20\x7f<>]') || !self.matches(r'[~!#$%^&*()=\[\]{}|;:"?,/\\`]')"#,
        |text| !is_bare(text) || !text.contains(|c| OF_GRAPH.contains(c)),
        "Microsoft Graph refuses an address with quotes or with any of ~ ! # $ % ^ & * ( ) = [ ] { } | ; : ? , / \\ `",
    ),
    rule(
        r"!self.matches(r'(^[.-])|([.-]@)|(\.\.)')",
        |text| !text.starts_with(['.', '-']) && [".@", "-@", ".."].iter().all(|part| !text.contains(part)),
        "the part before the @ cannot begin or end with a dot or a hyphen, and two dots cannot follow each other",
    ),
    rule(
        r"!self.matches(r'^[^@]{65,}@')",
        |text| text.split_once('@').is_none_or(|(local, _)| local.chars().count() <= 64),
        "the part before the @ has at most 64 characters",
    ),
    rule(
        r"!self.matches(r'^[^@\x00-\x20\x7f<>]+@[\x21-\x3f\x41-\x7e]+$') || self.matches(r'@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+([A-Za-z]{2,63}|(xn|XN)--[A-Za-z0-9-]{0,58}[A-Za-z0-9])$')",
        |text| {
            let readable = |local: &str, domain: &str| {
                let printed = |byte: u8| byte.is_ascii_graphic() && byte != b'@';
                !local.is_empty() && is_bare(local) && !domain.is_empty() && domain.bytes().all(printed)
            };
            text.split_once('@').is_none_or(|(local, domain)| !readable(local, domain) || is_full(domain))
        },
        "the part after the @ must be a full domain name, such as example.com, each part of it at most 63 characters",
    ),
];

fn is_bare(text: &str) -> bool {
    !text.contains(|c: char| c <= ' ' || matches!(c, '\x7f' | '<' | '>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_graph_takes_is_right_and_the_rest_is_not() {
        let fault = |text: &str| Email::new(text).fault();
        let longest = format!("{}@example.com", "a".repeat(64));
        for text in
            ["o'brien@example.com", "a_b.c-d@sub.example.co.uk", "1@xn--bcher-kva.example", "_x_@example.com", &longest]
        {
            assert_eq!(fault(text), None, "{text}");
        }
        let (local, label) = (format!("{}@example.com", "a".repeat(65)), format!("a@{}.com", "a".repeat(64)));
        let whole = format!("a@{}com", "abcdefg.".repeat(32));
        for text in [
            "eve\0@example.com",
            "eve@example.com\0",
            "eve\u{b}@example.com",
            "eve\u{7f}@example.com",
            "\"a b\"@example.com",
            "a@b@example.com",
            "eve@example.com.",
            "eve@[127.0.0.1]",
            "eve@xn--99999999.com",
            "eve@b\u{fc}cher.example",
            "\u{430}dele@example.com",
            "@",
            "",
            &local,
            &label,
            &whole,
        ] {
            assert!(fault(text).is_some(), "{text:?}");
        }
    }
}
