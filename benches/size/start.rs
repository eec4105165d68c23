//! A world for a measurement: a control plane, the simulator with Graph's own quotas, and the release build of the operator.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use entra_simulator::Entry;
use serde_json::json;
use testbed::stories::simulator;
use testbed::world::{TenantManifest, World, WorldConfig};
use testbed::{Operator, PlaneConfig};

/// A world whose tenant is swept so often, and the operator not yet at work.
pub async fn world(sweep_every: &str) -> World {
    assert!(std::env::var_os("GUESTLIST_BIN").is_some(), "GUESTLIST_BIN names the release build: run `make bench`");
    // Graph's quota of 150 invitations in any 5 seconds is the limit, and not the operator's caution.
    let more = json!({"sweep": {"every": sweep_every, "settledEvery": "15m"}});
    let tenant = TenantManifest { per_minute: 1_800, burst: 15, more, ..TenantManifest::default() };
    let config = WorldConfig {
        tenant: Some(tenant),
        operator: false,
        judged: false,
        plane: PlaneConfig { every_processor: true, ..PlaneConfig::default() },
        ..WorldConfig::default()
    };
    let world = World::start(config).await.unwrap();
    world.plane.namespace("team").await.unwrap();
    world
}

/// Starts the operator.
pub fn operator(world: &World) -> Arc<Operator> {
    world.start_operator().unwrap()
}

/// How many HTTP calls were made of Graph since the journal was cleared, and which. The items of a batch are no calls.
pub fn http_calls(world: &World) -> (usize, String) {
    let calls = tally(simulator(world).journal().into_iter().filter_map(|entry| match entry {
        Entry::Request(request) if !request.in_batch && request.operation != "token" => Some(request.operation),
        Entry::Request(_) | Entry::Mail(_) => None,
    }));
    let each: Vec<String> = calls.iter().map(|(operation, count)| format!("{operation} {count}")).collect();
    (calls.values().sum(), each.join(", "))
}

/// How often each of them comes.
pub fn tally(all: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    all.for_each(|one| *counts.entry(one).or_default() += 1);
    counts
}

/// Waits until `holds`, and says how long that took since `began`.
pub async fn wait<F: Future<Output = bool>>(began: Instant, within: Duration, holds: impl Fn() -> F) -> Duration {
    while !holds().await {
        assert!(began.elapsed() < within, "not within {within:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    began.elapsed()
}
