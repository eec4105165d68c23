//! A world is waited in, asked by kubectl, and tells what it knows when a wait is in vain.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use testbed::openapi::Graph;
use testbed::{Ref, World, WorldConfig};

const MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m, namespace: default }\ndata: { size: \"1\" }\n";

async fn bare_world() -> World {
    let config = WorldConfig { crds: false, tenant: None, operator: false, interposed: true, ..WorldConfig::default() };
    World::start(config).await.unwrap()
}

#[tokio::test]
async fn an_object_is_waited_for_through_all_its_life() {
    let world = bare_world().await;
    let map = Ref::new("v1", "ConfigMap", "default", "m");
    let within = Duration::from_secs(10);
    assert!(world.get(&map).await.unwrap().is_null());

    let changed = MAP.replace("\"1\"", "\"2\"");
    let (seen, _) =
        tokio::join!(world.wait_for(&map, "have size 2", |map| map["data"]["size"] == "2", within), async {
            world.apply(MAP).await.unwrap();
            world.apply(&changed).await.unwrap();
        });
    assert_eq!(seen.unwrap()["metadata"]["name"], "m");

    let text = world.kubectl(&["get", "configmap", "m", "-o", "jsonpath={.data.size}"]).await;
    match text {
        Ok(text) => assert_eq!(text, "2"),
        Err(error) => assert!(error.to_string().contains("no kubectl in PATH"), "{error}"),
    }

    world.delete(&map).await.unwrap();
    world.wait_for(&map, "be gone", serde_json::Value::is_null, within).await.unwrap();
    world.apply(MAP).await.unwrap();
    let error =
        world.wait_for(&map, "grow", |map| map["data"]["size"] == "3", Duration::from_millis(300)).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("ConfigMap m to grow")
            && text.contains("\"size\": \"1\"")
            && text.contains("no operator was started"),
        "{text}"
    );
}

#[tokio::test]
async fn the_way_to_graph_leads_through_the_interposer() {
    let world = bare_world().await;
    let way = world.graph_way.as_ref().unwrap();
    let authority = reqwest::Certificate::from_pem(way.ca_pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([authority]).no_proxy().build().unwrap();
    let invitation = serde_json::json!({"invitedUserEmailAddress": "a@x.org", "inviteRedirectUrl": "https://x.org"});
    let asked = client.post(way.url().join("v1.0/invitations").unwrap()).json(&invitation);
    assert_eq!(asked.send().await.unwrap().status(), 401);
    let effects = world.effects.list();
    assert_eq!((effects.len(), effects[0].port.as_str(), effects[0].status), (1, "graph", Some(401)));

    // Where upstream breaks off, so does the interposer: it has no answers of its own.
    world.entra.as_ref().unwrap().simulator().pause().await;
    client.get(way.url().join("v1.0/users").unwrap()).send().await.unwrap_err();
}

#[tokio::test]
async fn a_world_in_which_graph_was_asked_wrongly_fails_at_its_end() {
    let world = bare_world().await;
    let entra = world.entra.as_ref().unwrap();
    let authority = reqwest::Certificate::from_pem(entra.ca_pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([authority]).no_proxy().build().unwrap();
    client.get(entra.url().join("v1.0/userz").unwrap()).send().await.unwrap();
    let end = catch_unwind(AssertUnwindSafe(|| drop(world)));
    assert_eq!(end.is_err(), Graph::at_hand().unwrap().is_some(), "only without a description does it end well");
}
