//! Signatures of assertions: against the app's certificates, or against the keys of a federated issuer.
//! A refusal names its reason, as Entra's does.

use std::time::Duration;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use jiff::Timestamp;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, UnixTime};
use serde_json::Value;
use webpki::aws_lc_rs::{RSA_PKCS1_2048_8192_SHA256 as RS256, RSA_PSS_2048_8192_SHA256_LEGACY_KEY as PS256};
use webpki::{EndEntityCert, KeyUsage};

use super::assertion::Assertion;

pub(super) fn signed_by_certificate(
    assertion: &Assertion<'_>,
    certificates: &[String],
    now: Timestamp,
) -> Result<(), &'static str> {
    let header = |name: &str| assertion.header.get(name).and_then(Value::as_str).map(|text| text.trim_end_matches('='));
    let known = certificates.iter().filter_map(|pem| CertificateDer::from_pem_slice(pem.as_bytes()).ok()).find(|der| {
        let thumbprint = |algorithm| BASE64_URL_SAFE_NO_PAD.encode(digest::digest(algorithm, der));
        header("x5t#S256") == Some(thumbprint(&digest::SHA256).as_str())
            || header("x5t") == Some(thumbprint(&digest::SHA1_FOR_LEGACY_USE_ONLY).as_str())
    });
    let der = known.ok_or("The key was not found.")?;
    let certificate = EndEntityCert::try_from(&der).map_err(|_| "The registered certificate cannot be read.")?;
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let at = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    // Without any anchor nothing can be good; what is wrong first is the time, and that alone is asked here.
    let judged = certificate.verify_for_usage(&[RS256], &[], &[], at, KeyUsage::client_auth(), None, None);
    match judged.err() {
        Some(webpki::Error::CertExpired { .. }) => return Err("The key used is expired."),
        Some(webpki::Error::CertNotValidYet { .. }) => return Err("The key used is not valid yet."),
        _ => {}
    }
    let algorithm = if assertion.algorithm == "PS256" { PS256 } else { RS256 };
    certificate
        .verify_signature(algorithm, assertion.signed.as_bytes(), &assertion.signature)
        .map_err(|_| "The key was found, but use of the key to verify the signature failed.")
}

pub(super) fn signed_by_jwks(assertion: &Assertion<'_>, jwks: &Value) -> Result<(), &'static str> {
    let wanted = assertion.header.get("kid");
    let keys = jwks.get("keys").and_then(Value::as_array).ok_or("The issuer's keys cannot be read.")?;
    let mut keys = keys.iter().filter(|key| wanted.is_none() || key.get("kid") == wanted).peekable();
    keys.peek().ok_or("The key was not found.")?;
    let fits = keys.any(|key| verify(assertion, key).is_some());
    fits.then_some(()).ok_or("The key was found, but use of the key to verify the signature failed.")
}

fn verify(assertion: &Assertion<'_>, key: &Value) -> Option<()> {
    let part = |name: &str| BASE64_URL_SAFE_NO_PAD.decode(key.get(name)?.as_str()?.trim_end_matches('=')).ok();
    let message = assertion.signed.as_bytes();
    match (key.get("kty")?.as_str()?, assertion.algorithm.as_str()) {
        ("RSA", "RS256") => {
            let key = RsaPublicKeyComponents { n: part("n")?, e: part("e")? };
            key.verify(&RSA_PKCS1_2048_8192_SHA256, message, &assertion.signature).ok()
        }
        ("EC", "ES256") => {
            let point = [vec![4], part("x")?, part("y")?].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, &assertion.signature).ok()
        }
        _ => None,
    }
}
