//! The certificate of an application: reads it from PEM and signs client assertions with its key ("Microsoft identity
//! platform application authentication certificate credentials", Entra).

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use jiff::Timestamp;
use rustls::SignatureScheme;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SigningKey};
use serde_json::{Value, json};
use uuid::Uuid;

use super::validity::validity;

/// How long an assertion is valid. Entra asks for at most ten minutes. A stolen assertion should expire earlier.
const LIFE: Duration = Duration::from_secs(300);

/// A certificate with its private key.
#[derive(Clone)]
pub struct Certificate {
    key: Arc<dyn SigningKey>,
    /// SHA-256 of the certificate in DER. Entra finds the certificate by it.
    thumbprint: String,
    /// When it becomes valid.
    pub not_before: Timestamp,
    /// When it expires.
    pub not_after: Timestamp,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The text has no certificate.
    #[error("there is no certificate in it: give PEM that begins with -----BEGIN CERTIFICATE-----")]
    NoCertificate,
    /// The text has no private key.
    #[error(
        "there is no private key in it that can be read: give PEM that begins with -----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----, without a passphrase"
    )]
    NoKey(#[source] pem::Error),
    /// The key is not an RSA key, or has the wrong length.
    #[error("the private key is no RSA key of 2048 to 8192 bits, which is what Entra takes")]
    WrongKey(#[source] Option<rustls::Error>),
    /// The certificate belongs to another key.
    #[error("the private key does not belong to the certificate: they have to come from the same place")]
    Mismatch,
    /// The certificate cannot be parsed.
    #[error("the certificate cannot be read")]
    Unreadable,
    /// Signing failed.
    #[error("the private key cannot sign: {0}")]
    Signing(#[source] rustls::Error),
    /// The clock is so late that the assertion's end cannot be represented.
    #[error("the private key cannot sign: {0}")]
    EndOfTime(#[source] jiff::Error),
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificate").field("thumbprint", &self.thumbprint).finish_non_exhaustive()
    }
}

impl Certificate {
    /// Reads the certificate from `certificates`, which may also have its chain, and the private key from `key` (PKCS#8
    /// or PKCS#1). Both may be the same text.
    ///
    /// # Errors
    /// When one of them is missing, or the key does not belong to the certificate.
    pub fn read(certificates: &[u8], key: &[u8]) -> Result<Self, CertificateError> {
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(certificates).filter_map(Result::ok).collect();
        if chain.is_empty() {
            return Err(CertificateError::NoCertificate);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(CertificateError::NoKey)?;
        let key = any_supported_type(&key).map_err(|error| CertificateError::WrongKey(Some(error)))?;
        if key.choose_scheme(&[SignatureScheme::RSA_PSS_SHA256]).is_none() {
            return Err(CertificateError::WrongKey(None));
        }
        // Takes the certificate that belongs to the key. People write chains in either order.
        let ours =
            |der: &&CertificateDer<'static>| CertifiedKey::new(vec![(*der).clone()], key.clone()).keys_match().is_ok();
        let der = chain.iter().find(ours).ok_or(CertificateError::Mismatch)?;
        let (not_before, not_after) = validity(der).ok_or(CertificateError::Unreadable)?;
        Ok(Self { thumbprint: encoded(digest(&SHA256, der).as_ref()), key, not_before, not_after })
    }

    /// The thumbprint, in the form of `x5t#S256`.
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// A new assertion. With it `client_id` requests a token from the token endpoint `audience`.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn assertion(&self, client_id: &str, audience: &str, now: Timestamp) -> Result<String, CertificateError> {
        let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint});
        let claims = json!({
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": Uuid::new_v4().to_string(),
            "iat": now.as_second(),
            "nbf": now.as_second(),
            "exp": now.checked_add(LIFE).map_err(CertificateError::EndOfTime)?.as_second(),
        });
        let part = |value: &Value| encoded(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signer = self.key.choose_scheme(&[SignatureScheme::RSA_PSS_SHA256]);
        let signer = signer.ok_or(CertificateError::WrongKey(None))?;
        let signature = signer.sign(signed.as_bytes()).map_err(CertificateError::Signing)?;
        Ok(format!("{signed}.{}", encoded(&signature)))
    }
}

fn encoded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rsa() -> rcgen::KeyPair {
        rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap()
    }

    fn certified(key: &rcgen::KeyPair) -> String {
        rcgen::CertificateParams::new(vec!["app".to_owned()]).unwrap().self_signed(key).unwrap().pem()
    }

    #[test]
    fn what_cannot_sign_is_said_in_words() {
        let (key, other) = (rsa(), rsa());
        let curve = rcgen::KeyPair::generate().unwrap();
        let (pem, key_pem) = (certified(&key), key.serialize_pem());
        let read = |certificate: &str, key: &str| Certificate::read(certificate.as_bytes(), key.as_bytes()).err();
        assert!(read(&pem, &key_pem).is_none());
        assert!(matches!(read(&key_pem, &key_pem), Some(CertificateError::NoCertificate)));
        assert!(matches!(read(&pem, &pem), Some(CertificateError::NoKey(_))));
        let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        assert!(matches!(read(&pem, encrypted), Some(CertificateError::NoKey(_))));
        assert!(matches!(read(&pem, &other.serialize_pem()), Some(CertificateError::Mismatch)));
        assert!(matches!(read(&certified(&curve), &curve.serialize_pem()), Some(CertificateError::WrongKey(_))));
    }

    #[test]
    fn one_text_may_hold_the_chain_and_the_key_in_any_order() {
        let (key, issuer) = (rsa(), rsa());
        let (ours, above) = (certified(&key), certified(&issuer));
        let alone = Certificate::read(ours.as_bytes(), key.serialize_pem().as_bytes()).unwrap();
        for text in [[&*ours, &above, &key.serialize_pem()], [&*key.serialize_pem(), &above, &ours]] {
            let text = text.concat();
            let read = Certificate::read(text.as_bytes(), text.as_bytes()).unwrap();
            assert_eq!(read.thumbprint(), alone.thumbprint());
        }
    }

    #[test]
    fn an_assertion_lives_for_minutes_and_no_two_are_the_same() {
        let key = rsa();
        let certificate = Certificate::read(certified(&key).as_bytes(), key.serialize_pem().as_bytes()).unwrap();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let claims = || {
            let assertion = certificate.assertion("app", "https://login/t/oauth2/v2.0/token", now).unwrap();
            let part = assertion.split('.').nth(1).unwrap();
            serde_json::from_slice::<Value>(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        let (one, two) = (claims(), claims());
        assert_eq!((&one["iss"], &one["sub"]), (&json!("app"), &json!("app")));
        assert_eq!(one["aud"], "https://login/t/oauth2/v2.0/token");
        assert_eq!(one["exp"].as_i64().unwrap() - one["nbf"].as_i64().unwrap(), 300);
        assert_ne!(one["jti"], two["jti"]);
        assert!(!format!("{certificate:?}").contains("PRIVATE"));
    }
}
