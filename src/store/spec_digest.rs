//! The digest of a spec, by which an approval names what was read.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;

use crate::api::GuestInvitationSpec;

/// SHA-256, in hex, of `spec` as JSON with sorted keys and without what is left out. Another digest of the same spec would void every
/// approval, so a field that is added later must not show in it where it is left out.
pub fn spec_digest(spec: &GuestInvitationSpec) -> String {
    let said = canonical(serde_json::to_value(spec).unwrap_or_default()).to_string();
    digest(&SHA256, said.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The same without nulls, and with sorted keys.
fn canonical(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(String, Value)> = fields.into_iter().filter(|(_, value)| !value.is_null()).collect();
            fields.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(fields.into_iter().map(|(name, value)| (name, canonical(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(canonical).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(spec: Value) -> String {
        spec_digest(&serde_json::from_value(spec).unwrap())
    }

    /// The approvals of all clusters rest on these. The first has what is filled in where nothing is said.
    #[test]
    fn the_digest_of_a_spec_never_changes() {
        assert_eq!(
            of(json!({"email": "adele@fabrikam.com"})),
            "3b0b7b636e9553dca246a6f47dafddcb5303eac868c05ce58c64a1934bffce61"
        );
        let rich = json!({
            "tenantRef": {"name": "partners"}, "email": "alex@fabrikam.com", "displayName": "Alex Wilber", "userType": "Member",
            "redirectUrl": "https://wiki.contoso.com/welcome", "delivery": "Mail",
            "message": {"language": "nl", "cc": ["host@contoso.com"], "body": "Welkom"},
            "reminders": {"after": "72h", "limit": 2}, "expiresAfter": "720h", "accessUntil": "2035-12-31T17:00:00Z",
            "deletionPolicy": "Disable", "groups": ["Wiki readers"], "sponsors": ["host@contoso.com"],
            "profile": {"givenName": "Alex", "city": "Rotterdam"}, "redeemAs": "alex@adatum.com",
            "redeemUrlSecretRef": {"name": "alex"}, "existing": "Manage", "suspend": true,
        });
        assert_eq!(of(rich), "684d63a1b00717b1e182ade760977d159eb2d5549243780193ca6a6bf3b9e7e0");
    }

    #[test]
    fn another_spec_has_another_digest() {
        let one = of(json!({"email": "adele@fabrikam.com", "groups": ["a", "b"]}));
        assert_eq!(one, of(json!({"groups": ["a", "b"], "email": "adele@fabrikam.com", "profile": null})));
        for other in [
            json!({"email": "adele@fabrikam.com", "groups": ["a"]}),
            json!({"email": "adele@fabrikam.com", "groups": ["b", "a"]}),
            json!({"email": "adele@fabrikam.com", "sponsors": ["a", "b"]}),
            json!({"email": "eve@fabrikam.com", "groups": ["a", "b"]}),
        ] {
            assert_ne!(one, of(other.clone()), "{other}");
        }
    }
}
