//! `redirectUrls`: where a redemption may end. URLs are parsed before they are compared: scheme, host and port must be
//! equal, and the path is compared by whole segments. A URL that two programs can read in different ways fits no rule. The
//! definition refuses such a one already, and so does the operator.

use url::Url;

use crate::api::RedirectUrl;
use crate::policy::Words;
use crate::policy::criterion::{AppliesTo, Criterion, Derived, JudgedChange, Otherwise, SpecField, Variable};

pub(super) const CRITERION: Criterion = Criterion {
    field: "redirectUrls",
    left_out: "null",
    lists: true,
    applies_to: AppliesTo::ItsGuests,
    reads: &[SpecField {
        key: "redirectUrl",
        path: "redirectUrl",
        otherwise: Otherwise::Nothing,
        change: JudgedChange::Any,
    }],
    derives: &[Derived { key: "place", cel: || "dyn(variables.places[i])".into(), before: Some(PLACES) }],
    check: |rule, ask| match (&rule.redirect_urls, &ask.spec.redirect_url) {
        (Some(prefixes), Some(address)) => prefixes.iter().any(|prefix| fits(&prefix.0, address.as_str())),
        // The tenant's own default needs no rule.
        _ => true,
    },
    cel: || {
        "r.redirectUrls == null || g.redirectUrl == null || r.redirectUrls.exists(p,
g.place == (p.endsWith('/') ? p.substring(0, size(p) - 1) : p) || g.place.startsWith(p.endsWith('/') ? p : p + '/'))"
            .into()
    },
    lacks: Words("has a redirectUrl that {} lies below"),
    value: |ask| ask.spec.redirect_url.as_ref().map(ToString::to_string).unwrap_or_default(),
    cel_value: "g.redirectUrl",
};

/// CEL has no local names, so each step makes a list of its results: the address, its origin, its path. An address that fits
/// a rule has its host and its port, which are right; so only the rest is looked at.
const PLACES: Variable = Variable {
    name: "places",
    why: "Redirect addresses in the one form in which they are compared: the origin in lower case without the usual port, and the
path. Browsers and programs can read an odd one in two ways, so an odd one becomes nothing, which fits no rule.",
    cel: r#"variables.asked.map(g, g.redirectUrl == null || variables.here.all(r, r.redirectUrls == null) ? '' : string(g.redirectUrl))
.map(u, [u, u.find('^[A-Za-z]+://[^/?#]*')])
.map(u, [u[0], u[1].lowerAscii(), u[0].substring(size(u[1])).find('^[^?#]*')])
.map(u, u[0].matches(r"^https?://[A-Za-z0-9.-]+(:[1-9][0-9]{0,4})?(/([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9a-fA-F]{2})*)?([?#]([A-Za-z0-9._~!$&'()*+,;=:@/?#-]|%[0-9a-fA-F]{2})*)?$")
&& !u[2].matches('/([.]|%2[eE]){1,2}([^A-Za-z0-9._~/-]|/|$)|%(25|2[fF]|5[cC]|7[fF]|[01][0-9a-fA-F]|[cC][01]|[eE]0%[89]|[fF](0%8|[5-9a-fA-F]))')
? (u[1].startsWith('https:') && u[1].endsWith(':443') ? u[1].substring(0, size(u[1]) - 4)
: u[1].startsWith('http:') && u[1].endsWith(':80') ? u[1].substring(0, size(u[1]) - 3) : u[1]) + u[2]
: '')"#,
};

/// Whether `address` is `prefix` or lies below it.
fn fits(prefix: &str, address: &str) -> bool {
    let (Some(prefix), Some(address)) = (plain(prefix), plain(address)) else { return false };
    let below = prefix.path.strip_suffix('/').unwrap_or(&prefix.path);
    let rest = address.path.strip_prefix(below);
    prefix.origin == address.origin && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

struct Plain {
    origin: String,
    path: String,
}

/// The parts of `raw`, if all programs find the same parts in it. The library of the browsers' standard is the second witness.
fn plain(raw: &str) -> Option<Plain> {
    if RedirectUrl::new(raw).fault().is_some() {
        return None;
    }
    let url = Url::parse(raw).ok()?;
    let (scheme, rest) = raw.split_once("://")?;
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let path = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
    let host = authority.split(':').next().unwrap_or_default();
    let same = scheme == url.scheme()
        && url.host_str() == Some(&*host.to_ascii_lowercase())
        && (url.path() == path || (path.is_empty() && url.path() == "/"));
    same.then(|| Plain { origin: url.origin().ascii_serialization(), path: path.to_owned() })
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
            ("https://wiki.contoso.com/app", "https://WIKI.contoso.com:443/app", true),
            ("https://wiki.contoso.com", "https://wiki.contoso.com?x", true),
            ("https://wiki.contoso.com/", "https://wiki.contoso.com", true),
            ("https://wiki.contoso.com:8443", "https://wiki.contoso.com:8443/x", true),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/apple", false),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/APP", false),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/app/../x", false),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/app/%2e%2E/x", false),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/app/.%2e", false),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/app/..;/x", false),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/app/%252e%252e/x", false),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/app;x=1/y", false),
            ("https://wiki.contoso.com/app", "https://wiki.contoso.com/app/caf%C3%A9;x=1", true),
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
