//! Certificates: both forms of the Secret and of the key, and what is told of an end that is near or past.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use entra_simulator::Config;
use serde_json::{Value, json};
use testbed::stories::{APP, condition, connected, guest, mails, simulator, until_state, until_tenant, world};
use testbed::world::{Ref, TenantManifest, World, WorldConfig};

/// A certificate with its key, in PEM.
pub struct Pair {
    pub certificate: String,
    pub key: String,
}

/// A pair that is good from a year ago until so many days from now.
pub fn pair(days: i64) -> Pair {
    let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["guestlist".to_owned()]).unwrap();
    let day = |days: i64| {
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let date = today.saturating_add(jiff::Span::new().days(days));
        rcgen::date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    (params.not_before, params.not_after) = (day(-365), day(days));
    Pair { certificate: params.self_signed(&key).unwrap().pem(), key: key.serialize_pem() }
}

impl Pair {
    /// As kubectl create secret tls does.
    pub async fn put_into_secret(&self, world: &World, name: &str) {
        let data = json!({"tls.crt": self.certificate, "tls.key": self.key});
        secret(world, name, "kubernetes.io/tls", data).await;
    }

    /// The key as OpenSSL 1 wrote it: PKCS#1, which is what PKCS#8 wraps.
    fn old_key(&self) -> String {
        const WRAPPING: usize = 26;
        let text: String = self.key.lines().filter(|line| !line.starts_with('-')).collect();
        let inner = BASE64_STANDARD.encode(&BASE64_STANDARD.decode(text).unwrap()[WRAPPING..]);
        format!("-----BEGIN RSA PRIVATE KEY-----\n{inner}\n-----END RSA PRIVATE KEY-----\n")
    }
}

async fn secret(world: &World, name: &str, kind: &str, data: Value) {
    let metadata = json!({"name": name, "namespace": "guestlist-system"});
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": kind, "stringData": data});
    world.apply(&secret.to_string()).await.unwrap();
}

/// A world whose tenant signs in by the certificate in the Secret `entra-cert`, and whose directory knows `registered`.
async fn certified(registered: &[&Pair], key: Option<&str>) -> World {
    let mut entra = Config::default();
    let app = &mut entra.tenants[0].apps[0];
    app.secrets.clear();
    app.certificates = registered.iter().map(|pair| pair.certificate.clone()).collect();
    let mut secret_ref = json!({"name": "entra-cert"});
    if let Some(key) = key {
        secret_ref["key"] = key.into();
    }
    let certificate = json!({"clientId": APP, "secretRef": secret_ref});
    let more = json!({"credentials": {"clientSecret": null, "clientCertificate": certificate}});
    let tenant = TenantManifest { more, ..TenantManifest::default() };
    world(WorldConfig { entra: Some(entra), tenant: Some(tenant), ..Default::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_of_the_secret_may_hold_both_and_the_private_key_may_be_of_the_old_form() {
    let pair = pair(300);
    let world = certified(&[&pair], Some("both.pem")).await;
    let said = until_tenant(&world, "Ready", "SecretNotFound").await;
    assert!(said.contains("create secret generic entra-cert --from-file=both.pem="), "{said}");
    let both = format!("{}{}", pair.old_key(), pair.certificate);
    secret(&world, "entra-cert", "Opaque", json!({"both.pem": both})).await;
    connected(&world).await;
    world.apply(&guest("one", "one@fabrikam.com", "")).await.unwrap();
    until_state(&world, "one", "Invited").await;
    assert_eq!(mails(&world, "one@fabrikam.com"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_is_past_or_near_is_told_and_a_new_certificate_helps() {
    let (past, near, far) = (pair(-1), pair(10), pair(300));
    let world = certified(&[&past, &near, &far], None).await;
    past.put_into_secret(&world, "entra-cert").await;
    let said = until_tenant(&world, "Authenticated", "CertificateExpired").await;
    assert!(said.contains("guestlist-system/entra-cert expired at 20") && said.contains("upload"), "{said}");
    assert_eq!(simulator(&world).count("token"), 0, "nobody is asked with what has expired");

    near.put_into_secret(&world, "entra-cert").await;
    let said = until_tenant(&world, "Authenticated", "CertificateExpiresSoon").await;
    assert!(said.contains("expires at 20") && said.contains("upload"), "{said}");
    connected(&world).await;

    // Looked at again within a minute, with nothing wrong that would hurry it.
    far.put_into_secret(&world, "entra-cert").await;
    let signed = |tenant: &Value| condition(tenant, "Authenticated").1 == "SignedIn";
    let patient = std::time::Duration::from_secs(90);
    world.wait_for(&Ref::tenant("default"), "hold the new one", signed, patient).await.unwrap();
    world.apply(&guest("one", "one@fabrikam.com", "")).await.unwrap();
    until_state(&world, "one", "Invited").await;
    assert_eq!(simulator(&world).count("token"), 2, "one token for each certificate");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_certificate_is_told_before_anybody_is_asked() {
    let (one, other) = (pair(300), pair(300));
    let world = certified(&[&one], None).await;
    let mixed = json!({"tls.crt": one.certificate, "tls.key": other.key});
    secret(&world, "entra-cert", "kubernetes.io/tls", mixed).await;
    let said = until_tenant(&world, "Authenticated", "CertificateUnusable").await;
    assert!(said.contains("does not belong to the certificate"), "{said}");
    assert_eq!(simulator(&world).count("token"), 0);
}
