//! The token endpoint: what it grants, and in which words it refuses.

use std::time::Duration;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use entra_simulator::{ClientSecret, Config, FederatedCredential};
use serde_json::{Value, json};

use crate::support::{APP, Bench, TENANT, invitation};

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_secret_gets_a_token_with_the_apps_roles() {
    let bench = Bench::new().await;
    let reply = bench.token_request(TENANT, &bench.secret_form("simulator-secret")).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.body["token_type"], "Bearer");
    assert_eq!(reply.body["expires_in"], 3599);
    let claims = claims(reply.body["access_token"].as_str().unwrap());
    assert_eq!(claims["roles"], json!(["User.Invite.All", "User.Read.All"]));
    assert_eq!((&claims["tid"], &claims["appid"]), (&json!(TENANT), &json!(APP)));
    assert!(claims["oid"].is_string() && claims["oid"] == claims["sub"], "the app's service principal: {claims}");
    let journalled = bench.sim.requests("token").pop().unwrap().body.unwrap();
    assert_eq!(journalled["client_secret"], "(left out)");
}

#[tokio::test]
async fn refusals_carry_entras_codes() {
    let mut config = Config::default();
    let expired = ClientSecret { value: "old".to_owned(), expires: Some("2020-01-01T00:00:00Z".parse().unwrap()) };
    config.tenants[0].apps[0].secrets.push(expired);
    let bench = Bench::with_config(config).await;
    let form = |change: &[(&'static str, &str)]| {
        let mut form = bench.secret_form("simulator-secret");
        for (name, value) in change {
            form.retain(|(known, _)| known != name);
            form.push((name, (*value).to_owned().into()));
        }
        form
    };
    let cases = [
        (TENANT, form(&[("client_secret", "wrong")]), 401, "invalid_client", 7_000_215),
        (TENANT, form(&[("client_secret", "old")]), 401, "invalid_client", 7_000_222),
        (TENANT, form(&[("client_secret", "")]), 401, "invalid_client", 7_000_218),
        (TENANT, form(&[("client_id", "nobody")]), 400, "unauthorized_client", 700_016),
        ("nowhere.example", form(&[]), 400, "invalid_request", 90_002),
        (TENANT, form(&[("scope", "User.Read.All")]), 400, "invalid_scope", 70_011),
        (TENANT, form(&[("scope", "https://graph.microsoft.com/User.Read")]), 400, "invalid_scope", 1_002_012),
        (TENANT, form(&[("scope", "https://graph.microsoft.com/.default")]), 400, "invalid_resource", 500_011),
        (TENANT, form(&[("grant_type", "password")]), 400, "unsupported_grant_type", 70_003),
    ];
    for (tenant, form, status, error, code) in cases {
        let reply = bench.token_request(tenant, &form).await;
        assert_eq!((reply.status, &reply.body["error"]), (status, &json!(error)), "{}", reply.body);
        assert_eq!(reply.body["error_codes"], json!([code]));
        assert!(reply.body["error_description"].as_str().unwrap().starts_with(&format!("AADSTS{code}: ")));
        assert!(reply.body["trace_id"].is_string() && reply.body["correlation_id"].is_string());
    }
}

#[tokio::test]
async fn a_federated_token_stands_for_the_app() {
    let key = rcgen::KeyPair::generate().unwrap();
    let point = key.public_key_raw();
    let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let jwks =
        json!({"keys": [{"kty": "EC", "crv": "P-256", "kid": "k", "x": part(&point[1..33]), "y": part(&point[33..])}]});
    let mut config = Config::default();
    config.tenants[0].apps[0].federated.push(FederatedCredential {
        issuer: "https://kubernetes.default.svc".to_owned(),
        subject: "system:serviceaccount:guestlist:guestlist".to_owned(),
        audiences: vec!["api://AzureADTokenExchange".to_owned()],
        jwks: Some(jwks),
    });
    let bench = Bench::with_config(config).await;
    let pem = key.serialize_pem();
    let token = |subject: &str, audience: &str, exp: i64| {
        let header = part(json!({"alg": "ES256", "kid": "k"}).to_string().as_bytes());
        let body = json!({"iss": "https://kubernetes.default.svc", "sub": subject, "aud": [audience], "exp": exp});
        let signed = format!("{header}.{}", part(body.to_string().as_bytes()));
        format!("{signed}.{}", part(&es256(&pem, signed.as_bytes())))
    };
    let form = |assertion: String| {
        let mut form = bench.secret_form("");
        form.push(("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".into()));
        form.push(("client_assertion", assertion.into()));
        form
    };
    let (subject, audience) = ("system:serviceaccount:guestlist:guestlist", "api://AzureADTokenExchange");
    let good = token(subject, audience, 4_000_000_000);
    assert_eq!(bench.token_request(TENANT, &form(good.clone())).await.status, 200);

    let (signed, _) = good.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", part(&[7; 64]));
    let cases = [
        (token("system:serviceaccount:guestlist:other", audience, 4_000_000_000), 700_213),
        (token(subject, "else", 4_000_000_000), 70_021),
        (token(subject, audience, 1_000), 700_024),
        (forged, 700_027),
    ];
    for (assertion, code) in cases {
        let reply = bench.token_request(TENANT, &form(assertion)).await;
        assert_eq!((reply.status, &reply.body["error_codes"]), (401, &json!([code])), "{}", reply.body);
    }
}

fn es256(pem: &str, message: &[u8]) -> Vec<u8> {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::prelude::BASE64_STANDARD.decode(body).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).unwrap();
    key.sign(&aws_lc_rs::rand::SystemRandom::new(), message).unwrap().as_ref().to_vec()
}

#[tokio::test]
async fn a_certificate_signed_assertion_is_checked_against_the_registered_certificate() {
    use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
    let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
    let certified = |until: i32| {
        let mut params = rcgen::CertificateParams::new(vec!["app".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(until, 1, 1);
        params.self_signed(&key).unwrap()
    };
    let (certificate, expired) = (certified(2090), certified(2020));
    let mut config = Config::default();
    config.tenants[0].apps[0].certificates = vec![certificate.pem(), expired.pem()];
    let bench = Bench::with_config(config).await;

    let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let hash = |der: &[u8]| part(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, der).as_ref());
    let (thumbprint, expired) = (hash(certificate.der()), hash(expired.der()));
    let signer = RsaKeyPair::from_pkcs8(&key.serialize_der()).unwrap();
    let made = |header: Value, body: Value| {
        let signed = format!("{}.{}", part(header.to_string().as_bytes()), part(body.to_string().as_bytes()));
        let mut signature = vec![0; signer.public_modulus_len()];
        let random = aws_lc_rs::rand::SystemRandom::new();
        signer.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).unwrap();
        let mut form = bench.secret_form("");
        form.push(("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".into()));
        form.push(("client_assertion", format!("{signed}.{}", part(&signature)).into()));
        form
    };
    let audience = format!("{}{TENANT}/oauth2/v2.0/token", bench.sim.authority());
    let body = |subject: &str, audience: &str| json!({"iss": APP, "sub": subject, "aud": audience, "nbf": 1_500_000_000, "exp": 4_000_000_000_u64, "jti": "1"});
    let form = |subject: &str, audience: &str, thumbprint: &str| {
        made(json!({"alg": "RS256", "typ": "JWT", "x5t#S256": thumbprint}), body(subject, audience))
    };
    let without = |name: &str| {
        let (mut header, mut body) =
            (json!({"alg": "RS256", "typ": "JWT", "x5t#S256": thumbprint}), body(APP, &audience));
        header.as_object_mut().unwrap().remove(name);
        body.as_object_mut().unwrap().remove(name);
        made(header, body)
    };
    let changed = |name: &str, value: Value| {
        let mut body = body(APP, &audience);
        body[name] = value;
        made(json!({"alg": "RS256", "typ": "JWT", "x5t#S256": thumbprint}), body)
    };
    assert_eq!(bench.token_request(TENANT, &form(APP, &audience, &thumbprint)).await.status, 200);
    let cases = [
        (form("other", &audience, &thumbprint), 700_021),
        (form(APP, "https://elsewhere.example", &thumbprint), 700_023),
        (form(APP, &audience, "AAAA"), 700_027),
        (form(APP, &audience, &expired), 700_027),
        (without("x5t#S256"), 700_027),
        (changed("exp", json!(1_600_000_000)), 700_024),
        (changed("nbf", json!(3_900_000_000_u64)), 700_024),
    ];
    for (form, code) in cases {
        let reply = bench.token_request(TENANT, &form).await;
        assert_eq!((reply.status, &reply.body["error_codes"]), (401, &json!([code])), "{}", reply.body);
    }
    for name in ["typ", "jti", "nbf", "iss", "sub", "aud", "exp", "alg"] {
        let reply = bench.token_request(TENANT, &without(name)).await;
        assert_eq!((reply.status, &reply.body["error_codes"]), (400, &json!([50_027])), "{name}: {}", reply.body);
    }
    let reply = bench.token_request(TENANT, &form(APP, &audience, &expired)).await;
    assert!(reply.body["error_description"].as_str().unwrap().contains("The key used is expired."), "{}", reply.body);
}

#[tokio::test]
async fn graph_wants_a_token_that_lives() {
    let mut bench = Bench::new().await;
    let missing = bench.client.get(format!("{}v1.0/users", bench.sim.url())).send().await.unwrap();
    assert_eq!(missing.status(), 401);
    assert!(missing.headers().contains_key("www-authenticate"));

    bench.sim.revoke_tokens();
    assert_eq!(bench.get("users").await.code(), "InvalidAuthenticationToken");

    bench.set(|settings| settings.token_lifetime = Duration::from_secs(2));
    bench.token = bench.sign_in().await;
    assert_eq!(bench.get("users").await.status, 200);
    bench.set(|settings| settings.clock_offset_seconds = 60);
    let expired = bench.get("users").await;
    assert_eq!((expired.status, expired.code()), (401, "InvalidAuthenticationToken"));
}

#[tokio::test]
async fn each_operation_needs_its_role() {
    let bench = Bench::with_roles(&["User.Invite.All"]).await;
    let denied = bench.get("users").await;
    assert_eq!((denied.status, denied.code()), (403, "Authorization_RequestDenied"));
    assert_eq!(denied.message(), "Insufficient privileges to complete the operation.");
    let id = bench.guest("ann@fabrikam.com").await;
    for reply in [
        bench.get(&format!("users/{id}")).await,
        bench.patch(&format!("users/{id}"), &json!({"jobTitle": "x"})).await,
        bench.delete(&format!("users/{id}")).await,
        bench.get("organization").await,
    ] {
        assert_eq!(reply.status, 403);
    }
    let reader = Bench::with_roles(&["User.ReadBasic.All"]).await;
    assert_eq!(reader.get("users?$select=id,mail").await.status, 200);
    assert_eq!(reader.get("users?$select=externalUserState").await.status, 403);
    assert_eq!(reader.post("invitations", &invitation("ann@fabrikam.com")).await.status, 403);
}
