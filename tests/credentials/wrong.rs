//! A wrong credential with many guests: one condition, few questions, no guest lost.

use std::time::Duration;

use entra_simulator::Entry;
use serde_json::Value;
use testbed::stories::{
    APP, SOON, TENANT, client_secret, condition, connected, guest, mails, named, simulator, until_reason, until_state,
    world,
};
use testbed::world::{Ref, TenantManifest, World, WorldConfig};

const GUESTS: usize = 20;

fn name(number: usize) -> String {
    format!("guest{number}")
}

async fn invite_all(world: &World) {
    let all: Vec<String> = (0..GUESTS).map(|n| guest(&name(n), &format!("guest{n}@fabrikam.com"), "")).collect();
    world.apply(&all.join("\n---\n")).await.unwrap();
}

async fn versions(world: &World) -> Vec<Value> {
    let mut versions = Vec::new();
    for n in 0..GUESTS {
        versions.push(world.get(&named(&name(n))).await.unwrap()["metadata"]["resourceVersion"].clone());
    }
    versions
}

async fn all_are_told(world: &World) {
    for n in 0..GUESTS {
        let said = until_reason(world, &name(n), "AuthenticationFailed").await;
        assert!(said.contains("AADSTS7000215") && said.contains("not its id"), "{said}");
    }
}

async fn all_recover(world: &World) {
    for n in 0..GUESTS {
        until_state(world, &name(n), "Invited").await;
        assert_eq!(mails(world, &format!("guest{n}@fabrikam.com")), 1);
    }
    assert_eq!(simulator(world).count("createInvitation"), GUESTS);
    assert_eq!(world.operator().unwrap().exited(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_guests_ask_no_more_than_one_would() {
    let right = TenantManifest::default();
    let tenant = TenantManifest { client_secret: "wrong".into(), ..right.clone() };
    let world = world(WorldConfig { tenant: Some(tenant), ..Default::default() }).await;
    invite_all(&world).await;
    all_are_told(&world).await;
    let tenant = world.get(&Ref::tenant("default")).await.unwrap();
    assert_eq!(condition(&tenant, "Authenticated").1, "AuthenticationFailed");
    assert_eq!(condition(&tenant, "Permitted").0, "Unknown");

    simulator(&world).clear_journal();
    let before = versions(&world).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let asked: Vec<String> = simulator(&world)
        .journal()
        .into_iter()
        .map(|entry| match entry {
            Entry::Request(request) => request.operation,
            Entry::Mail(mail) => panic!("a mail to {}", mail.to),
        })
        .collect();
    assert!(asked.iter().all(|operation| operation == "token"), "{asked:?}");
    assert!((1..=6).contains(&asked.len()), "{} sign-ins in 10 s", asked.len());
    assert_eq!(versions(&world).await, before, "a status that says the same is not written again");

    world.apply(&client_secret(&right.client_secret)).await.unwrap();
    all_recover(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_revoked_while_twenty_begin_brings_no_storm() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    simulator(&world).change_app(TENANT, APP, |app| app.secrets[0].value = "a-new-one".into()).unwrap();
    simulator(&world).revoke_tokens();
    simulator(&world).clear_journal();
    invite_all(&world).await;
    all_are_told(&world).await;
    let asked = simulator(&world).count("token");
    assert!((1..=6).contains(&asked), "{asked} sign-ins for {GUESTS} guests");
    world.apply(&client_secret("a-new-one")).await.unwrap();
    all_recover(&world).await;
    let ready = |tenant: &Value| condition(tenant, "Ready").1 == "Connected";
    world.wait_for(&Ref::tenant("default"), "be connected again", ready, SOON).await.unwrap();
}
