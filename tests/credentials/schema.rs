//! What the API server takes as credentials: exactly one kind.

use serde_json::{Value, json};
use testbed::stories::world;
use testbed::world::{TenantManifest, WorldConfig};

const KINDS: [&str; 5] = ["workloadIdentity", "managedIdentity", "clientSecret", "clientCertificate", "azureCli"];

fn kind(name: &str) -> Value {
    match name {
        "clientSecret" => json!({"clientId": "app", "secretRef": {"name": "entra"}}),
        "clientCertificate" => json!({"clientId": "app", "secretRef": {"name": "entra"}}),
        _ => json!({}),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_server_takes_exactly_one_kind() {
    let world = world(WorldConfig { tenant: None, operator: false, ..Default::default() }).await;
    let attempt = async |given: &[&str]| {
        let mut credentials = json!({});
        for name in KINDS {
            credentials[name] = if given.contains(&name) { kind(name) } else { Value::Null };
        }
        let name = format!("t{}", given.join("-").to_lowercase());
        let more = json!({"credentials": credentials});
        world.apply_tenant(&TenantManifest { name, more, ..TenantManifest::default() }).await
    };
    let refused = async |given: &[&str]| {
        let said = attempt(given).await.unwrap_err().to_string();
        assert!(said.contains("give exactly one kind of credentials: workloadIdentity, managedIdentity"), "{said}");
    };
    refused(&[]).await;
    for (at, one) in KINDS.iter().enumerate() {
        attempt(&[one]).await.unwrap();
        for other in &KINDS[at + 1..] {
            refused(&[one, other]).await;
        }
    }
    refused(&KINDS).await;
}
