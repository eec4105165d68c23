//! What the platform team says of people and of many ends.

use entra_simulator::{SeedKind, SeedUser};
use serde_json::{Value, json};
use testbed::stories::{
    ALL, SOON, TENANT, a_while, calls, connected, guest, mails, named, simulator, until, until_gone, until_reason,
    until_state, until_tenant, world,
};
use testbed::world::Ref;

use super::{person, two_teams, until_person};
use crate::life::{annotate, config, kill_the_operator};

/// So many ends in an hour that somebody has to say that they are meant.
#[tokio::test(flavor = "multi_thread")]
async fn many_ends_stop_until_a_person_resumes() {
    let world = world(config(&ALL, json!({"pacing": {"perMinute": 900, "burst": 20, "endsPerHour": 2}}))).await;
    connected(&world).await;
    let names = ["e0", "e1", "e2", "e3"];
    for name in names {
        world.apply(&guest(name, &format!("{name}@fabrikam.com"), "  deletionPolicy: Delete\n")).await.unwrap();
        until_state(&world, name, "Invited").await;
    }
    for name in ["e0", "e1"] {
        world.delete(&named(name)).await.unwrap();
        until_gone(&world, &named(name)).await;
    }
    world.kubectl(&["delete", "ginv", "-n", "team", "e2", "e3", "--wait=false"]).await.unwrap();
    let said = until_reason(&world, "e2", "TooManyEnds").await;
    assert!(said.contains("endsPerHour") && said.contains("guestlist.dev/resume"), "{said}");
    until_reason(&world, "e3", "TooManyEnds").await;
    assert_eq!(until_tenant(&world, "EndsStopped", "TooManyEnds").await, said, "the EntraTenant says so too");
    assert_eq!(calls(&world, "deleteUser"), 2);
    world.kubectl(&["annotate", "etenant", "default", "guestlist.dev/resume=meant"]).await.unwrap();
    for name in ["e2", "e3"] {
        until_gone(&world, &named(name)).await;
    }
    assert_eq!(calls(&world, "deleteUser"), 4);
    // A restart does not forget which ends were meant.
    world
        .kubectl(&["annotate", "etenant", "default", "--overwrite", "guestlist.dev/resume=all of them"])
        .await
        .unwrap();
    let handled = |tenant: &Value| tenant["status"]["lastHandledResume"] == "all of them";
    world.wait_for(&Ref::tenant("default"), "have handled it", handled, SOON).await.unwrap();
    kill_the_operator(&world).await;
    world.start_operator().unwrap();
    world.apply(&guest("e4", "e4@fabrikam.com", "  deletionPolicy: Delete\n")).await.unwrap();
    until_state(&world, "e4", "Invited").await;
    world.delete(&named("e4")).await.unwrap();
    until_gone(&world, &named("e4")).await;
}

/// What the platform team may say of a person: hold, revoke, grant.
#[tokio::test(flavor = "multi_thread")]
async fn the_platform_team_holds_revokes_and_grants() {
    let world = two_teams().await;
    world.apply(&guest("ray", "ray@fabrikam.com", "")).await.unwrap();
    until_state(&world, "ray", "Invited").await;
    let name = person(&world, "ray@fabrikam.com").await["metadata"]["name"].as_str().unwrap().to_owned();
    let set = |spec: Value| {
        let (world, name, patch) = (&world, name.clone(), json!({"spec": spec}).to_string());
        async move {
            world.kubectl(&["patch", "guests", &name, "--type=merge", "-p", &patch]).await.unwrap();
        }
    };
    set(json!({"hold": true})).await;
    until_reason(&world, "ray", "HeldByPlatform").await;
    annotate(&world, "ray", "resend", "please").await;
    a_while().await;
    assert_eq!(mails(&world, "ray@fabrikam.com"), 1);
    set(json!({"hold": null, "revoke": "Disable"})).await;
    until_reason(&world, "ray", "Revoked").await;
    until_person(&world, "ray@fabrikam.com", "be ended", |found| found["record"]["ended"]["reason"] == "Revoked").await;
    assert!(!simulator(&world).user(TENANT, "ray@fabrikam.com").unwrap().account_enabled);
    // Somebody found may be managed where the platform team grants it.
    simulator(&world).seed(TENANT, SeedUser::new("guy@fabrikam.com", SeedKind::AcceptedGuest));
    world.apply(&guest("guy", "guy@fabrikam.com", "  displayName: The Guy\n")).await.unwrap();
    until_reason(&world, "guy", "Followed").await;
    let guy = person(&world, "guy@fabrikam.com").await["metadata"]["name"].as_str().unwrap().to_owned();
    let patch = json!({"spec": {"grant": "Manage"}}).to_string();
    world.kubectl(&["patch", "guests", &guy, "--type=merge", "-p", &patch]).await.unwrap();
    until_state(&world, "guy", "Accepted").await;
    let named_now = || simulator(&world).user(TENANT, "guy@fabrikam.com").unwrap().display_name;
    until(&world, "guy", "have their name", |_| named_now().as_deref() == Some("The Guy")).await;
}
