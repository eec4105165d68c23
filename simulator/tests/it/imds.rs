//! The metadata service: whom it gives a token, and in which words it refuses.

use entra_simulator::{AppConfig, Config, ManagedIdentity, Simulator};
use serde_json::{Value, json};

use crate::support::{APP, TENANT};

const OTHER: &str = "bbbbbbbb-0000-0000-0000-000000000002";

async fn with(identities: &[(&str, ManagedIdentity)]) -> Simulator {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut config = Config { imds: Some(([127, 0, 0, 1], 0).into()), ..Config::default() };
    let app = |(client_id, kind): &(&str, ManagedIdentity)| AppConfig {
        client_id: (*client_id).to_owned(),
        managed_identity: Some(*kind),
        ..AppConfig::default()
    };
    config.tenants[0].apps = identities.iter().map(app).collect();
    Simulator::start(config).await.unwrap()
}

type Pairs<'p> = &'p [(&'p str, &'p str)];

async fn ask(sim: &Simulator, query: Pairs<'_>, headers: Pairs<'_>) -> (u16, Value) {
    let url = format!("http://{}/metadata/identity/oauth2/token", sim.imds_address().unwrap());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.get(url).query(query);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn it_gives_a_token_that_graph_takes() {
    let sim = with(&[(APP, ManagedIdentity::SystemAssigned), (OTHER, ManagedIdentity::UserAssigned)]).await;
    let resource = sim.graph_url().as_str().trim_end_matches('/');
    let plain = [("api-version", "2019-08-01"), ("resource", resource)];
    for (query, client_id) in [(plain.to_vec(), APP), ([&plain[..], &[("client_id", OTHER)]].concat(), OTHER)] {
        let (status, body) = ask(&sim, &query, &[("Metadata", "true")]).await;
        assert_eq!((status, &body["client_id"], &body["token_type"]), (200, &json!(client_id), &json!("Bearer")));
        assert!(body["expires_on"].as_str().unwrap().parse::<i64>().unwrap() > 1_700_000_000, "a text: {body}");
        assert_eq!(body["resource"], resource);
    }
    let calls = sim.requests("managedIdentityToken");
    assert_eq!(calls.len(), 2);
    assert!(sim.user(TENANT, APP).is_none());
}

#[tokio::test]
async fn its_refusals_say_what_is_missing() {
    let sim = with(&[(APP, ManagedIdentity::UserAssigned), (OTHER, ManagedIdentity::UserAssigned)]).await;
    let resource = sim.graph_url().as_str().trim_end_matches('/').to_owned();
    let (version, resource) = (("api-version", "2019-08-01"), ("resource", resource.as_str()));
    let metadata: Pairs<'_> = &[("Metadata", "true")];
    let forwarded: Pairs<'_> = &[("Metadata", "true"), ("X-Forwarded-For", "10.0.0.1")];
    let cases: [(Pairs<'_>, Pairs<'_>, &str); 8] = [
        (&[version, resource], &[], "Required metadata header not specified"),
        (&[version, resource], &[("Metadata", "1")], "Required metadata header not specified"),
        (&[version, resource], forwarded, "X-Forwarded-For"),
        (&[resource], metadata, "api-version"),
        (&[("api-version", "2017-12-01"), resource], metadata, "api-version"),
        (&[version], metadata, "'resource' is missing"),
        (&[version, resource], metadata, "Multiple user assigned identities exist"),
        (&[version, resource, ("client_id", "nobody")], metadata, "Identity not found"),
    ];
    for (query, headers, words) in cases {
        let (status, body) = ask(&sim, query, headers).await;
        assert_eq!(status, 400);
        assert!(body.to_string().contains(words), "{words}: {body}");
    }
    let elsewhere = [version, ("resource", "https://elsewhere.example"), ("client_id", APP)];
    let (status, body) = ask(&sim, &elsewhere, metadata).await;
    assert_eq!((status, &body["error"]), (400, &json!("invalid_resource")));
}
