//! How soon a redemption shows in status, with a sweep every ten seconds.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use kube::ResourceExt as _;
use kube::runtime::watcher::{Config, Event, watcher};
use parking_lot::Mutex;
use testbed::stories::{TENANT, guests, simulator};
use testbed::world::World;

use super::report::Report;
use super::settle::{self, ONE_PENDING_OF};
use super::start;

pub async fn measure(count: usize, report: &mut Report) {
    let world = start::world("10s").await;
    settle::settled(&world, ONE_PENDING_OF * count + 2).await;
    let operator = start::operator(&world);
    testbed::stories::connected(&world).await;
    tokio::time::sleep(Duration::from_secs(12)).await;
    let shown = accepted(&world).await;
    let mut redeemed = HashMap::new();
    for n in 0..count {
        tokio::time::sleep(Duration::from_millis(fastrand::u64(100..600))).await;
        let name = format!("guest{:06}", n * ONE_PENDING_OF);
        simulator(&world).redeem(TENANT, &format!("{name}@fabrikam.com"), None).unwrap();
        redeemed.insert(name, Instant::now());
    }
    let all = || async { redeemed.keys().all(|name| shown.lock().contains_key(name)) };
    start::wait(Instant::now(), Duration::from_secs(60), all).await;
    let shown = shown.lock();
    let mut waits: Vec<f64> =
        redeemed.iter().map(|(name, at)| shown[name].saturating_duration_since(*at).as_secs_f64()).collect();
    waits.sort_by(f64::total_cmp);
    let within = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize];
    report.figure("redemption to status, sweep 10 s", "half of them within", within(0.5), "s", "half a sweep: 5 s");
    report.figure("redemption to status, sweep 10 s", "99 of 100 within", within(0.99), "s", "a sweep: 10 s");
    operator.kill();
}

/// When a watch has shown each guest as accepted first, by name, from now on.
async fn accepted(world: &World) -> Arc<Mutex<HashMap<String, Instant>>> {
    let shown = Arc::new(Mutex::new(HashMap::new()));
    let (seen, api) = (shown.clone(), guests(world).await);
    tokio::spawn(async move {
        let mut events = watcher(api, Config::default()).boxed();
        while let Some(event) = events.next().await {
            if let Ok(Event::Apply(guest)) = event
                && guest.data["status"]["state"] == "Accepted"
            {
                seen.lock().entry(guest.name_any()).or_insert_with(Instant::now);
            }
        }
    });
    shown
}
