//! Everything at once for a long time: hundreds of guests of twenty teams, what people do with them, forged statuses among it, and all
//! that can break, in an order that a seed decides. At the end nobody is lost, nobody was mailed more often than somebody wanted, and memory has not grown.
//!
//! `GUESTLIST_SOAK` is how many seconds it lasts (180), `GUESTLIST_SEED` repeats a run.

mod end;
mod people;
mod trouble;

use std::time::{Duration, Instant};

use fastrand::Rng;
use testbed::stories::{every_right, smtp};
use testbed::world::{TenantManifest, World, WorldConfig};

use crate::acts::able;
use people::People;
use trouble::Trouble;

/// A guest for so many milliseconds of the first half: 5,000 in an hour, 250 in three minutes.
const A_GUEST_PER: u128 = 360;

#[tokio::test(flavor = "multi_thread")]
async fn a_long_time_of_everything_loses_and_doubles_nothing() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let lasts = Duration::from_secs(number("GUESTLIST_SOAK").unwrap_or(180));
    let seed = number("GUESTLIST_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("soak: {} s, seed {seed} (GUESTLIST_SEED={seed} repeats it)", lasts.as_secs());
    let mut rng = Rng::with_seed(seed);
    let world = able(WorldConfig { interposed: true, counted: |_| false, ..Default::default() }).await;
    // More than a second per request, so that a busy machine's own delays do not count as lost answers all the time.
    let tenant = TenantManifest { per_minute: 1200, burst: 40, more: tenant(&world), ..Default::default() };
    world.apply_tenant(&tenant).await.unwrap();
    world.apply(&people::namespaces()).await.unwrap();

    let most = usize::try_from(lasts.as_millis() / 2 / A_GUEST_PER).unwrap();
    let (mut people, mut trouble) = (People::new(most), Trouble::default());
    let half = Instant::now() + lasts / 2;
    while Instant::now() < half {
        people.something(&world, &mut rng).await;
        trouble.something(&world, &mut rng, true).await;
    }
    trouble.is_over(&world).await;
    end::at_rest(&world, &people, lasts).await;
    let settled = end::memory(&world);

    // In the second half the process lives on, so that what it gathers can be measured.
    let over = Instant::now() + lasts / 2;
    while Instant::now() < over {
        people.something(&world, &mut rng).await;
        trouble.something(&world, &mut rng, false).await;
    }
    trouble.is_over(&world).await;
    end::at_rest(&world, &people, lasts).await;
    let last = end::memory(&world);
    end::holds(&world, &people, &trouble).await;
    println!("soak: {people}; {trouble}; memory {settled} MB, then {last} MB");
    assert!(last <= settled + settled / 4 + 8, "memory grows: {settled} MB, then {last} MB");
}

fn tenant(world: &World) -> serde_json::Value {
    serde_json::json!({"access": every_right(), "mail": {"smtp": smtp(world)}})
}
