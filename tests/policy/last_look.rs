//! What the platform team takes away after an invitation was decided on and before it leaves. The watch shows it while the operator reads what it
//! decided on once more: no mail leaves by what was said before.

use std::time::Duration;

use serde_json::{Value, json};
use testbed::World;
use testbed::interposer::Moment;
use testbed::stories::{SOON, a_while, calls, guest_with, patched, until_current_reason, until_state};
use testbed::world::{Ref, WorldConfig};

use crate::rules::{label, manifest, with};

/// How long each read takes meanwhile. The watches go on as they were.
const SLOW: Duration = Duration::from_secs(3);

fn rules() -> Value {
    json!([{"namespaces": {"matchLabels": {"guests": "allowed"}}, "emailDomains": ["fabrikam.com"]}])
}

fn of_guest(path: &str) -> bool {
    path.contains("/guests")
}

async fn labelled() -> World {
    let config = WorldConfig { interposed: true, counted: of_guest, ..WorldConfig::default() };
    let world = with(&rules(), config).await;
    label(&world, json!({"guests": "allowed"})).await;
    world
}

/// Declares Ann, and returns when the intent to invite her is on record and the last look before the mail has begun, slowly. Returns the name
/// of her Guest.
async fn begin(world: &World) -> String {
    world.effects.reset();
    let mut held = world.effects.hold(1, Moment::AfterWork);
    world.apply(&guest_with("ann", "ann@fabrikam.com", Value::Null)).await.unwrap();
    let intent = held.reached(SOON).await.unwrap().json();
    assert!(intent["record"]["invitation"]["attempt"].is_object(), "{intent}");
    world.kube_way.as_ref().unwrap().slow(SLOW);
    held.release();
    tokio::time::sleep(SLOW / 4).await;
    intent["metadata"]["name"].as_str().unwrap().to_owned()
}

/// Waits until Ann's claim says `reason`, and no mail has left. What is read is quick again afterwards.
async fn held_back(world: &World, reason: &str) {
    until_current_reason(world, "ann", reason).await;
    a_while().await;
    assert_eq!(calls(world, "createInvitation"), 0);
    world.kube_way.as_ref().unwrap().slow(Duration::ZERO);
}

async fn invited_once(world: &World) {
    until_state(world, "ann", "Invited").await;
    assert_eq!(calls(world, "createInvitation"), 1);
}

/// What a watch had shown by then was taken for what had been decided by, so the mail left.
#[tokio::test(flavor = "multi_thread")]
async fn rules_that_are_taken_away_just_before_a_mail_hold_it_back() {
    let world = labelled().await;
    begin(&world).await;
    world.apply_tenant(&manifest(&json!([{"emailDomains": ["northwind.example"]}]))).await.unwrap();
    held_back(&world, "NotAllowed").await;
    world.apply_tenant(&manifest(&rules())).await.unwrap();
    invited_once(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_that_is_taken_away_just_before_a_mail_holds_it_back() {
    let world = labelled().await;
    begin(&world).await;
    label(&world, json!({"guests": null})).await;
    held_back(&world, "NotAllowed").await;
    label(&world, json!({"guests": "allowed"})).await;
    invited_once(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_is_held_just_before_a_mail_is_not_mailed() {
    let world = labelled().await;
    let guest = Ref::new("guestlist.dev/v1alpha1", "GuestRecord", "", &begin(&world).await);
    patched(&world, &guest, json!({"spec": {"hold": true}})).await;
    held_back(&world, "HeldByPlatform").await;
    patched(&world, &guest, json!({"spec": {"hold": null}})).await;
    invited_once(&world).await;
}
