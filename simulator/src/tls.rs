//! The simulator's own certificate authority and the certificate it serves with.
//! Both are made at start, so no key ever lies in the repository.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use crate::Error;

pub(crate) struct Identity {
    pub(crate) ca_pem: String,
    pub(crate) acceptor: TlsAcceptor,
    /// The same without the protocol names of HTTP.
    pub(crate) smtp: TlsAcceptor,
}

/// A CA and, signed by it, a certificate for 127.0.0.1, ::1 and localhost.
pub(crate) fn identity() -> Result<Identity, Error> {
    let ca_key = KeyPair::generate().map_err(Error::certificate)?;
    let mut ca = params(Vec::new(), "Entra Simulator CA")?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca_certificate = ca.self_signed(&ca_key).map_err(Error::certificate)?;
    let issuer = Issuer::new(ca, ca_key);

    let key = KeyPair::generate().map_err(Error::certificate)?;
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    let mut leaf = params(names, "Entra Simulator")?;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    let certificate = leaf.signed_by(&key, &issuer).map_err(Error::certificate)?;

    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )?;
    let smtp = TlsAcceptor::from(Arc::new(config.clone()));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Identity { ca_pem: ca_certificate.pem(), acceptor: TlsAcceptor::from(Arc::new(config)), smtp })
}

fn params(names: Vec<String>, common_name: &str) -> Result<CertificateParams, Error> {
    let mut params = CertificateParams::new(names).map_err(Error::certificate)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    // Some verifiers refuse a server certificate that is valid for more than 398 days.
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let day = |days: i64| {
        let date = today.saturating_add(days.days());
        rcgen::date_time_ymd(
            i32::from(date.year()),
            u8::try_from(date.month()).unwrap_or(1),
            u8::try_from(date.day()).unwrap_or(1),
        )
    };
    params.not_before = day(-1);
    params.not_after = day(396);
    Ok(params)
}
