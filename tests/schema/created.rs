//! Hundreds of what the API server takes, really made, with the operator at work: each comes to rest in words, and nobody is
//! mailed twice.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entra_simulator::Config;
use futures::StreamExt;
use futures::stream::iter;
use kube::api::ListParams;
use serde_json::{Value, json};
use testbed::World;
use testbed::world::{Ref, TenantManifest, WorldConfig};

use crate::choices::{Choices, random};
use crate::common::{ask, object, path, rng, schema};
use crate::generate::valid;

const GUESTS: usize = 320;
const SOON: Duration = Duration::from_secs(60);
const ROLES: [&str; 5] =
    ["User.Invite.All", "User.Read.All", "User.ReadWrite.All", "User.DeleteRestore.All", "GroupMember.ReadWrite.All"];

async fn world() -> World {
    let mut entra = Config { smtp: Some("127.0.0.1:0".parse().unwrap()), ..Config::default() };
    entra.tenants[0].apps[0].roles = ROLES.map(String::from).to_vec();
    let world = World::start(WorldConfig { entra: Some(entra), tenant: None, ..WorldConfig::default() }).await.unwrap();
    world.plane.namespace("team").await.unwrap();
    let entra = world.entra.as_ref().unwrap();
    let smtp = json!({
        "host": "127.0.0.1", "port": entra.simulator().smtp_address().unwrap().port(), "tls": "StartTls",
        "from": "Contoso <invites@contoso.com>", "caBundle": STANDARD.encode(entra.ca_pem()),
    });
    let more = json!({"mail": {"smtp": smtp}});
    let tenant = TenantManifest { more, per_minute: 1800, burst: 150, ..TenantManifest::default() };
    world.apply_tenant(&tenant).await.unwrap();
    let ready = |tenant: &Value| condition(tenant, "Ready")["status"] == "True";
    world.wait_for(&Ref::tenant("default"), "be Ready", ready, SOON).await.unwrap();
    world
}

fn condition<'a>(object: &'a Value, kind: &str) -> &'a Value {
    let conditions = object["status"]["conditions"].as_array();
    conditions.into_iter().flatten().find(|condition| condition["type"] == kind).unwrap_or(&Value::Null)
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
    let ready = condition(guest, "Ready");
    guest["status"]["observedGeneration"] == guest["metadata"]["generation"]
        && guest["status"]["invitation"]["attempt"].is_null()
        && (ready["status"] == "True" || ready["status"] == "False")
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

    let api = world.plane.api_of("guestlist.dev/v1alpha1", "GuestInvitation", "team").await.unwrap();
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

    let simulator = world.entra.as_ref().unwrap().simulator();
    let posts = simulator.requests("createInvitation");
    let (mut states, mut mailed, mut asked) = (BTreeMap::<String, usize>::new(), 0, 0);
    for guest in &guests {
        let (spec, address) = (&guest["spec"], guest["spec"]["email"].as_str().unwrap());
        let ready = condition(guest, "Ready");
        let state = guest["status"]["state"].as_str().unwrap_or_default();
        assert!(!state.is_empty() && ready["message"].as_str().is_some_and(|said| said.len() > 10), "{guest}");
        let by_microsoft = simulator.invitation_mails(address).len();
        let mails = by_microsoft + simulator.own_mails(address).len();
        let posts: Vec<bool> = posts
            .iter()
            .filter_map(|post| post.body.as_ref())
            .filter(|body| body["invitedUserEmailAddress"] == address)
            .map(|body| body["sendInvitationMessage"] == true)
            .collect();
        let asking = posts.iter().filter(|asking| **asking).count();
        assert!(mails <= 1 && asking <= 1 && posts.len() <= 2, "{mails} mails, {posts:?}: {guest}");
        let wants = spec["delivery"] != "None" && spec["suspend"] != true;
        if state == "Invited" && guest["status"]["invitation"]["sent"] == 1 {
            assert!(wants && mails == 1, "{mails} mails and one counted: {guest}");
        } else if ready["status"] == "True" && wants {
            panic!("ready and not mailed: {guest}");
        }
        mailed += mails;
        asked += posts.len();
        *states.entry(format!("{state} {}", ready["reason"].as_str().unwrap_or_default())).or_default() += 1;
    }
    println!("schema, created: {mailed} mails, {asked} POSTs, {states:?}");
    assert!(mailed > GUESTS / 3, "{states:?}");
    let operator = world.operator().unwrap();
    assert!(operator.exited().is_none());
    let log = operator.log();
    assert!(!log.contains("a defect in the operator") && !log.contains("panicked"), "{}", operator.log_tail(60));
}
