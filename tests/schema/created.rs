//! Hundreds of what the API server takes, really made, with the operator at work: each comes to rest in words, and nobody is
//! mailed twice.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use entra_simulator::Config;
use futures::StreamExt;
use futures::stream::iter;
use kube::api::ListParams;
use serde_json::{Value, json};
use testbed::World;
use testbed::stories::{
    ROLES, allowed, condition, connected, every_right, guests, is_current, mails, posts, simulator, smtp, state,
};
use testbed::world::{TenantManifest, WorldConfig};

use crate::choices::{Choices, random};
use crate::definitions::{rng, schema};
use crate::generate::valid;
use crate::requests::{ask, object, path};

const GUESTS: usize = 320;
async fn world() -> World {
    let entra = Config { smtp: Some("127.0.0.1:0".parse().unwrap()), ..allowed(&ROLES) };
    let world = World::start(WorldConfig { entra: Some(entra), tenant: None, ..WorldConfig::default() }).await.unwrap();
    world.plane.namespace("team").await.unwrap();
    let more = json!({"access": every_right(), "mail": {"smtp": smtp(&world)}});
    let tenant = TenantManifest { more, per_minute: 1800, burst: 150, ..TenantManifest::default() };
    world.apply_tenant(&tenant).await.unwrap();
    connected(&world).await;
    world
}

/// A spec that the API server takes, for a guest of its own in the tenant that is there.
fn spec(n: usize, schema: &Value, rng: &mut fastrand::Rng) -> Value {
    let bytes = random(rng, 400);
    let mut spec = valid(schema, "spec", &mut Choices::of(&bytes));
    spec["email"] = format!("n{n}-{}", spec["email"].as_str().unwrap()).into();
    // A few name a tenant that is not there; a reminder must not come while the mails are counted.
    if !n.is_multiple_of(20) {
        spec["tenantRef"] = json!({"name": "default"});
    }
    // Most have a Secret of their own; those who share one are told so.
    if spec["redeemUrlSecretRef"].is_object() && !n.is_multiple_of(7) {
        spec["redeemUrlSecretRef"]["name"] = format!("n{n}-link").into();
    }
    if spec["reminders"].is_object() {
        spec["reminders"]["after"] = "72h".into();
    }
    spec
}

fn at_rest(guest: &Value) -> bool {
    let (ready, reason, _) = condition(guest, "Ready");
    let open = &guest["status"]["invitation"];
    // A mail that is owed is still to come, unless its link waits for a Secret that another invitation took meanwhile.
    let waits_for_its_secret = reason == "SecretNotOurs";
    let settled = open["attempt"].is_null() && (open["owedSince"].is_null() || waits_for_its_secret);
    is_current(guest) && settled && (ready == "True" || ready == "False")
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_come_to_rest_in_words_and_nobody_is_mailed_twice() {
    let mut rng = rng("schema, created");
    let world = world().await;
    let schema = schema("GuestInvitation", "spec");
    let specs: Vec<Value> = (0..GUESTS).map(|n| spec(n, &schema, &mut rng)).collect();
    let began = Instant::now();
    let made = iter(specs.iter().enumerate()).map(|(n, spec)| {
        let guest = object("GuestInvitation", &format!("guest-{n}"), spec.clone());
        let uri = format!("{}?fieldManager=somebody&fieldValidation=Strict", path("GuestInvitation"));
        let world = &world;
        async move { ask(world, "POST", &uri, "application/json", &guest).await }
    });
    let made: Vec<_> = made.buffered(8).collect().await;
    for (answer, spec) in made.iter().zip(&specs) {
        assert_eq!(answer.code, 201, "{}\n{spec}", answer.said());
    }

    let api = guests(&world).await;
    let deadline = Instant::now() + Duration::from_secs(180);
    let guests = loop {
        let listed = api.list(&ListParams::default()).await.unwrap();
        let guests: Vec<Value> = listed.iter().map(|guest| serde_json::to_value(guest).unwrap()).collect();
        let moving: Vec<&Value> = guests.iter().filter(|guest| !at_rest(guest)).collect();
        if moving.is_empty() {
            break guests;
        }
        assert!(
            Instant::now() < deadline,
            "{} do not come to rest, as {}\n{}",
            moving.len(),
            moving[0],
            world.account_of_it()
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    println!("schema, created: {GUESTS} guests at rest after {:.1} s", began.elapsed().as_secs_f64());
    tokio::time::sleep(Duration::from_secs(5)).await;

    let simulator = simulator(&world);
    let (mut states, mut mailed, mut asked) = (BTreeMap::<String, usize>::new(), 0, 0);
    for guest in &guests {
        let (spec, address) = (&guest["spec"], guest["spec"]["email"].as_str().unwrap());
        let (ready, reason, message) = condition(guest, "Ready");
        let state = state(guest);
        assert!(!state.is_empty() && message.len() > 10, "{guest}");
        let by_microsoft = mails(&world, address);
        let mails = by_microsoft + simulator.own_mails(address).len();
        let posts = posts(&world, address);
        let asking = posts.iter().filter(|asking| **asking).count();
        assert!(mails <= 1 && asking <= 1 && posts.len() <= 2, "{mails} mails, {posts:?}: {guest}");
        let wants = spec["delivery"] != "None" && spec["suspend"] != true;
        if state == "Invited" && guest["status"]["invitation"]["sent"] == 1 {
            assert!(wants && mails == 1, "{mails} mails and one counted: {guest}");
        } else if ready == "True" && wants && !["AccessEnded", "Expired"].contains(&reason.as_str()) {
            panic!("ready and not mailed: {guest}");
        }
        mailed += mails;
        asked += posts.len();
        *states.entry(format!("{state} {reason}")).or_default() += 1;
    }
    println!("schema, created: {mailed} mails, {asked} POSTs, {states:?}");
    assert!(mailed > GUESTS / 3, "{states:?}");
    let operator = world.operator().unwrap();
    assert!(operator.exited().is_none());
    let log = operator.log();
    assert!(!log.contains("a defect in the operator") && !log.contains("panicked"), "{}", operator.log_tail(60));
}
