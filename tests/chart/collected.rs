//! What Kubernetes itself ends, by the real garbage collector and the real namespace controller: every guest follows its policy.

use std::time::{Duration, Instant};

use serde_json::json;
use testbed::PlaneConfig;
use testbed::stories::{
    ALL, SOON, TENANT, allowed, calls, connected, guest_list, guest_with, guests, helm, is_current, mails, named_list,
    patched, simulator, smtp, until, until_gone,
};
use testbed::world::{Ref, World};

use crate::installed::installed;

async fn with(controllers: &[&'static str]) -> World {
    let config = PlaneConfig { controllers: controllers.to_vec(), ..PlaneConfig::default() };
    let mut entra = allowed(&ALL);
    entra.smtp = Some("127.0.0.1:0".parse().unwrap());
    let world = installed(config, &["ownMail.enabled=true", "redeemLinkSecrets.enabled=true"], entra).await;
    let quick = json!({"spec": {"pacing": {"perMinute": 1800, "burst": 150, "endsPerHour": 100}}});
    patched(&world, &Ref::tenant("default"), quick).await;
    connected(&world).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_namespace_with_thirty_guests_goes_and_they_are_off_boarded() {
    let world = with(&["namespace-controller", "garbage-collector-controller"]).await;
    let address = |number: usize| format!("guest{number}@fabrikam.com");
    for number in 0..30 {
        let mut spec = json!({"deletionPolicy": "Delete"});
        if number < 3 {
            spec["redeemUrlSecretRef"] = json!({"name": format!("link{number}")});
        }
        world.apply(&guest_with(&format!("guest{number}"), &address(number), spec)).await.unwrap();
    }
    world.apply(&guest_with("stays", "stays@fabrikam.com", json!({}))).await.unwrap();
    for number in 0..30 {
        until(&world, &format!("guest{number}"), "be Invited", |guest| guest["status"]["state"] == "Invited").await;
    }
    until(&world, "stays", "be Invited", |guest| guest["status"]["state"] == "Invited").await;

    world.delete(&Ref::new("v1", "Namespace", "", "team")).await.unwrap();
    let begun = Instant::now();
    until_gone(&world, &Ref::new("v1", "Namespace", "", "team")).await;
    eprintln!("the namespace was gone after {:?}", begun.elapsed());
    for number in 0..30 {
        assert!(simulator(&world).user(TENANT, &address(number)).is_none(), "{} is left", address(number));
        assert_eq!(mails(&world, &address(number)), 1);
    }
    assert!(simulator(&world).user(TENANT, "stays@fabrikam.com").is_some(), "retained");
    assert_eq!(calls(&world, "deleteUser"), 30, "one call for each");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_goes_with_its_guest_and_a_copy_with_its_claim() {
    let world = with(&["garbage-collector-controller"]).await;
    patched(&world, &Ref::tenant("default"), json!({"spec": {"mail": {"smtp": smtp(&world)}}})).await;
    world.wait_for(&Ref::tenant("default"), "be taken up", is_current, SOON).await.unwrap();
    let more = json!({"delivery": "Mail", "deletionPolicy": "Delete", "redeemUrlSecretRef": {"name": "copy"}});
    world.apply(&guest_with("ada", "ada@fabrikam.com", more)).await.unwrap();
    let ada = until(&world, "ada", "be mailed", |guest| guest["status"]["invitation"]["sent"] == 1).await;
    let person = ada["status"]["guestName"].as_str().unwrap();
    let link = Ref::new("v1", "Secret", helm::NAMESPACE, &format!("{person}-redeem-url"));
    let copy = Ref::new("v1", "Secret", "team", "copy");
    world.get(&copy).await.unwrap();

    world.delete(&Ref::guest("team", "ada")).await.unwrap();
    until_gone(&world, &Ref::guest("team", "ada")).await;
    until_gone(&world, &copy).await;
    world.get(&link).await.expect("the person is still on record");
    // Whoever was deleted 30 days ago is forgotten: an administrator puts the end into the past.
    let person = Ref::new("guestlist.dev/v1alpha1", "GuestRecord", "", person);
    patched(&world, &person, json!({"record": {"ended": {"at": "2020-01-01T00:00:00Z"}}})).await;
    until_gone(&world, &person).await;
    until_gone(&world, &link).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guests_of_a_list_that_goes_follow_their_policy() {
    let world = with(&["garbage-collector-controller"]).await;
    let of_list = [
        json!({"email": "gone@fabrikam.com"}),
        json!({"email": "also@fabrikam.com"}),
        json!({"email": "stays@fabrikam.com", "deletionPolicy": "Retain"}),
    ];
    world.apply(&guest_list("team", &json!({"deletionPolicy": "Delete"}), &of_list).to_string()).await.unwrap();
    let name = named_list("team");
    world.wait_for(&name, "have invited three", |list| list["status"]["guests"]["invited"] == 3, SOON).await.unwrap();
    // Not of the list: the collector leaves it alone.
    world.apply(&guest_with("other", "other@fabrikam.com", json!({"deletionPolicy": "Delete"}))).await.unwrap();
    until(&world, "other", "be Invited", |guest| guest["status"]["state"] == "Invited").await;

    world.delete(&name).await.unwrap();
    until_gone(&world, &name).await;
    let guests = guests(&world).await;
    let begun = Instant::now();
    loop {
        let left = guests.list(&Default::default()).await.unwrap().items;
        if left.len() == 1 {
            assert_eq!(left[0].metadata.name.as_deref(), Some("other"));
            break;
        }
        assert!(begun.elapsed() < SOON, "{} guests are left", left.len());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let known = |email: &str| simulator(&world).user(TENANT, email).is_some();
    let known: Vec<bool> =
        ["gone", "also", "stays", "other"].map(|name| known(&format!("{name}@fabrikam.com"))).to_vec();
    assert_eq!(known, [false, false, true, true]);
    assert_eq!(calls(&world, "deleteUser"), 2);
}
