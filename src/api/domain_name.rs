//! Domain names as DNS and IDNA have them: labels of at most 63 letters, digits and hyphens (RFC 1035, 2.3.4; RFC 5890), an
//! international one in its xn-- form.

/// Whether `label` is a label: letters, digits and hyphens, none of them at an end.
pub(super) fn is_label(label: &str) -> bool {
    let ends = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = label.as_bytes();
    bytes.len() <= 63
        && ends(bytes.first())
        && ends(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

/// Whether `name` is a full name, such as `example.com`: at least two labels, of which the last is no number.
pub(super) fn is_full(name: &str) -> bool {
    let Some((labels, top)) = name.rsplit_once('.') else { return false };
    labels.split('.').all(is_label) && is_label(top) && is_top(top)
}

/// Whether `label` is that of a top-level domain, by its form.
fn is_top(label: &str) -> bool {
    let international = label.starts_with("xn--") || label.starts_with("XN--");
    (international && label.len() > 4) || (label.len() > 1 && label.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

/// Whether every xn-- label of `name` is one that UTS 46 makes of an international label. CEL cannot tell, so only the
/// operator refuses the others.
pub(super) fn is_idna(name: &str) -> bool {
    let international = |label: &str| label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
    !name.split('.').any(international)
        || idna::domain_to_ascii(name).is_ok_and(|ascii| ascii.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_dns_does() {
        let long = format!("{}.com", "a".repeat(63));
        for name in ["example.com", "a-b.example", "1.example.org", "xn--bcher-kva.example", "a.xn--p1ai", &long] {
            assert!(is_full(name), "{name}");
        }
        let long = format!("{}.com", "a".repeat(64));
        for name in ["example", "a..b", ".com", "com.", "-a.com", "a-.com", "a_b.com", "a.1", "a.x", "a.xn--", &long] {
            assert!(!is_full(name), "{name}");
        }
    }

    #[test]
    fn an_international_name_is_what_utf_46_makes() {
        for name in ["example.com", "xn--bcher-kva.example", "XN--BCHER-KVA.example", "a.xn--p1ai", "ab--c.example"] {
            assert!(is_idna(name), "{name}");
        }
        // No punycode; the code of ASCII letters; of a letter that is mapped to another; of a joiner out of place.
        for name in
            ["xn--bcher-kv!.example", "xn--a.example", "xn--abc-.example", "xn--kgbechtv-.example", "xn--99999999.com"]
        {
            assert!(!is_idna(name), "{name}");
        }
    }
}
