//! Credentials that are wrong and services that are away: one clear condition, no hot loop, and everything goes on afterwards.

use std::time::{Duration, Instant};

use entra_simulator::{Fault, FaultAction};
use testbed::stories::{
    SOON, condition, connected, guest, mails, simulator, until_reason, until_state, until_tenant, world,
};
use testbed::world::{Ref, TenantManifest, World, WorldConfig};

fn secret(value: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: late, namespace: guestlist-system}}\nstringData: {{{value}}}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_and_then_a_wrong_secret_are_named() {
    let right = TenantManifest::default();
    let named =
        serde_json::json!({"credentials": {"clientSecret": {"secretRef": {"name": "late", "key": "password"}}}});
    let tenant = TenantManifest { more: named, ..right.clone() };
    let world = world(WorldConfig { tenant: Some(tenant), ..Default::default() }).await;
    world.apply(&guest("early", "early@fabrikam.com", "")).await.unwrap();

    let said = until_tenant(&world, "Ready", "SecretNotFound").await;
    assert!(said.contains("kubectl -n guestlist-system create secret generic late --from-literal=password="), "{said}");
    assert_eq!(until_reason(&world, "early", "SecretNotFound").await, said);

    world.apply(&secret("other: x")).await.unwrap();
    let said = until_tenant(&world, "Ready", "SecretKeyMissing").await;
    assert!(said.contains("other") && said.contains("secretRef.key"), "{said}");

    world.apply(&secret("password: wrong")).await.unwrap();
    let said = until_tenant(&world, "Ready", "AuthenticationFailed").await;
    assert!(said.contains("AADSTS7000215") && said.contains("not its id"), "{said}");
    assert!(!said.contains("Trace ID"), "{said}");
    let tenant = world.get(&Ref::tenant("default")).await.unwrap();
    assert_eq!(condition(&tenant, "Authenticated").0, "False");

    simulator(&world).clear_journal();
    tokio::time::sleep(Duration::from_secs(8)).await;
    let asked = simulator(&world).count("token");
    assert!((1..=8).contains(&asked), "{asked} sign-ins in 8 s with a wrong secret");

    world.apply(&secret(&format!("password: {}", right.client_secret))).await.unwrap();
    until_state(&world, "early", "Invited").await;
    assert_eq!(mails(&world, "early@fabrikam.com"), 1);
    assert!(!world.operator().unwrap().log().contains(&right.client_secret), "a secret in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn graph_away_is_one_condition_and_nobody_is_lost() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    simulator(&world).pause().await;
    world.apply(&guest("early", "early@fabrikam.com", "")).await.unwrap();
    let said = until_reason(&world, "early", "GraphUnreachable").await;
    assert!(said.contains("network policies") && said.contains("tried again"), "{said}");
    until_tenant(&world, "Ready", "GraphUnreachable").await;
    let lines = |world: &World| world.operator().unwrap().log().lines().count();
    let version = async || world.get(&Ref::tenant("default")).await.unwrap()["metadata"]["resourceVersion"].clone();
    let before = (lines(&world), version().await);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(lines(&world) - before.0 < 60, "a hot loop:\n{}", world.operator().unwrap().log_tail(60));
    // Found by a runner that no debounce holds back: each second look asked for a token alone, and took the directory for well.
    assert_eq!(version().await, before.1, "it does not go back and forth");
    simulator(&world).resume().await.unwrap();
    until_state(&world, "early", "Invited").await;
    until_tenant(&world, "Ready", "Connected").await;
    assert_eq!(mails(&world, "early@fabrikam.com"), 1);
    assert_eq!(simulator(&world).count("createInvitation"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_after_holds_the_whole_tenant() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    let retry_after = Some(4.5);
    let throttled = FaultAction::Status { code: 429, retry_after, body: Default::default(), after_work: false };
    simulator(&world).inject(Fault::new("createInvitation", throttled));
    world.apply(&guest("one", "one@fabrikam.com", "")).await.unwrap();
    let journal = || simulator(&world).requests("createInvitation");
    let deadline = Instant::now() + SOON;
    while journal().is_empty() {
        assert!(Instant::now() < deadline);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    world.apply(&guest("two", "two@fabrikam.com", "")).await.unwrap();
    for name in ["one", "two"] {
        until_state(&world, name, "Invited").await;
        assert_eq!(mails(&world, &format!("{name}@fabrikam.com")), 1);
    }
    let journal = simulator(&world).journal();
    let requests = journal.iter().filter_map(|entry| match entry {
        entra_simulator::Entry::Request(request) => Some(request),
        _ => None,
    });
    let calls: Vec<_> = requests.filter(|call| call.operation != "token").collect();
    let refused = calls.iter().position(|call| call.status() == Some(429)).unwrap();
    let next = calls.get(refused + 1).unwrap();
    let waited = next.at.duration_since(calls[refused].at).as_secs_f64();
    assert!(waited >= 4.4, "the next call came {waited} s after a Retry-After of 4.5 s: {}", next.operation);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_replaced_once() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    world.apply(&guest("one", "one@fabrikam.com", "")).await.unwrap();
    until_state(&world, "one", "Invited").await;
    simulator(&world).clear_journal();
    simulator(&world).revoke_tokens();
    world.apply(&guest("two", "two@fabrikam.com", "")).await.unwrap();
    until_state(&world, "two", "Invited").await;
    assert_eq!(mails(&world, "two@fabrikam.com"), 1);
    assert_eq!(simulator(&world).count("token"), 1, "one new token, whoever met the 401");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_good_token_serves_while_the_sign_in_is_broken() {
    let mut entra = entra_simulator::Config::default();
    entra.settings.token_lifetime = Duration::from_secs(40);
    let world = world(WorldConfig { entra: Some(entra), ..Default::default() }).await;
    connected(&world).await;
    simulator(&world).inject(Fault::new("token", FaultAction::status(503)).times(1000));
    // The operator asks for a new token at some 75 % of the old one's life, and is refused.
    world.apply(&guest("steady", "steady@fabrikam.com", "")).await.unwrap();
    let deadline = Instant::now() + SOON;
    while simulator(&world).count("token") < 2 {
        assert!(Instant::now() < deadline, "no early refresh");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    world.apply(&guest("late", "late@fabrikam.com", "")).await.unwrap();
    until_state(&world, "late", "Invited").await;
    assert_eq!(mails(&world, "late@fabrikam.com"), 1);
    simulator(&world).clear_faults();
    world.apply(&guest("after", "after@fabrikam.com", "")).await.unwrap();
    until_state(&world, "after", "Invited").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_stops_the_tenant_until_a_person_resumes() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    simulator(&world).update_settings(|settings| settings.policy.suspicious_activity_block = true);
    world.apply(&guest("one", "one@fabrikam.com", "")).await.unwrap();
    let said = until_reason(&world, "one", "InvitationsBlocked").await;
    assert!(said.contains("Microsoft support") && said.contains("guestlist.dev/resume"), "{said}");
    until_tenant(&world, "Ready", "InvitationsBlocked").await;
    world.apply(&guest("two", "two@fabrikam.com", "")).await.unwrap();
    until_reason(&world, "two", "InvitationsBlocked").await;
    // A restart remembers.
    world.operator().unwrap().kill();
    world.start_operator().unwrap();
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(simulator(&world).count("createInvitation"), 1, "the breaker holds, also over a restart");

    simulator(&world).update_settings(|settings| settings.policy.suspicious_activity_block = false);
    world.kubectl(&["annotate", "etenant", "default", "guestlist.dev/resume=ticket-4711"]).await.unwrap();
    for name in ["one", "two"] {
        until_state(&world, name, "Invited").await;
        assert_eq!(mails(&world, &format!("{name}@fabrikam.com")), 1);
    }
    until_tenant(&world, "Ready", "Connected").await;
}
