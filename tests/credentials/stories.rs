//! The same story for every kind: it connects; it goes wrong, which is one condition and few questions; it is put right, and
//! everything goes on without a restart.

use std::time::Duration;

use testbed::stories::{SOON, condition, guest, kstatus, mails, simulator, until_reason, until_state};
use testbed::world::Ref;

use crate::kinds::{Kind, Signed};

pub async fn told(kind: Kind) {
    let signed = Signed::start(kind).await;
    let world = &signed.world;
    world.apply(&guest("one", "one@fabrikam.com", "")).await.unwrap();
    until_state(world, "one", "Invited").await;
    assert_eq!(mails(world, "one@fabrikam.com"), 1);
    // The guests are woken before the tenant's own status is written.
    let signed_in = |tenant: &serde_json::Value| condition(tenant, "Authenticated").0 == "True";
    let tenant = world.wait_for(&Ref::tenant("default"), "be signed in", signed_in, SOON).await.unwrap();
    assert_eq!(condition(&tenant, "Permitted").1, "Granted", "{}", condition(&tenant, "Permitted").2);
    assert_eq!(signed.sign_ins(), 1, "one token serves");

    signed.spoil().await;
    world.apply(&guest("two", "two@fabrikam.com", "")).await.unwrap();
    let is = |tenant: &serde_json::Value| condition(tenant, "Authenticated").0 == "False";
    let tenant = world.wait_for(&Ref::tenant("default"), "be refused", is, SOON).await.unwrap();
    kstatus(&tenant);
    let (_, reason, said) = condition(&tenant, "Authenticated");
    assert_eq!(reason, "AuthenticationFailed");
    assert!(signed.says().iter().all(|words| said.contains(words)), "{said}");
    assert!(!said.contains("Trace ID") && !said.contains("authentication failed."), "{said}");
    assert_eq!(until_reason(world, "two", "AuthenticationFailed").await, said);
    let before = signed.sign_ins();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(signed.sign_ins() - before <= 4, "{} sign-ins in 5 s", signed.sign_ins() - before);
    assert_eq!(mails(world, "two@fabrikam.com"), 0);

    signed.mend().await;
    until_state(world, "two", "Invited").await;
    assert_eq!(mails(world, "two@fabrikam.com"), 1);
    let is = |tenant: &serde_json::Value| condition(tenant, "Ready").0 == "True";
    world.wait_for(&Ref::tenant("default"), "be Ready again", is, SOON).await.unwrap();
    assert_eq!(simulator(world).count("createInvitation"), 2);
    let operator = world.operator().unwrap();
    assert_eq!(operator.exited(), None, "the operator was not started anew");
    let log = operator.log();
    assert!(!log.contains("PRIVATE KEY") && !log.contains("eyJ") && !log.contains("a new one"), "a secret in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn client_secret() {
    told(Kind::ClientSecret).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn client_certificate() {
    told(Kind::ClientCertificate).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workload_identity() {
    told(Kind::WorkloadIdentity).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn azure_cli() {
    told(Kind::AzureCli).await;
}
