//! Patience with a Graph that refuses, breaks or says nothing: what it costs in calls, whom it holds up, and what people are told.

use std::time::{Duration, Instant};

use entra_simulator::{Fault, FaultAction, ScriptedAnswer, SeedKind, SeedUser};
use serde_json::{Value, json};
use testbed::stories::{
    ALL, APP, ROLES, SOON, TENANT, a_while, allowed, calls, condition, connected, guest, mails, numbered, patient,
    simulator, state, until, until_set, until_state, until_tenant, within, world,
};
use testbed::world::{Ref, TenantManifest, World, WorldConfig};

const DENIED: &str = "Insufficient privileges to complete the operation.";

fn config() -> WorldConfig {
    WorldConfig { operator_args: patient(), ..WorldConfig::default() }
}

fn denied() -> FaultAction {
    ScriptedAnswer::error(403, "Authorization_RequestDenied", DENIED).into()
}

/// How often each of the guests was asked for by a POST.
fn posts(world: &World, address: &str) -> usize {
    let requests = simulator(world).requests("createInvitation");
    requests
        .iter()
        .filter(|request| request.body.as_ref().is_some_and(|body| body.to_string().contains(address)))
        .count()
}

async fn tenant(world: &World) -> Value {
    world.get(&Ref::tenant("default")).await.unwrap()
}

/// The POST for one address is answered by an error for ever. The other guests are invited at their pace, and the one is tried more and
/// more seldom.
#[tokio::test(flavor = "multi_thread")]
async fn one_address_that_always_fails_holds_up_nobody_else() {
    for action in [FaultAction::status(503), FaultAction::status(500), denied()] {
        let world = world(config()).await;
        connected(&world).await;
        simulator(&world).inject(Fault::new("createInvitation", action.clone()).about("sick@fabrikam.com").forever());
        world.apply(&guest("sick", "sick@fabrikam.com", "")).await.unwrap();
        world
            .wait_for(&Ref::guest("team", "sick"), "be tried", |_| posts(&world, "sick@fabrikam.com") > 0, SOON)
            .await
            .unwrap();
        let begun = Instant::now();
        world.apply(&numbered(0..12)).await.unwrap();
        for n in 0..12 {
            until_state(&world, &format!("g{n}"), "Invited").await;
        }
        println!("{action:?}: 12 others in {:.1} s", begun.elapsed().as_secs_f64());
        // While it is tried, the others are mailed, and the tenant is well.
        tokio::time::sleep(Duration::from_secs(40)).await;
        let ready = condition(&tenant(&world).await, "Ready");
        assert_eq!((ready.0.as_str(), ready.1.as_str()), ("True", "Connected"), "{}", ready.2);
        let tried = posts(&world, "sick@fabrikam.com");
        println!("{action:?}: {tried} POSTs for the one in {:.0} s", begun.elapsed().as_secs_f64());
        assert!(tried <= 8, "{tried} POSTs in {:.0} s", begun.elapsed().as_secs_f64());
        let sick = world.get(&Ref::guest("team", "sick")).await.unwrap();
        assert_ne!(condition(&sick, "Ready").0, "True", "{sick}");
        assert_eq!(mails(&world, "sick@fabrikam.com"), 0);
        let all: usize = (0..12).map(|n| mails(&world, &format!("g{n}@fabrikam.com"))).sum();
        assert_eq!(all, 12, "one mail each");
    }
}

/// The application may not invite. That is the tenant's condition; it costs a few calls, and after the grant all go on at once.
#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_may_not_invite_is_one_condition() {
    let world = world(WorldConfig { entra: Some(allowed(&["User.Read.All"])), ..config() }).await;
    connected(&world).await;
    world.apply(&numbered(0..20)).await.unwrap();
    let said = until_tenant(&world, "Ready", "PermissionMissing").await;
    assert!(said.contains("User.Invite.All"), "{said}");
    a_while().await;
    simulator(&world).clear_journal();
    let transitions = condition_since(&tenant(&world).await);
    // Half a minute after the refusal the directory is asked again, which a count of 25 s sometimes reached.
    tokio::time::sleep(Duration::from_secs(20)).await;
    let (asked, all) = (calls(&world, "createInvitation"), simulator(&world).journal().len());
    println!("without the permission: {asked} POSTs and {all} calls in 20 s");
    assert!(asked <= 2 && all <= 32, "{asked} POSTs, {all} calls");
    assert_eq!(condition_since(&tenant(&world).await), transitions, "Ready does not flap");

    let grant = |app: &mut entra_simulator::AppConfig| app.roles = ALL.map(str::to_owned).to_vec();
    simulator(&world).change_app(TENANT, APP, grant).unwrap();
    let begun = Instant::now();
    for n in 0..20 {
        world
            .wait_for(
                &Ref::guest("team", &format!("g{n}")),
                "be invited",
                |guest| state(guest) == "Invited",
                Duration::from_secs(120),
            )
            .await
            .unwrap();
    }
    println!("20 guests in {:.0} s after the grant", begun.elapsed().as_secs_f64());
    let all: usize = (0..20).map(|n| mails(&world, &format!("g{n}@fabrikam.com"))).sum();
    assert_eq!(all, 20, "one mail each");
}

fn condition_since(tenant: &Value) -> String {
    let conditions = tenant["status"]["conditions"].as_array().unwrap();
    let ready = conditions.iter().find(|condition| condition["type"] == "Ready").unwrap();
    ready["lastTransitionTime"].as_str().unwrap().to_owned()
}

/// One single 403 in the midst of thirty guests: nobody else waits for a fate that everybody knows.
#[tokio::test(flavor = "multi_thread")]
async fn one_refusal_leaves_nobody_unsettled() {
    let world = world(config()).await;
    connected(&world).await;
    simulator(&world).inject(Fault::new("createInvitation", denied()).skip(5).times(1));
    world.apply(&numbered(0..30)).await.unwrap();
    let begun = Instant::now();
    let mut unsettled = 0;
    loop {
        let list = testbed::stories::guests(&world).await.list(&Default::default()).await.unwrap();
        let reason = |reason: &str| list.iter().filter(|guest| condition(&guest.data, "Ready").1 == reason).count();
        unsettled = unsettled.max(reason("Settling"));
        if list.iter().filter(|guest| guest.data["status"]["state"] == "Invited").count() >= 29 {
            break;
        }
        assert!(begun.elapsed() < SOON, "{} are settling", reason("Settling"));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    println!("29 of 30 in {:.1} s, {unsettled} seen in Settling", begun.elapsed().as_secs_f64());
    assert_eq!(unsettled, 0);
}

/// Every connection is cut off: the EntraTenant says so within a minute, and is well again afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn a_graph_that_cuts_every_connection_is_told_by_the_tenant() {
    let world = world(config()).await;
    connected(&world).await;
    world.apply(&guest("ann", "ann@fabrikam.com", "")).await.unwrap();
    until_state(&world, "ann", "Invited").await;
    simulator(&world).inject(Fault::new("*", FaultAction::CutBefore).forever());
    let said = until_tenant(&world, "Ready", "GraphUnreachable").await;
    assert!(said.contains("the other side closed it"), "{said}");
    simulator(&world).clear_faults();
    until_tenant(&world, "Ready", "Connected").await;
    world.apply(&guest("bob", "bob@fabrikam.com", "")).await.unwrap();
    until_state(&world, "bob", "Invited").await;
}

/// The second page of the listing is always refused: the EntraTenant says since when, and what the first page shows is known.
#[tokio::test(flavor = "multi_thread")]
async fn a_listing_that_breaks_off_is_told_and_its_first_page_counts() {
    let world = world(config()).await;
    for n in 0..999 {
        simulator(&world).seed(TENANT, SeedUser::new(format!("old{n}@fabrikam.com"), SeedKind::PendingGuest));
    }
    connected(&world).await;
    world.apply(&guest("early", "old0@fabrikam.com", "")).await.unwrap();
    world.apply(&guest("late", "late@fabrikam.com", "")).await.unwrap();
    for name in ["early", "late"] {
        until_state(&world, name, "Invited").await;
    }
    // A second page that is asked for again says that the sweep before it came to its end.
    let second_pages = || {
        let requests = simulator(&world).requests("listUsers").into_iter();
        requests.filter(|request| request.query.as_ref().is_some_and(|query| query.contains("skiptoken"))).count()
    };
    within(SOON, "a whole sweep", || second_pages() >= 2).await;
    simulator(&world).inject(Fault::new("listUsers", FaultAction::status(400)).on_page(2).forever());
    let said = until_tenant(&world, "SweepFailing", "ListingFailed").await;
    assert!(said.contains("since") && said.contains("HTTP 400"), "{said}");
    let last = tenant(&world).await["status"]["lastSweep"].clone();
    assert!(last["failingSince"].is_string() && last["completedAt"].is_string(), "{last}");
    for address in ["old0@fabrikam.com", "late@fabrikam.com"] {
        simulator(&world).redeem(TENANT, address, None).unwrap();
    }
    until_state(&world, "early", "Accepted").await;
    let version = async || tenant(&world).await["metadata"]["resourceVersion"].clone();
    a_while().await;
    let before = version().await;
    a_while().await;
    assert_eq!(version().await, before, "it is told once, and not by each sweep");
    simulator(&world).clear_faults();
    let recovered = |tenant: &Value| tenant["status"]["lastSweep"].is_null();
    world.wait_for(&Ref::tenant("default"), "be swept again", recovered, SOON).await.unwrap();
    until_state(&world, "late", "Accepted").await;
}

/// Graph asks for a long pause: the EntraTenant says until when, and nothing is called meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_pause_is_told_by_the_tenant() {
    let world = world(config()).await;
    connected(&world).await;
    world.apply(&guest("ann", "ann@fabrikam.com", "")).await.unwrap();
    until_state(&world, "ann", "Invited").await;
    let pause =
        FaultAction::Status { code: 429, retry_after: Some(600.0), body: Default::default(), after_work: false };
    simulator(&world).inject(Fault::new("listUsers", pause));
    let said = until_tenant(&world, "Ready", "Throttled").await;
    let until_when =
        said.split_whitespace().find_map(|word| word.trim_end_matches('.').parse::<jiff::Timestamp>().ok());
    let left = until_when.unwrap().duration_since(jiff::Timestamp::now()).as_secs();
    assert!((500..=600).contains(&left), "{left} s: {said}");
    simulator(&world).clear_journal();
    a_while().await;
    assert_eq!(simulator(&world).journal().len(), 0);
}

/// Nobody has said how fast: three at once, and then three a minute.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_directory_is_invited_into_slowly() {
    let more = json!({"pacing": {"perMinute": null, "burst": null}});
    let tenant = TenantManifest { more, ..TenantManifest::default() };
    let world = world(WorldConfig { tenant: Some(tenant), ..config() }).await;
    connected(&world).await;
    world.apply(&numbered(0..25)).await.unwrap();
    within(SOON, "the first three", || calls(&world, "createInvitation") >= 3).await;
    let begun = Instant::now();
    tokio::time::sleep(Duration::from_secs(30)).await;
    let sent = calls(&world, "createInvitation");
    // One every twenty seconds beside the three at once.
    let due = 3 + usize::try_from(begun.elapsed().as_secs() / 20).unwrap() + 1;
    assert!((4..=due).contains(&sent), "{sent} in {:.0} s", begun.elapsed().as_secs_f64());
    let told = until(&world, "g24", "wait", |guest| condition(guest, "Ready").1 == "Queued").await;
    assert_eq!(told["status"]["state"], "Pending");
}

/// Two clusters declare the same user, and not alike: each wrote for ever, and both were Ready.
#[tokio::test(flavor = "multi_thread")]
async fn a_property_that_somebody_changes_back_is_told_and_written_more_seldom() {
    let tenant = TenantManifest { sweep_every: "1s".into(), ..TenantManifest::default() };
    let world = world(WorldConfig { tenant: Some(tenant), entra: Some(allowed(&ROLES)), ..config() }).await;
    connected(&world).await;
    world.apply(&guest("ann", "ann@fabrikam.com", "  profile: {department: Sales, city: Delft}\n")).await.unwrap();
    until_set(&world, "ann", &["city", "department"]).await;
    assert_eq!(mails(&world, "ann@fabrikam.com"), 1);
    simulator(&world).clear_journal();
    let other = || {
        let changed = |user: &mut entra_simulator::User| {
            if user.profile["department"] != json!("Other") {
                user.profile.insert("department".into(), json!("Other"));
            }
        };
        simulator(&world).change_user(TENANT, "ann@fabrikam.com", changed).unwrap();
    };
    let begun = Instant::now();
    while condition(&world.get(&Ref::guest("team", "ann")).await.unwrap(), "Ready").1 != "ChangedBack" {
        assert!(begun.elapsed() < SOON * 2, "{} writes", calls(&world, "updateUser"));
        other();
        // A sweep shows what the operator has written in between: what no read has shown is not written again.
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    let written = calls(&world, "updateUser");
    let guest = world.get(&Ref::guest("team", "ann")).await.unwrap();
    let (ready, _, said) = condition(&guest, "Ready");
    assert_eq!((ready.as_str(), written), ("False", 3), "three times without a pause");
    assert!(said.contains("department") && !said.contains("city") && said.contains("another cluster"), "{said}");
    for _ in 0..10 {
        other();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(calls(&world, "updateUser"), written, "it waits now");
    assert_eq!(mails(&world, "ann@fabrikam.com"), 0, "one mail, at the start");

    // Who declares it differently is heard at once.
    let wanted = json!({"spec": {"profile": {"department": "Other"}}});
    testbed::stories::patched(&world, &Ref::guest("team", "ann"), wanted).await;
    until(&world, "ann", "be at rest", |guest| condition(guest, "Ready").1 == "Invited").await;
}
