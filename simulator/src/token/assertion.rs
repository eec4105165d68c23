//! A client assertion taken apart; nothing in it is believed yet.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use jiff::Timestamp;
use serde_json::Value;

#[derive(Debug)]
pub(super) struct Assertion<'t> {
    pub(super) header: Value,
    pub(super) algorithm: String,
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) audiences: Vec<String>,
    /// Whether it has what "Certificate credentials" asks for beside: `typ`, `jti` and `nbf`.
    pub(super) complete: bool,
    not_before: Option<i64>,
    expires: i64,
    /// What the signature is over.
    pub(super) signed: &'t str,
    pub(super) signature: Vec<u8>,
}

impl<'t> Assertion<'t> {
    pub(super) fn read(token: &'t str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let part = |text: &str| -> Option<Value> {
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?).ok()
        };
        let (header, claims) = (part(header)?, part(claims)?);
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        let time = |name: &str| claims.get(name).and_then(Value::as_f64).map(|seconds| seconds as i64);
        let audiences = match claims.get("aud")? {
            Value::String(one) => vec![one.clone()],
            Value::Array(many) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => return None,
        };
        let complete = header.get("typ").and_then(Value::as_str).is_some_and(|typ| typ.eq_ignore_ascii_case("JWT"))
            && text("jti").is_some_and(|jti| !jti.is_empty())
            && time("nbf").is_some();
        Some(Self {
            complete,
            algorithm: header.get("alg").and_then(Value::as_str)?.to_owned(),
            issuer: text("iss")?,
            subject: text("sub")?,
            audiences,
            not_before: time("nbf"),
            expires: time("exp")?,
            signed,
            signature: BASE64_URL_SAFE_NO_PAD.decode(signature.trim_end_matches('=')).ok()?,
            header,
        })
    }

    /// With the five minutes of tolerance that Entra gives.
    pub(super) fn valid_at(&self, now: Timestamp) -> bool {
        let now = now.as_second();
        self.expires + 300 > now && self.not_before.is_none_or(|start| start - 300 <= now)
    }
}
