//! `$filter` expressions. A quote in a value is doubled here. The URL encodes the whole expression afterwards ("Use
//! query parameters to customize responses", Graph).

/// `property eq 'value'`.
pub(super) fn equals(property: &str, value: &str) -> String {
    format!("{property} eq '{}'", quoted(value))
}

/// The filter for users who have `address` in `mail`, `otherMails` or `proxyAddresses`. A conflict with a contact moves
/// a guest's address to `otherMails`. An internal user with the address must be found too ("B2B troubleshooting",
/// Entra).
pub(super) fn has_address(address: &str) -> String {
    let quoted = quoted(address);
    format!(
        "mail eq '{quoted}' or otherMails/any(x:x eq '{quoted}') or proxyAddresses/any(x:x eq 'SMTP:{quoted}') or proxyAddresses/any(x:x eq 'smtp:{quoted}')"
    )
}

fn quoted(value: &str) -> String {
    value.replace('\'', "''")
}
