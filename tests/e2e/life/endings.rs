//! Expiry, the end of access, and deletion.

use std::time::Duration;

use entra_simulator::{Fault, FaultAction, SeedGroup, SeedKind, SeedUser};
use serde_json::json;
use testbed::stories::{
    ALL, SOON, TENANT, a_while, calls, condition, connected, guest, mails, named, simulator, state, until, until_gone,
    until_reason, until_state, world,
};

use super::{able, annotate, config, patch};

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_accept_in_time_expires_by_policy() {
    let world = able().await;
    let simulator = simulator(&world);
    for (name, policy) in [("keep", "Retain"), ("shut", "Disable"), ("out", "Delete"), ("quick", "Delete")] {
        let more = format!("  expiresAfter: 12s\n  deletionPolicy: {policy}\n");
        world.apply(&guest(name, &format!("{name}@fabrikam.com"), &more)).await.unwrap();
        until_state(&world, name, "Invited").await;
    }
    simulator.redeem(TENANT, "quick@fabrikam.com", None).unwrap();
    for (name, how) in [("keep", "Retained"), ("shut", "Disabled"), ("out", "Deleted")] {
        let ended = until(&world, name, "expire", |guest| state(guest) == "Expired").await;
        assert_eq!(ended["status"]["ended"]["how"], how, "{name}");
        assert_eq!(condition(&ended, "Ready").0, "True", "{name} is as the spec declares");
    }
    until_state(&world, "quick", "Accepted").await;
    a_while().await;
    let there = |name: &str| simulator.user(TENANT, &format!("{name}@fabrikam.com"));
    assert!(
        there("keep").unwrap().account_enabled && !there("shut").unwrap().account_enabled && there("out").is_none()
    );
    assert_eq!(state(&world.get(&named("quick")).await.unwrap()), "Accepted", "who has accepted does not expire");
    assert_eq!(
        (calls(&world, "deleteUser"), calls(&world, "updateUser"), calls(&world, "createInvitation")),
        (1, 1, 4)
    );

    // Wanted again, they are as a fresh one would be, without another mail.
    for name in ["keep", "shut", "out"] {
        patch(&world, name, json!({"expiresAfter": null})).await;
        until_state(&world, name, "Invited").await;
    }
    assert!(there("shut").unwrap().account_enabled && there("out").is_some());
    for name in ["keep", "shut", "out", "quick"] {
        assert_eq!(mails(&world, &format!("{name}@fabrikam.com")), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn access_ends_at_its_time() {
    let world = able().await;
    let simulator = simulator(&world);
    let group = simulator.seed_group(TENANT, SeedGroup::new("Analysts"));
    let soon = jiff::Timestamp::now().checked_add(Duration::from_secs(15)).unwrap();
    let more = format!("  accessUntil: {soon:.0}\n  deletionPolicy: Disable\n  groups: [Analysts]\n");
    world.apply(&guest("ray", "ray@fabrikam.com", &more)).await.unwrap();
    until(&world, "ray", "be in the group", |guest| guest["status"]["groups"][0]["state"] == "Added").await;
    let past = "  accessUntil: 2020-01-01T00:00:00Z\n";
    world.apply(&guest("late", "late@fabrikam.com", past)).await.unwrap();
    let late = until(&world, "late", "not be invited", |guest| condition(guest, "Ready").1 == "AccessEnded").await;
    let ray = until(&world, "ray", "be off-boarded", |guest| state(guest) == "Withdrawn").await;
    assert_eq!((condition(&late, "Ready").0, condition(&ray, "Ready").0), ("True".into(), "True".into()));
    assert!(!simulator.user(TENANT, "ray@fabrikam.com").unwrap().account_enabled);
    assert_eq!(simulator.members(TENANT, &group).len(), 0);
    patch(&world, "ray", json!({"accessUntil": "2099-01-01T00:00:00Z"})).await;
    until(&world, "ray", "be back in the group", |guest| guest["status"]["groups"][0]["state"] == "Added").await;
    assert!(simulator.user(TENANT, "ray@fabrikam.com").unwrap().account_enabled);
    assert_eq!((mails(&world, "ray@fabrikam.com"), mails(&world, "late@fabrikam.com")), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn deletion_undoes_what_the_policy_says_and_nothing_else() {
    let world = able().await;
    let simulator = simulator(&world);
    simulator.seed(TENANT, SeedUser::new("theirs@fabrikam.com", SeedKind::AcceptedGuest));
    for (name, policy) in [("keep", "Retain"), ("shut", "Disable"), ("out", "Delete"), ("theirs", "Delete")] {
        world
            .apply(&guest(name, &format!("{name}@fabrikam.com"), &format!("  deletionPolicy: {policy}\n")))
            .await
            .unwrap();
        until(&world, name, "be there", |guest| ["Invited", "Accepted"].contains(&state(guest))).await;
    }
    let bound = world.get(&named("keep")).await.unwrap();
    assert!(bound["metadata"]["finalizers"].is_null(), "nothing to undo, no finalizer: {bound}");
    for name in ["keep", "shut", "out", "theirs"] {
        world.delete(&named(name)).await.unwrap();
        until_gone(&world, &named(name)).await;
    }
    let there = |name: &str| simulator.user(TENANT, &format!("{name}@fabrikam.com"));
    assert!(there("keep").unwrap().account_enabled && !there("shut").unwrap().account_enabled);
    assert!(there("out").is_none() && there("theirs").is_some(), "never a user that we did not make");
    assert_eq!(calls(&world, "deleteUser"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_namespace_of_hundreds_goes_also_when_graph_is_away_for_a_while() {
    let mut config = config(
        &ALL,
        json!({"pacing": {"perMinute": 900, "burst": 20, "endsPerHour": 1000}, "defaults": {"deletionPolicy": "Delete"}}),
    );
    config.operator_args = Vec::new();
    let world = world(config).await;
    connected(&world).await;
    let guests: Vec<String> = (0..200).map(|n| guest(&format!("g{n}"), &format!("g{n}@fabrikam.com"), "")).collect();
    for chunk in guests.chunks(50) {
        world.apply(&chunk.join("\n---\n")).await.unwrap();
    }
    for n in 0..200 {
        until_state(&world, &format!("g{n}"), "Invited").await;
    }
    simulator(&world).pause().await;
    // No controller manager empties namespaces here, so all its guests are deleted as that would.
    world.kubectl(&["delete", "ginv", "-n", "team", "--all", "--wait=false"]).await.unwrap();
    a_while().await;
    let held =
        until(&world, "g7", "say what it waits for", |guest| condition(guest, "Ready").1.ends_with("Unreachable"))
            .await;
    assert_eq!(held["metadata"]["finalizers"][0], "guestlist.dev/offboard");
    // Who cannot wait lets go.
    patch(&world, "g7", json!({"deletionPolicy": "Retain"})).await;
    until_gone(&world, &named("g7")).await;
    simulator(&world).resume().await.unwrap();
    let deadline = std::time::Instant::now() + Duration::from_secs(120);
    loop {
        let left = world.kubectl(&["get", "ginv", "-n", "team", "-o", "name"]).await.unwrap();
        if left.trim().is_empty() {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "still there: {left}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(simulator(&world).users(TENANT).iter().filter(|user| user.creation_type.is_some()).count(), 1);
    assert_eq!(calls(&world, "createInvitation"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_guest_goes_without_a_trace_and_a_tenant_that_is_gone_holds_nobody() {
    let world = able().await;
    for name in ["held", "left"] {
        world.apply(&guest(name, &format!("{name}@fabrikam.com"), "  deletionPolicy: Delete\n")).await.unwrap();
        until_state(&world, name, "Invited").await;
    }
    patch(&world, "held", json!({"suspend": true})).await;
    world.delete(&named("held")).await.unwrap();
    until_gone(&world, &named("held")).await;
    world.kubectl(&["delete", "etenant", "default"]).await.unwrap();
    until(&world, "left", "know that the tenant is gone", |guest| condition(guest, "Ready").1 == "TenantNotFound")
        .await;
    world.delete(&named("left")).await.unwrap();
    until_gone(&world, &named("left")).await;
    assert_eq!(calls(&world, "deleteUser"), 0);
    annotate_nobody(&world).await;
}

/// The look at a tenant that was deleted meanwhile put it back: its guests could not be deleted ever after.
#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_is_deleted_while_it_is_connected_stays_gone() {
    let world = able().await;
    let simulator = simulator(&world);
    world.apply(&guest("left", "left@fabrikam.com", "  deletionPolicy: Delete\n")).await.unwrap();
    until_state(&world, "left", "Invited").await;
    let signed_in = simulator.count("token");
    simulator.inject(Fault::new("token", FaultAction::Delay { ms: 4_000 }));
    let anew = r#"{"spec":{"defaults":{"language":"de-DE"}}}"#;
    world.kubectl(&["patch", "etenant", "default", "--type=merge", "-p", anew]).await.unwrap();
    let began = std::time::Instant::now();
    while simulator.count("token") == signed_in {
        assert!(began.elapsed() < SOON, "it is not connected anew: {}", world.account_of_it());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    world.kubectl(&["delete", "etenant", "default"]).await.unwrap();
    until_reason(&world, "left", "TenantNotFound").await;
    a_while().await;
    let still = world.get(&named("left")).await.unwrap();
    assert_eq!(condition(&still, "Ready").1, "TenantNotFound", "the look that ended meanwhile changes nothing");
    world.delete(&named("left")).await.unwrap();
    until_gone(&world, &named("left")).await;
    assert_eq!((calls(&world, "deleteUser"), mails(&world, "left@fabrikam.com")), (0, 1));
}

async fn annotate_nobody(world: &testbed::world::World) {
    // A finalizer of somebody else stays as it is, and does not stop ours.
    world.apply(&guest("other", "other@fabrikam.com", "")).await.unwrap();
    annotate(world, "other", "reconcile", "1").await;
    let patch = r#"{"metadata":{"finalizers":["example.com/theirs"]}}"#;
    world.kubectl(&["patch", "ginv", "-n", "team", "other", "--type=merge", "-p", patch]).await.unwrap();
    world.delete(&named("other")).await.unwrap();
    let other =
        until(world, "other", "be told that it is being deleted", |guest| condition(guest, "Ready").1 == "Deleting")
            .await;
    assert_eq!(other["metadata"]["finalizers"], json!(["example.com/theirs"]));
}

/// Graph answers 404 for minutes for a user whom it has just made: they are not gone, and nobody is left behind.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_shown_yet_is_off_boarded_when_they_are() {
    let world = able().await;
    let simulator = simulator(&world);
    let hidden = Duration::from_secs(15);
    simulator.update_settings(|settings| {
        (settings.lag.listing, settings.lag.advanced) = (hidden, hidden);
        (settings.lag.read_after_create, settings.lag.write_after_create) = (hidden, hidden);
    });
    let soon = jiff::Timestamp::now() + Duration::from_secs(8);
    for (name, more) in [
        ("brief", format!("  deletionPolicy: Delete\n  accessUntil: {soon:.0}\n")),
        ("out", "  deletionPolicy: Delete\n".to_owned()),
        ("shut", "  deletionPolicy: Disable\n".to_owned()),
    ] {
        world.apply(&guest(name, &format!("{name}@fabrikam.com"), &more)).await.unwrap();
        until_state(&world, name, "Invited").await;
    }
    world.kubectl(&["delete", "ginv", "-n", "team", "out", "shut", "--wait=false"]).await.unwrap();
    for name in ["out", "shut"] {
        let said = until_reason(&world, name, "Offboarding").await;
        assert!(said.contains("does not show the user yet") && said.contains("deletionPolicy to Retain"), "{said}");
    }
    for name in ["out", "shut"] {
        until_gone(&world, &named(name)).await;
    }
    let ended = until(&world, "brief", "be off-boarded", |guest| state(guest) == "Withdrawn").await;
    assert_eq!(ended["status"]["ended"]["how"], "Deleted");
    let there = |name: &str| simulator.user(TENANT, &format!("{name}@fabrikam.com"));
    assert!(there("out").is_none() && there("brief").is_none() && !there("shut").unwrap().account_enabled);
    assert_eq!(
        (calls(&world, "deleteUser"), calls(&world, "updateUser"), calls(&world, "createInvitation")),
        (2, 1, 3)
    );
    let sent = ["out", "shut", "brief"].map(|name| mails(&world, &format!("{name}@fabrikam.com")));
    assert_eq!(sent, [1, 1, 1]);
}
