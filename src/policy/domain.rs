//! Domains of addresses, in the one form in which Rust and CEL compare them. CEL has no IDNA, so it compares an
//! international domain only in its xn-- form.

use crate::api::{Address, DomainPattern};

/// The domain of `address`: in lower case, in its ASCII form, without a dot at its end.
pub fn of(address: &Address) -> String {
    let address = address.as_str();
    plain(address.rsplit_once('@').map_or(address, |(_, domain)| domain))
}

/// Whether `domain` fits `pattern`, which is an exact domain or `*.` and a domain. The star stands for at least one
/// label.
pub fn fits(pattern: &str, domain: &str) -> bool {
    match pattern.strip_prefix("*.") {
        None => plain(pattern) == domain,
        Some(parent) => domain
            .strip_suffix(&plain(parent))
            .and_then(|rest| rest.strip_suffix('.'))
            .is_some_and(|child| !child.is_empty()),
    }
}

/// Whether every one of `domains` fits one of `patterns`. Without patterns any domain does.
pub fn all_fit(patterns: Option<&Vec<DomainPattern>>, domains: &[String]) -> bool {
    let Some(patterns) = patterns else { return true };
    domains.iter().all(|domain| patterns.iter().any(|pattern| fits(&pattern.0, domain)))
}

/// [`all_fit`] in CEL, over the patterns that the rule has under `key`.
pub fn cel_all_fit(key: &str, domains: &str) -> String {
    let fits = cel_fits("p", "d");
    format!("r.{key} == null || {domains}.all(d, r.{key}.exists(p,\n{fits}))")
}

/// [`of`] in CEL, for each of a list of addresses.
pub fn cel_of(addresses: &str) -> String {
    format!(
        "dyn({addresses}.map(a, a.trim().lowerAscii())
.map(a, a.substring(a.lastIndexOf('@') + 1)).map(d, d.endsWith('.') ? d.substring(0, size(d) - 1) : d))"
    )
}

/// In CEL: these domains, as text for people.
pub const CEL_TOLD: &str =
    "(size(g.domains) == 2 && g.domains[0] == g.domains[1] ? g.domains[0] : g.domains.join(' and '))";

/// [`fits`] in CEL, over the expressions `pattern` and `domain`.
pub fn cel_fits(pattern: &str, domain: &str) -> String {
    format!(
        "{pattern}.startsWith('*.') ? ({domain}.endsWith({pattern}.substring(1)) && size({domain}) >= size({pattern})) \
         : {domain} == {pattern}"
    )
}

/// A domain that IDNA cannot read stays as it is. It then equals no domain of a rule.
fn plain(domain: &str) -> String {
    let ascii = if domain.is_ascii() { Err(()) } else { idna::domain_to_ascii(domain).map_err(|_| ()) };
    let mut ascii = ascii.unwrap_or_else(|()| domain.to_lowercase());
    if ascii.ends_with('.') {
        ascii.pop();
    }
    ascii
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_compared_whole() {
        for (pattern, address, fit) in [
            ("example.com", "a@example.com", true),
            ("example.com", "a@EXAMPLE.com", true),
            ("example.com", "a@example.com.", true),
            ("Example.COM", "a@example.com", true),
            ("example.com", "a@sub.example.com", false),
            ("example.com", "a@evil-example.com", false),
            ("example.com", "a@example.com.evil.com", false),
            ("example.com", "a@example.com@evil.com", false),
            ("example.com", "a@example.co", false),
            ("example.com", "a@ex\u{430}mple.com", false),
            ("example.com", "example.com", true),
            ("xn--bcher-kva.example", "a@b\u{fc}cher.example", true),
            ("xn--bcher-kva.example", "a@B\u{dc}CHER.example", true),
            ("b\u{fc}cher.example", "a@xn--bcher-kva.example", true),
            ("bucher.example", "a@b\u{fc}cher.example", false),
            ("*.example.com", "a@sub.example.com", true),
            ("*.example.com", "a@a.b.example.com", true),
            ("*.example.com", "a@example.com", false),
            ("*.example.com", "a@.example.com", false),
            ("*.example.com", "a@evilexample.com", false),
            ("*.example.com", "a@sub.example.com.evil.com", false),
        ] {
            assert_eq!(fits(pattern, &of(&Address::new(address))), fit, "{pattern} {address}");
        }
    }
}
