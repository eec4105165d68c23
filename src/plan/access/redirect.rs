//! Redirect addresses, compared as parsed URLs: scheme, host and port equal, the path by whole segments.
//! A browser and a program can read an odd URL in two ways, so an odd one fits no rule: user names, backslashes, dots and
//! slashes in disguise, numbers for hosts.

use url::Url;

/// Whether `address` is `prefix` or lies below it.
pub fn fits(prefix: &str, address: &str) -> bool {
    let (Some(prefix), Some(address)) = (plain(prefix), plain(address)) else { return false };
    let below = prefix.path.strip_suffix('/').unwrap_or(&prefix.path);
    let rest = address.path.strip_prefix(below);
    prefix.origin == address.origin && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

struct Plain {
    origin: String,
    path: String,
}

/// The parts of `raw`, if every reader of URLs finds the same ones.
fn plain(raw: &str) -> Option<Plain> {
    let url = Url::parse(raw).ok()?;
    let (scheme, rest) = raw.split_once("://")?;
    if !raw.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') || !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let path = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let same = scheme.eq_ignore_ascii_case(url.scheme())
        && url.host_str() == Some(&*host.to_ascii_lowercase())
        && (url.path() == path || (path.is_empty() && url.path() == "/"));
    (same && is_name(host) && port.is_none_or(is_port) && is_path(path))
        .then(|| Plain { origin: url.origin().ascii_serialization(), path: path.to_owned() })
}

fn is_name(host: &str) -> bool {
    let ends = |end: Option<char>| end.is_some_and(|end| end.is_ascii_alphanumeric());
    ends(host.chars().next())
        && ends(host.chars().next_back())
        && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c))
}

fn is_port(port: &str) -> bool {
    (1..=5).contains(&port.len()) && !port.starts_with('0') && port.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_path(path: &str) -> bool {
    let folded = path.to_ascii_lowercase().replace("%2e", ".");
    path.chars().all(|c| c.is_ascii_alphanumeric() || "-._~!$&()*+,;=:@%/".contains(c))
        && !folded.contains("%2f")
        && !folded.contains("%5c")
        && !folded.split('/').any(|segment| segment == "." || segment == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_below_fits() {
        for (prefix, address, fit) in [
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/app", true),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/app/", true),
            ("https://wiki.contoso.com/app/", "https://wiki.contoso.com/app", true),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/app/x?y=/../z#w", true),
            ("https://wiki.contoso.com/app", "HTTPS://WIKI.contoso.com:443/app", true),
            ("https://wiki.contoso.com", "https://wiki.contoso.com?x", true),
            ("https://wiki.contoso.com/", "https://wiki.contoso.com", true),
            ("https://wiki.contoso.com:8443", "https://wiki.contoso.com:8443/x", true),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/apple", false),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/APP", false),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/app/../x", false),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/app/%2e%2E/x", false),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/app/.%2e", false),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/app%2f..%2fx", false),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/app\\..\\x", false),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/ap\tp", false),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/%61pp", false),
            ("https://wiki.contoso.com", "http://wiki.contoso.com", false),
            ("https://wiki.contoso.com", "https://wiki.contoso.com:8443", false),
            ("https://wiki.contoso.com", "https://wiki.contoso.com:0443", false),
            ("https://wiki.contoso.com", "https://wiki.contoso.com:", false),
            ("https://wiki.contoso.com", "https://wiki.contoso.com.", false),
            ("https://wiki.contoso.com", "https://wiki.contoso.com.evil.com", false),
            ("https://wiki.contoso.com", "https://wiki.contoso.com@evil.com", false),
            ("https://wiki.contoso.com", "https://evil.com@wiki.contoso.com", false),
            ("https://wiki.contoso.com", "https://evil.com\\@wiki.contoso.com", false),
            ("https://wiki.contoso.com", "https://evil.com#@wiki.contoso.com", false),
            ("https://wiki.contoso.com", "https:wiki.contoso.com", false),
            ("https://wiki.contoso.com", "https:///wiki.contoso.com", false),
            ("https://wiki.contoso.com", "https://w\u{456}ki.contoso.com", false),
            ("https://wiki.contoso.com", "https://wiki%2econtoso.com", false),
            ("https://wiki.contoso.com", "//wiki.contoso.com", false),
        ] {
            assert_eq!(fits(prefix, address), fit, "{prefix} {address}");
        }
    }
}
