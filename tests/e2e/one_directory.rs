//! Several EntraTenants of one directory: one works, the others wait for it to go, and one person is mailed once.

use std::time::{Duration, Instant};

use serde_json::Value;
use testbed::stories::{
    SOON, a_while, condition, connected, guest, mails, named, one_mail, patient, posts, simulator, state, until,
    until_reason, until_reason_of_tenant, until_state, world,
};
use testbed::world::{Ref, TenantManifest, World, WorldConfig};

/// The EntraTenant `name` of the simulator's directory, with its Secret.
fn tenant(world: &World, name: &str) -> String {
    let tenant = TenantManifest { name: name.into(), ..TenantManifest::default() };
    tenant.yaml(simulator(world).url(), simulator(world).ca_pem()).unwrap()
}

/// A guest of that EntraTenant.
fn guest_of(tenant: &str, name: &str, email: &str) -> String {
    guest(name, email, &format!("  tenantRef: {{name: {tenant}}}\n"))
}

/// Applies the EntraTenant `other`, which is younger than any before: that is counted in whole seconds.
async fn younger(world: &World) {
    tokio::time::sleep(Duration::from_millis(1100)).await;
    world.apply(&tenant(world, "other")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_older_works_and_the_other_takes_over_when_it_goes() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    younger(&world).await;
    let taken = until_reason_of_tenant(&world, "other", "DirectoryTaken").await;
    assert_eq!(condition(&taken, "Stalled").1, "DirectoryTaken");
    let said = condition(&taken, "Ready").2;
    assert!(said.contains("The EntraTenant default, which came first"), "{said}");
    for (tenant, name, email) in [
        ("default", "first", "same@fabrikam.com"),
        ("other", "second", "same@fabrikam.com"),
        ("other", "third", "third@fabrikam.com"),
    ] {
        world.apply(&guest_of(tenant, name, email)).await.unwrap();
    }
    until(&world, "first", "be followed", |guest| guest["status"]["redemption"]["state"].is_string()).await;
    for name in ["second", "third"] {
        let said = until_reason(&world, name, "DirectoryTaken").await;
        assert!(said.contains("Name default in spec.tenantRef"), "{said}");
        let waits = world.get(&named(name)).await.unwrap();
        assert_eq!((state(&waits), condition(&waits, "Reconciling").0.as_str()), ("Pending", "True"));
    }
    a_while().await;
    assert_eq!((mails(&world, "same@fabrikam.com"), mails(&world, "third@fabrikam.com")), (1, 0));
    connected(&world).await;

    world.delete(&Ref::tenant("default")).await.unwrap();
    until_reason_of_tenant(&world, "other", "Connected").await;
    until_state(&world, "third", "Invited").await;
    until_reason(&world, "first", "TenantNotFound").await;
    // The person is still the guest of the first resource. When that goes, the second one takes over.
    until_reason(&world, "second", "DuplicateAddress").await;
    world.delete(&named("first")).await.unwrap();
    until_state(&world, "second", "Invited").await;
    a_while().await;
    assert_eq!((posts(&world, "same@fabrikam.com"), posts(&world, "third@fabrikam.com")), (vec![true], vec![true]));
    assert_eq!((mails(&world, "same@fabrikam.com"), mails(&world, "third@fabrikam.com")), (1, 1));

    // The first comes back as the younger one.
    world.apply(&tenant(&world, "default")).await.unwrap();
    until_reason_of_tenant(&world, "default", "DirectoryTaken").await;
    connected_as(&world, "other").await;
}

async fn connected_as(world: &World, name: &str) {
    let ready = |tenant: &Value| condition(tenant, "Ready").0 == "True";
    world.wait_for(&Ref::tenant(name), "be Ready", ready, SOON).await.unwrap();
}

/// A guest whom `default` has just mailed, whom `other` wants as well, and whom the directory does not show yet.
async fn just_mailed() -> World {
    let world = world(WorldConfig { operator_args: patient(), ..Default::default() }).await;
    connected(&world).await;
    younger(&world).await;
    until_reason_of_tenant(&world, "other", "DirectoryTaken").await;
    let hidden = Duration::from_secs(15);
    simulator(&world).update_settings(|settings| {
        (settings.lag.listing, settings.lag.advanced) = (hidden, hidden);
        (settings.lag.read_after_create, settings.lag.write_after_create) = (hidden, hidden);
    });
    world.apply(&guest_of("other", "second", "same@fabrikam.com")).await.unwrap();
    until_reason(&world, "second", "DirectoryTaken").await;
    world.apply(&guest_of("default", "first", "same@fabrikam.com")).await.unwrap();
    until_state(&world, "first", "Invited").await;
    world
}

async fn is_not_mailed_again(world: &World) {
    until_reason(world, "second", "DuplicateAddress").await;
    world.delete(&named("first")).await.unwrap();
    until_state(world, "second", "Invited").await;
    a_while().await;
    assert_eq!((posts(world, "same@fabrikam.com"), mails(world, "same@fabrikam.com")), (vec![true], 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_over_knows_whom_the_one_before_has_just_mailed() {
    let world = just_mailed().await;
    world.delete(&Ref::tenant("default")).await.unwrap();
    is_not_mailed_again(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_took_over_while_no_operator_ran_does_not_mail_again() {
    let world = just_mailed().await;
    let operator = world.operator().unwrap();
    operator.kill();
    operator.wait().await;
    world.delete(&Ref::tenant("default")).await.unwrap();
    world.start_operator().unwrap();
    is_not_mailed_again(&world).await;
}

/// Which of `default` and `other` works, and which waits. The first to be seen is Connected until the second is seen as well,
/// so only the one that waits tells that both are known and the choice is made.
async fn chosen(world: &World) -> (&'static str, &'static str) {
    tokio::select! {
        _ = until_reason_of_tenant(world, "other", "DirectoryTaken") => ("default", "other"),
        _ = until_reason_of_tenant(world, "default", "DirectoryTaken") => ("other", "default"),
    }
}

/// Nothing tells the two apart but their uids, and everything is there at once; the leader is killed in the middle.
#[tokio::test(flavor = "multi_thread")]
async fn two_of_one_moment_mail_once_also_with_two_replicas() {
    const GUESTS: usize = 20;
    let lease = ["--lease-duration", "6s", "--renew-deadline", "4s", "--retry-period", "1s"].map(String::from);
    let operator_args = [patient(), vec!["--leader-elect".into()], lease.to_vec()].concat();
    let world = world(WorldConfig { tenant: None, operator_args, ..Default::default() }).await;
    let leader = world.operator().unwrap();
    let began = Instant::now();
    while !leader.log().contains("watching GuestInvitations") {
        assert!(began.elapsed() < SOON, "{}", leader.log_tail(20));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    world.start_operator().unwrap();
    let address = |n: usize| format!("same{n}@fabrikam.com");
    let pairs = (0..GUESTS)
        .flat_map(|n| ["default", "other"].map(|tenant| guest_of(tenant, &format!("{tenant}{n}"), &address(n))));
    let tenants = ["default", "other"].map(|name| tenant(&world, name));
    let all: Vec<String> = tenants.into_iter().chain(pairs).collect();
    world.apply(&all.join("\n---\n")).await.unwrap();

    let (works, waits) = chosen(&world).await;
    until_state(&world, &format!("{works}0"), "Invited").await;
    leader.kill();
    leader.wait().await;
    let sent = |guest: &Value| state(guest) == "Invited" && guest["status"]["invitation"]["sent"] == 1;
    for n in 0..GUESTS {
        until(&world, &format!("{works}{n}"), "be mailed", sent).await;
        until_reason(&world, &format!("{waits}{n}"), "DirectoryTaken").await;
    }
    until_reason_of_tenant(&world, works, "Connected").await;
    until_reason_of_tenant(&world, waits, "DirectoryTaken").await;
    let asked = || (0..GUESTS).map(|n| posts(&world, &address(n))).collect::<Vec<_>>();
    let mailed = || (0..GUESTS).map(|n| mails(&world, &address(n))).collect::<Vec<_>>();
    let before = asked();
    assert_eq!(mailed(), before.iter().map(|posts| one_mail(posts)).collect::<Vec<_>>());

    world.delete(&Ref::tenant(works)).await.unwrap();
    for n in 0..GUESTS {
        until_reason(&world, &format!("{waits}{n}"), "DuplicateAddress").await;
        world.delete(&named(&format!("{works}{n}"))).await.unwrap();
    }
    for n in 0..GUESTS {
        until_state(&world, &format!("{waits}{n}"), "Invited").await;
    }
    a_while().await;
    assert_eq!(asked(), before, "nobody is invited again");
    assert_eq!(mailed(), before.iter().map(|posts| one_mail(posts)).collect::<Vec<_>>());
}
