//! Workload identity: the pod's own ServiceAccount token, signed by this API server, exchanged for a token of Graph's.

use entra_simulator::{Config, FederatedCredential};
use testbed::stories::{SOON, condition, guest, mails, simulator, until_state, world};
use testbed::world::{Ref, TenantManifest, World, WorldConfig};

const AUDIENCE: &str = "api://AzureADTokenExchange";

/// An operator that signs in as the application whose federated credential names `subject`.
async fn federated(subject: &str) -> World {
    let folder = tempfile::tempdir().unwrap().keep();
    let file = folder.join("token");
    let mut entra = Config::default();
    entra.tenants[0].apps[0].federated = vec![FederatedCredential {
        issuer: "https://kubernetes.default.svc".into(),
        subject: subject.into(),
        audiences: vec![AUDIENCE.into()],
        jwks: None,
    }];
    let client_id = entra.tenants[0].apps[0].client_id.clone();
    let credentials = serde_json::json!({"credentials": {"clientSecret": null, "workloadIdentity": {}}});
    let world = world(WorldConfig {
        entra: Some(entra),
        tenant: Some(TenantManifest { more: credentials, ..Default::default() }),
        operator: false,
        operator_env: vec![
            ("AZURE_CLIENT_ID".into(), client_id),
            ("AZURE_FEDERATED_TOKEN_FILE".into(), file.display().to_string()),
        ],
        ..Default::default()
    })
    .await;
    let token = ["create", "token", "guestlist", "-n", "guestlist-system", "--audience", AUDIENCE];
    std::fs::write(&file, world.kubectl(&token).await.unwrap().trim()).unwrap();
    world.start_operator().unwrap();
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_account_token_is_all_the_operator_needs() {
    let world = federated("system:serviceaccount:guestlist-system:guestlist").await;
    world.apply(&guest("one", "one@fabrikam.com", "")).await.unwrap();
    until_state(&world, "one", "Invited").await;
    assert_eq!(mails(&world, "one@fabrikam.com"), 1);
    assert_eq!(simulator(&world).count("token"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_federated_credential_is_named() {
    let world = federated("system:serviceaccount:elsewhere:other").await;
    let refused = |tenant: &serde_json::Value| condition(tenant, "Authenticated").0 == "False";
    let tenant = world.wait_for(&Ref::tenant("default"), "be refused", refused, SOON).await.unwrap();
    let (_, reason, said) = condition(&tenant, "Ready");
    assert_eq!(reason, "AuthenticationFailed");
    assert!(said.contains("federated credential") && said.contains("system:serviceaccount:"), "{said}");
}
