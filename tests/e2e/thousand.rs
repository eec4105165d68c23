//! A thousand guests: what they cost to invite, to follow and at rest.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use entra_simulator::{Entry, Fault, FaultAction};
use kube::ResourceExt;
use kube::api::{DynamicObject, ListParams};
use testbed::stories::{TENANT, connected, guest, guests, simulator, world};
use testbed::world::{TenantManifest, WorldConfig};

const GUESTS: usize = 1000;

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_guests_are_followed_by_two_pages_a_sweep() {
    // Under Graph's published 150 invitations in 5 seconds, with room for a machine that stalls and catches up.
    let tenant = TenantManifest { sweep_every: "8s".into(), per_minute: 1200, burst: 20, ..Default::default() };
    let world = world(WorldConfig { tenant: Some(tenant), ..Default::default() }).await;
    connected(&world).await;
    let began = Instant::now();
    let manifests: Vec<String> =
        (0..GUESTS).map(|n| guest(&format!("g{n}"), &format!("guest{n}@fabrikam.com"), "")).collect();
    for chunk in manifests.chunks(50) {
        world.apply(&chunk.join("\n---\n")).await.unwrap();
    }
    let api = guests(&world).await;
    // From a watch: a list of a thousand twice a second would keep the machine from the work that is waited for.
    let count = |wanted: &'static str| {
        let world = &world;
        async move {
            let all = world.watched("guestlist.dev/v1alpha1", "GuestInvitation", "team").await.unwrap();
            let is = |guest: &DynamicObject| {
                guest.data["status"]["state"] == wanted && guest.data["status"]["redemption"]["state"].is_string()
            };
            all.iter().filter(|guest| is(guest)).count()
        }
    };
    wait(Duration::from_secs(180), || async { count("Invited").await == GUESTS }).await;
    println!("{GUESTS} guests invited and followed in {:.1} s", began.elapsed().as_secs_f64());
    let simulator = simulator(&world);
    assert_eq!(simulator.count("createInvitation"), GUESTS, "one POST a guest");
    let mut calls = BTreeMap::new();
    for entry in simulator.journal() {
        if let Entry::Request(request) = entry
            && !request.in_batch
        {
            *calls.entry(request.operation).or_insert(0) += 1;
        }
    }
    println!("calls: {calls:?}");
    // It was 3 a guest before look-ups went together. How many do depends on how busy the machine is; `make bench` tells.
    assert!(calls.values().sum::<usize>() < 2 * GUESTS, "{calls:?}");
    let sent: usize = (0..GUESTS).map(|n| simulator.invitation_mails(&format!("guest{n}@fabrikam.com")).len()).sum();
    assert_eq!(sent, GUESTS, "one mail a guest");

    // Half redeem; the next whole sweep brings all of them to status. The one after it is held back, so that a machine which is
    // slow to write statuses does not need it.
    let queries = || simulator.requests("listUsers").into_iter().filter_map(|request| request.query);
    let sweeps = || queries().filter(|query| query.contains("skiptoken")).count();
    for n in (0..GUESTS).step_by(2) {
        simulator.redeem(TENANT, &format!("guest{n}@fabrikam.com"), None).unwrap();
    }
    let begun = queries().filter(|query| is_first_page(query)).count();
    let whole = || {
        let mut first_pages = 0;
        queries().any(|query| {
            first_pages += usize::from(is_first_page(&query));
            first_pages > begun && query.contains("skiptoken")
        })
    };
    wait(Duration::from_secs(60), || async { whole() }).await;
    let late = FaultAction::Delay { ms: 25_000 };
    simulator.inject(Fault::new("listUsers", late).times(1).containing("creationType"));
    let seen = sweeps();
    wait(Duration::from_secs(60), || async { count("Accepted").await == GUESTS / 2 }).await;
    let needed = sweeps() - seen;
    println!("{} redemptions in status after 1 sweep and {needed} more", GUESTS / 2);
    assert_eq!(needed, 0, "redemptions took {needed} more sweeps to show");

    // At rest: pages only, and no write.
    wait(Duration::from_secs(60), || async { sweeps() > seen + 1 }).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let versions = || async {
        let listed = api.list(&ListParams::default()).await.unwrap();
        let mut versions: Vec<_> = listed.iter().map(|guest| (guest.name_any(), guest.resource_version())).collect();
        versions.sort();
        versions
    };
    let calm = versions().await;
    simulator.clear_journal();
    tokio::time::sleep(Duration::from_secs(17)).await;
    assert_eq!(versions().await, calm, "a status was written though nothing changed");
    let rest = simulator.journal();
    let listings = simulator.count("listUsers");
    let (pages, by_id) = (listings, simulator.count("getUser"));
    println!("at rest, 17 s: {} calls, {} sweeps of 2 pages, {by_id} reads by id, no write", rest.len(), sweeps());
    assert_eq!(by_id, 0, "no GET per guest at rest");
    assert!(sweeps() >= 2, "the sweeps go on");
    assert!(pages <= 2 * sweeps() + 1, "{pages} pages in {} sweeps", sweeps());
    assert_eq!(rest.len(), pages, "nothing but listings");
    println!("peak memory of the operator: {} MB", world.operator().unwrap().peak_memory().unwrap());
}

fn is_first_page(query: &str) -> bool {
    query.contains("creationType") && !query.contains("skiptoken")
}

async fn wait<F: Future<Output = bool>>(within: Duration, holds: impl Fn() -> F) {
    let deadline = Instant::now() + within;
    while !holds().await {
        assert!(Instant::now() < deadline, "not within {within:?}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
