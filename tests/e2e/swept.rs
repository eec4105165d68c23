//! The sweeps: the pending often, everybody now and then, and what somebody has taken away is put right.

use std::time::Duration;

use entra_simulator::{Entry, Fault, FaultAction, ScriptedAnswer, SeedGroup, SeedKind, SeedUser, Simulator};
use serde_json::{Value, json};
use testbed::stories::{
    ALL, TENANT, a_while, allowed, calls, connected, every_right, guest, mails, quick, simulator, until, until_state,
    world,
};
use testbed::world::{TenantManifest, World, WorldConfig};

/// A world whose pending guests are looked at every two seconds, and everybody so often.
async fn swept(settled_every: &str) -> World {
    let more = json!({"sweep": {"every": "2s", "settledEvery": settled_every}, "access": every_right()});
    let tenant = TenantManifest { more, ..TenantManifest::default() };
    let entra = Some(allowed(&ALL));
    let world = world(WorldConfig { entra, tenant: Some(tenant), operator_args: quick(), ..Default::default() }).await;
    connected(&world).await;
    world
}

/// The first pages of listings since the journal was cleared: of the pending, and of everybody.
fn listings(simulator: &Simulator) -> (usize, usize) {
    let queries = simulator.requests("listUsers").into_iter().filter_map(|request| request.query);
    let first: Vec<String> = queries.filter(|query| !query.contains("skiptoken")).collect();
    let of = |words: &str| first.iter().filter(|query| query.contains(words)).count();
    (of("externalUserState+eq"), of("creationType+eq"))
}

/// Everything that was asked of Graph since the journal was cleared, tokens left out.
fn asked(simulator: &Simulator) -> usize {
    let asked = simulator.journal();
    asked.iter().filter(|entry| matches!(entry, Entry::Request(request) if request.operation != "token")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_has_not_accepted_is_looked_at_often() {
    let world = swept("1h").await;
    let simulator = simulator(&world);
    let names: Vec<String> = (0..12).map(|n| format!("g{n}")).collect();
    let address = |name: &str| format!("{name}@fabrikam.com");
    let all: Vec<String> = names.iter().map(|name| guest(name, &address(name), "")).collect();
    world.apply(&all.join("\n---\n")).await.unwrap();
    for name in &names {
        until(&world, name, "be followed", |guest| guest["status"]["redemption"]["state"].is_string()).await;
    }
    assert!(names.iter().all(|name| mails(&world, &address(name)) == 1));
    // Of twelve who redeem at once each is read by id, in one call.
    simulator.clear_journal();
    for name in &names {
        simulator.redeem(TENANT, &address(name), None).unwrap();
    }
    for name in &names {
        until_state(&world, name, "Accepted").await;
    }
    let (pending, everybody) = listings(simulator);
    assert!(pending >= 1 && everybody == 0, "{pending} listings of the pending, {everybody} of everybody");
    let singly = simulator.requests("getUser").into_iter().filter(|request| !request.in_batch).count();
    assert!(calls(&world, "batch") <= 2 && singly == 0, "{} batches, {singly} single reads", calls(&world, "batch"));
    // With nobody pending nothing is asked.
    a_while().await;
    simulator.clear_journal();
    a_while().await;
    assert_eq!(asked(simulator), 0, "nothing is asked of Graph at rest");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_graph_does_not_list_the_pending_everybody_is_listed() {
    let world = swept("1h").await;
    let simulator = simulator(&world);
    let answer = ScriptedAnswer::error(400, "Request_UnsupportedQuery", "Unsupported property filter clause.");
    simulator.inject(Fault::new("listUsers", FaultAction::Answer(answer)).containing("externalUserState+eq").forever());
    world.apply(&guest("ann", "ann@fabrikam.com", "")).await.unwrap();
    until(&world, "ann", "be followed", |guest| guest["status"]["redemption"]["state"].is_string()).await;
    simulator.redeem(TENANT, "ann@fabrikam.com", None).unwrap();
    until_state(&world, "ann", "Accepted").await;
    let (pending, everybody) = listings(simulator);
    assert!(pending <= 2 && everybody >= 1, "{pending} listings of the pending, {everybody} of everybody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_and_a_sponsor_that_somebody_took_away_are_put_right() {
    let world = swept("2s").await;
    let simulator = simulator(&world);
    simulator.seed(TENANT, SeedUser::new("boss@contoso.com", SeedKind::Member));
    let group = simulator.seed_group(TENANT, SeedGroup::new("Analysts"));
    let other = simulator.seed_group(TENANT, SeedGroup::new("Others"));
    world
        .apply(&guest("ann", "ann@fabrikam.com", "  groups: [Analysts]\n  sponsors: [boss@contoso.com]\n"))
        .await
        .unwrap();
    let related =
        |guest: &Value| ["groups", "sponsors"].iter().all(|field| guest["status"][field][0]["state"] == "Added");
    until(&world, "ann", "be in the group and have the sponsor", related).await;
    let user = || simulator.user(TENANT, "ann@fabrikam.com").unwrap();
    let id = user().id;
    // In the settling time nobody knows whether a listing shows our own change.
    tokio::time::sleep(Duration::from_secs(11)).await;
    simulator.clear_journal();
    simulator.remove_member(TENANT, &group, &id).unwrap();
    simulator.change_user(TENANT, &id, |user| user.related_mut("sponsors").clear()).unwrap();
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    let is_back = || !user().related("sponsors").is_empty() && !simulator.members(TENANT, &group).is_empty();
    while !is_back() {
        assert!(std::time::Instant::now() < deadline, "{}", world.account_of_it());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    until(&world, "ann", "be told so", related).await;
    a_while().await;
    assert_eq!((calls(&world, "addMember"), calls(&world, "addSponsor")), (1, 1), "each is added once");
    assert_eq!(
        (calls(&world, "listMemberOf"), calls(&world, "removeMember")),
        (0, 0),
        "pages, and not a call for a guest"
    );
    // What nobody declared is nobody's here.
    simulator.add_member(TENANT, &other, &id).unwrap();
    a_while().await;
    simulator.remove_member(TENANT, &other, &id).unwrap();
    a_while().await;
    assert_eq!(calls(&world, "addMember"), 1);
}
