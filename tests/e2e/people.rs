//! Whose a person is: nobody acts on a guest who is not theirs, and what was done is remembered beyond the resource that asked for it.

use std::sync::Arc;
use std::time::Duration;

use entra_simulator::{SeedGroup, SeedKind, SeedUser};
use serde_json::{Value, json};
use testbed::Operator;
use testbed::stories::{
    ALL, SOON, TENANT, a_while, calls, condition, connected, guest, mails, named, patched, simulator, state, until,
    until_gone, until_reason, until_state, until_tenant, world,
};
use testbed::world::{Ref, World};

use crate::life::{able, annotate, config, kill_the_operator, patch};

/// A GuestInvitation of another team.
fn of_others(name: &str, email: &str, more: &str) -> String {
    guest(name, email, more).replace("namespace: team", "namespace: others")
}

fn others(name: &str) -> Ref {
    Ref::guest("others", name)
}

/// A world with the namespace `others` beside `team`.
async fn two_teams() -> World {
    with_others(able().await).await
}

async fn with_others(world: World) -> World {
    world.apply("apiVersion: v1\nkind: Namespace\nmetadata: {name: others}\n").await.unwrap();
    world
}

/// The same with two replicas: the one that has the lease, which is returned, and one that stands by.
async fn two_replicas() -> (World, Arc<Operator>) {
    let lease = ["--leader-elect", "--lease-duration", "6s", "--renew-deadline", "4s", "--retry-period", "1s"];
    let mut config = config(&ALL, Value::Null);
    config.operator_args.extend(lease.map(String::from));
    let world = world(config).await;
    connected(&world).await;
    let leader = world.operator().unwrap();
    world.start_operator().unwrap();
    (with_others(world).await, leader)
}

/// Waits until the resource of the other team is Ready for this reason.
async fn others_until(world: &World, name: &str, reason: &str) -> Value {
    let has = |guest: &Value| condition(guest, "Ready").1 == reason;
    world.wait_for(&others(name), &format!("be {reason}"), has, SOON).await.unwrap()
}

/// The records of people, by address.
async fn people(world: &World) -> Vec<Value> {
    let listed = world.kubectl(&["get", "guests", "-o", "json"]).await.unwrap();
    let listed: Value = serde_json::from_str(&listed).unwrap();
    listed["items"].as_array().unwrap().clone()
}

async fn person(world: &World, email: &str) -> Value {
    let people = people(world).await;
    people.into_iter().find(|person| person["record"]["email"] == email).unwrap_or_default()
}

/// Waits until the record of a person is so.
async fn until_person(world: &World, email: &str, why: &str, is: impl Fn(&Value) -> bool) -> Value {
    let began = std::time::Instant::now();
    loop {
        let found = person(world, email).await;
        if is(&found) {
            return found;
        }
        assert!(began.elapsed() < SOON, "{email} is to {why}: {found:#}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_record_a_person_that_says_whose_they_are() {
    let world = two_teams().await;
    world.apply(&guest("ann", "ann@fabrikam.com", "")).await.unwrap();
    let ann = until_state(&world, "ann", "Invited").await;
    let record = person(&world, "ann@fabrikam.com").await;
    assert_eq!(record["metadata"]["name"], ann["status"]["guestName"]);
    assert_eq!(
        (&record["record"]["owner"]["namespace"], &record["record"]["owner"]["name"]),
        (&json!("team"), &json!("ann"))
    );
    assert_eq!((&record["record"]["invitation"]["sent"], &record["record"]["state"]), (&json!(1), &json!("Invited")));
    assert_eq!(record["record"]["user"]["id"], ann["status"]["guest"]["id"]);
    // Another team is told that the person is somebody's, and nothing more.
    world.apply(&of_others("ann", "ann@fabrikam.com", "")).await.unwrap();
    let theirs = others_until(&world, "ann", "DuplicateAddress").await;
    let said = condition(&theirs, "Ready").2;
    assert!(said.contains("another namespace") && !said.contains("team/"), "{said}");
    assert!(theirs["status"]["guest"].is_null() && theirs["status"]["redemption"].is_null(), "{theirs}");
    simulator(&world).redeem(TENANT, "ann@fabrikam.com", None).unwrap();
    until_state(&world, "ann", "Accepted").await;
    until_person(&world, "ann@fabrikam.com", "have accepted", |found| found["record"]["state"] == "Accepted").await;
    world.delete(&named("ann")).await.unwrap();
    until_person(&world, "ann@fabrikam.com", "be released", |found| {
        found["record"]["owner"]["uid"].is_null() && found["record"]["owner"]["namespace"] == "team"
    })
    .await;
    // Released, the person may be followed by anybody, without a mail.
    others_until(&world, "ann", "Followed").await;
    assert_eq!((mails(&world, "ann@fabrikam.com"), calls(&world, "createInvitation")), (1, 1));
}

/// Row 1: the address that another team's guest has moved to is that guest.
#[tokio::test(flavor = "multi_thread")]
async fn the_address_that_a_guest_moved_to_is_still_that_guest() {
    let world = two_teams().await;
    world.apply(&guest("mia", "mia@fabrikam.com", "  redeemAs: mia@adatum.com\n")).await.unwrap();
    until_state(&world, "mia", "Invited").await;
    simulator(&world).redeem(TENANT, "mia@fabrikam.com", None).unwrap();
    until_state(&world, "mia", "Accepted").await;
    annotate(&world, "mia", "reset-redemption", "moved").await;
    until(&world, "mia", "be reset", |guest| guest["status"]["lastHandled"]["resetRedemption"] == "moved").await;
    simulator(&world).redeem(TENANT, "mia@adatum.com", None).unwrap();
    until_state(&world, "mia", "Accepted").await;
    let posts = calls(&world, "createInvitation");
    world.apply(&of_others("mia", "mia@adatum.com", "")).await.unwrap();
    others_until(&world, "mia", "DuplicateAddress").await;
    let reset = "guestlist.dev/reset-redemption=mine";
    world.kubectl(&["annotate", "ginv", "-n", "others", "mia", reset]).await.unwrap();
    a_while().await;
    assert_eq!(calls(&world, "createInvitation"), posts, "nobody is mailed or reset");
    assert_eq!(state(&world.get(&named("mia")).await.unwrap()), "Accepted");
}

/// Row 2: whom somebody else made is followed, and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn whom_we_found_is_neither_changed_nor_ended() {
    let world = two_teams().await;
    let group = simulator(&world).seed_group(TENANT, SeedGroup::new("Analysts"));
    simulator(&world).seed(TENANT, SeedUser::new("bob@fabrikam.com", SeedKind::AcceptedGuest));
    let more = "  displayName: Somebody Else\n  deletionPolicy: Disable\n  groups: [Analysts]\n";
    world.apply(&guest("bob", "bob@fabrikam.com", more)).await.unwrap();
    let bob = until(&world, "bob", "be in the group", |guest| condition(guest, "Ready").1 == "Followed").await;
    let said = condition(&bob, "Ready").2;
    assert!(said.contains("displayName and profile") && said.contains("deletionPolicy"), "{said}");
    assert_eq!(simulator(&world).members(TENANT, &group).len(), 1, "its own groups it keeps");
    // Another team may follow the same person.
    world.apply(&of_others("bob", "bob@fabrikam.com", "  groups: [Analysts]\n")).await.unwrap();
    others_until(&world, "bob", "Followed").await;
    world.delete(&named("bob")).await.unwrap();
    until_gone(&world, &named("bob")).await;
    a_while().await;
    let there = simulator(&world).user(TENANT, "bob@fabrikam.com").unwrap();
    assert!(there.account_enabled && there.display_name.as_deref() != Some("Somebody Else"));
    assert_eq!(simulator(&world).members(TENANT, &group).len(), 1, "the other team wants them there");
    assert_eq!(
        (calls(&world, "createInvitation"), calls(&world, "updateUser"), calls(&world, "deleteUser")),
        (0, 0, 0)
    );
}

/// Row 3: only whom the operator disabled is enabled again.
#[tokio::test(flavor = "multi_thread")]
async fn whom_an_administrator_disabled_stays_disabled() {
    let world = able().await;
    for name in ["ours", "theirs"] {
        let more = "  deletionPolicy: Disable\n";
        world.apply(&guest(name, &format!("{name}@fabrikam.com"), more)).await.unwrap();
        until_state(&world, name, "Invited").await;
        simulator(&world).redeem(TENANT, &format!("{name}@fabrikam.com"), None).unwrap();
        until_state(&world, name, "Accepted").await;
    }
    let enabled = |name: &str| simulator(&world).user(TENANT, &format!("{name}@fabrikam.com")).unwrap().account_enabled;
    simulator(&world).change_user(TENANT, "theirs@fabrikam.com", |user| user.account_enabled = false).unwrap();
    for name in ["ours", "theirs"] {
        patch(&world, name, json!({"accessUntil": "2020-01-01T00:00:00Z"})).await;
        until(&world, name, "end", |guest| guest["status"]["ended"]["how"] == "Disabled").await;
    }
    assert!(!enabled("ours") && !enabled("theirs"));
    for name in ["ours", "theirs"] {
        patch(&world, name, json!({"accessUntil": null})).await;
        until(&world, name, "be taken back", |guest| guest["status"]["ended"].is_null()).await;
    }
    a_while().await;
    assert!(enabled("ours") && !enabled("theirs"), "what an administrator did stands");
}

/// Rows 5 and 7: a suspended resource neither keeps a person from being ended nor another team from inviting.
#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_rival_holds_nobody_and_inherits_nobody() {
    a_suspended_rival_holds_nobody_and_inherits_nobody_in(&two_teams().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_rival_holds_nobody_and_inherits_nobody_with_two_replicas() {
    a_suspended_rival_holds_nobody_and_inherits_nobody_in(&two_replicas().await.0).await;
}

async fn a_suspended_rival_holds_nobody_and_inherits_nobody_in(world: &World) {
    world.apply(&of_others("kim", "kim@fabrikam.com", "  suspend: true\n")).await.unwrap();
    others_until(world, "kim", "Suspended").await;
    world.apply(&guest("kim", "kim@fabrikam.com", "  deletionPolicy: Delete\n")).await.unwrap();
    until_state(world, "kim", "Invited").await;
    world.delete(&named("kim")).await.unwrap();
    until_gone(world, &named("kim")).await;
    assert!(simulator(world).user(TENANT, "kim@fabrikam.com").is_none(), "ended as declared");
    assert_eq!((mails(world, "kim@fabrikam.com"), calls(world, "deleteUser")), (1, 1));
}

/// Row 6: two resources for one address, deleted together.
#[tokio::test(flavor = "multi_thread")]
async fn two_that_go_together_leave_nobody_behind() {
    two_that_go_together_leave_nobody_behind_in(&able().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_go_together_leave_nobody_behind_with_two_replicas() {
    two_that_go_together_leave_nobody_behind_in(&two_replicas().await.0).await;
}

async fn two_that_go_together_leave_nobody_behind_in(world: &World) {
    for name in ["one", "two"] {
        world.apply(&guest(name, "duo@fabrikam.com", "  deletionPolicy: Delete\n")).await.unwrap();
    }
    let decided = |guest: &Value| ["Invited", "DuplicateAddress"].contains(&condition(guest, "Ready").1.as_str());
    for name in ["one", "two"] {
        world.wait_for(&named(name), "be decided", decided, SOON).await.unwrap();
    }
    world.kubectl(&["delete", "ginv", "-n", "team", "one", "two", "--wait=false"]).await.unwrap();
    until_gone(world, &named("one")).await;
    until_gone(world, &named("two")).await;
    assert!(simulator(world).user(TENANT, "duo@fabrikam.com").is_none());
    assert_eq!((mails(world, "duo@fabrikam.com"), calls(world, "deleteUser")), (1, 1));
}

/// Row 9: a rename within the namespace. The new name takes the person over, with all that is known of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_resource_keeps_its_guest() {
    let world = able().await;
    let more = "  deletionPolicy: Delete\n";
    world.apply(&guest("old", "ren@fabrikam.com", more)).await.unwrap();
    until_state(&world, "old", "Invited").await;
    world.apply(&guest("new", "ren@fabrikam.com", more)).await.unwrap();
    let said = until_reason(&world, "new", "DuplicateAddress").await;
    assert!(said.contains("team/old"), "{said}");
    world.delete(&named("old")).await.unwrap();
    until_gone(&world, &named("old")).await;
    let new = until_state(&world, "new", "Invited").await;
    assert_eq!(
        (&new["status"]["guest"]["origin"], &new["status"]["invitation"]["sent"]),
        (&json!("Invited"), &json!(1))
    );
    assert_eq!((mails(&world, "ren@fabrikam.com"), calls(&world, "deleteUser")), (1, 0));
    world.delete(&named("new")).await.unwrap();
    until_gone(&world, &named("new")).await;
    assert!(simulator(&world).user(TENANT, "ren@fabrikam.com").is_none(), "ended as declared");
}

/// Row 10: a restore. All resources vanish and come back with new uids; the Guests stand.
#[tokio::test(flavor = "multi_thread")]
async fn a_restore_ends_nobody_and_mails_nobody() {
    let world = able().await;
    let names: Vec<String> = (0..4).map(|n| format!("r{n}")).collect();
    let manifests = |names: &[String]| {
        let each = names.iter().map(|name| guest(name, &format!("{name}@fabrikam.com"), "  deletionPolicy: Delete\n"));
        each.collect::<Vec<_>>().join("\n---\n")
    };
    world.apply(&manifests(&names)).await.unwrap();
    for name in &names {
        until_state(&world, name, "Invited").await;
    }
    kill_the_operator(&world).await;
    for name in &names {
        patched(&world, &named(name), json!({"metadata": {"finalizers": null}})).await;
        world.delete(&named(name)).await.unwrap();
    }
    world.apply(&manifests(&names)).await.unwrap();
    world.start_operator().unwrap();
    for name in &names {
        let back = until_state(&world, name, "Invited").await;
        assert_eq!(back["status"]["invitation"]["sent"], 1, "{name} knows of their mail");
        assert_eq!(back["status"]["guest"]["origin"], "Invited", "{name}");
    }
    a_while().await;
    for name in &names {
        assert_eq!(mails(&world, &format!("{name}@fabrikam.com")), 1, "{name}");
    }
    assert_eq!((calls(&world, "deleteUser"), calls(&world, "createInvitation")), (0, names.len()));
    // And they end as declared.
    world.delete(&named("r0")).await.unwrap();
    until_gone(&world, &named("r0")).await;
    assert!(simulator(&world).user(TENANT, "r0@fabrikam.com").is_none());
}

/// The same with two replicas: neither sees the resource go, and one of them begins anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_restore_with_two_replicas_ends_nobody_and_mails_nobody() {
    let (world, leader) = two_replicas().await;
    let manifest = guest("res", "res@fabrikam.com", "  deletionPolicy: Delete\n");
    world.apply(&manifest).await.unwrap();
    until_state(&world, "res", "Invited").await;
    kill_the_operator(&world).await;
    leader.kill();
    leader.wait().await;
    patched(&world, &named("res"), json!({"metadata": {"finalizers": null}})).await;
    world.delete(&named("res")).await.unwrap();
    world.apply(&manifest).await.unwrap();
    world.start_operator().unwrap();
    world.start_operator().unwrap();
    let back = until_state(&world, "res", "Invited").await;
    assert_eq!(
        (&back["status"]["invitation"]["sent"], &back["status"]["guest"]["origin"]),
        (&json!(1), &json!("Invited"))
    );
    a_while().await;
    assert_eq!((mails(&world, "res@fabrikam.com"), calls(&world, "deleteUser")), (1, 0));
}

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

/// A resource that vanishes, with its finalizer taken off by force, ends nobody. The Guest says so.
#[tokio::test(flavor = "multi_thread")]
async fn who_vanishes_ends_nobody_and_is_told() {
    let world = two_teams().await;
    world.apply(&guest("van", "van@fabrikam.com", "  deletionPolicy: Delete\n")).await.unwrap();
    until_state(&world, "van", "Invited").await;
    kill_the_operator(&world).await;
    patched(&world, &named("van"), json!({"metadata": {"finalizers": null}})).await;
    world.delete(&named("van")).await.unwrap();
    world.start_operator().unwrap();
    until_person(&world, "van@fabrikam.com", "be ownerless", |found| found["record"]["state"] == "Ownerless").await;
    assert!(simulator(&world).user(TENANT, "van@fabrikam.com").is_some());
    // Nobody of another team takes the place.
    world.apply(&of_others("van", "van@fabrikam.com", "")).await.unwrap();
    others_until(&world, "van", "DuplicateAddress").await;
    world.apply(&guest("van", "van@fabrikam.com", "  deletionPolicy: Delete\n")).await.unwrap();
    until_state(&world, "van", "Invited").await;
    assert_eq!((mails(&world, "van@fabrikam.com"), calls(&world, "deleteUser")), (1, 0));
}

/// Row 12: deleted and applied again. The same person comes back, without another mail, and goes again.
#[tokio::test(flavor = "multi_thread")]
async fn deleted_and_applied_again_is_the_same_guest() {
    let world = able().await;
    let manifest = guest("ida", "ida@fabrikam.com", "  deletionPolicy: Delete\n");
    world.apply(&manifest).await.unwrap();
    let first = until_state(&world, "ida", "Invited").await;
    world.delete(&named("ida")).await.unwrap();
    until_gone(&world, &named("ida")).await;
    assert!(simulator(&world).user(TENANT, "ida@fabrikam.com").is_none());
    world.apply(&manifest).await.unwrap();
    let again = until_state(&world, "ida", "Invited").await;
    assert_eq!(first["status"]["guest"]["id"], again["status"]["guest"]["id"], "brought back, and not made anew");
    kill_the_operator(&world).await;
    world.start_operator().unwrap();
    world.delete(&named("ida")).await.unwrap();
    until_gone(&world, &named("ida")).await;
    assert!(simulator(&world).user(TENANT, "ida@fabrikam.com").is_none(), "also after a restart");
    assert_eq!((mails(&world, "ida@fabrikam.com"), calls(&world, "restoreDeletedItem")), (1, 1));
}

/// Row 14: what stands in a status is told and never believed.
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_status_changes_nothing() {
    let world = able().await;
    simulator(&world).seed(TENANT, SeedUser::new("boss@contoso.com", SeedKind::Member));
    let boss = simulator(&world).user(TENANT, "boss@contoso.com").unwrap().id;
    world.apply(&guest("eve", "eve@fabrikam.com", "  deletionPolicy: Delete\n")).await.unwrap();
    let eve = until_state(&world, "eve", "Invited").await;
    annotate(&world, "eve", "resend", "old").await;
    until(&world, "eve", "be mailed again", |guest| guest["status"]["invitation"]["sent"] == 2).await;
    let forge = |status: Value| {
        let patch = json!({"status": status}).to_string();
        let world = &world;
        async move {
            let args = ["patch", "ginv", "-n", "team", "eve", "--subresource=status", "--type=merge", "-p", &patch];
            world.kubectl(&args).await.unwrap();
        }
    };
    let forged = json!({"guest": {"id": boss, "origin": "Invited"}, "invitation": {"sent": 0, "attempt": null}, "lastHandled": null});
    for status in [forged, Value::Null] {
        forge(status).await;
        let back = until(&world, "eve", "be told rightly", |guest| {
            guest["status"]["guest"]["id"] == eve["status"]["guest"]["id"] && guest["status"]["invitation"]["sent"] == 2
        })
        .await;
        assert_eq!(back["status"]["lastHandled"]["resend"], "old");
    }
    a_while().await;
    assert_eq!(mails(&world, "eve@fabrikam.com"), 2);
    world.delete(&named("eve")).await.unwrap();
    until_gone(&world, &named("eve")).await;
    assert!(simulator(&world).user(TENANT, "boss@contoso.com").is_some());
    assert!(simulator(&world).user(TENANT, "eve@fabrikam.com").is_none());
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

/// What is written for one guest: the intent, the outcome, and what is told. Then what the directory shows, and at rest nothing.
#[tokio::test(flavor = "multi_thread")]
async fn three_writes_a_guest_and_none_at_rest() {
    fn of_guests(path: &str) -> bool {
        path.contains("/guestinvitations") || path.contains("/guests")
    }
    let mut config = config(&ALL, Value::Null);
    (config.interposed, config.counted) = (true, of_guests);
    let world = world(config).await;
    connected(&world).await;
    let hidden = Duration::from_secs(8);
    simulator(&world)
        .update_settings(|settings| (settings.lag.listing, settings.lag.read_after_create) = (hidden, hidden));
    let writes = || {
        let all = world.effects.list().into_iter().filter(|effect| effect.port == "kube");
        all.map(|effect| {
            format!("{} {}", effect.method, if effect.path.contains("/guests") { "Guest" } else { "status" })
        })
        .collect::<Vec<_>>()
    };
    world.effects.reset();
    world.apply(&guest("tri", "tri@fabrikam.com", "")).await.unwrap();
    until_state(&world, "tri", "Invited").await;
    assert_eq!(writes(), ["POST Guest", "PUT Guest", "PATCH status"]);
    until(&world, "tri", "be shown", |guest| guest["status"]["redemption"]["state"].is_string()).await;
    a_while().await;
    assert_eq!(writes()[3..], ["PUT Guest", "PATCH status"], "what the directory shows");
    world.effects.reset();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(writes(), [] as [String; 0], "at rest nothing is written");
    assert_eq!((mails(&world, "tri@fabrikam.com"), calls(&world, "createInvitation")), (1, 1));
}
