//! A list of a thousand, killed and cut short on the way.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testbed::interposer::Moment;
use testbed::stories::{SOON, condition, connected, named_list, simulator, world};
use testbed::world::{World, WorldConfig};

use super::{address, children, declare, entries, until_list};

/// The operator's writes to GuestInvitations themselves, not to their status.
fn child_writes(world: &World) -> usize {
    let writes = world.effects.list();
    writes.iter().filter(|write| write.path.contains("/guestinvitations/") && !write.path.ends_with("/status")).count()
}

/// Kills the operator and starts it anew.
async fn restart(world: &World) {
    let operator = world.operator().unwrap();
    operator.kill();
    operator.wait().await;
    let operator = world.start_operator().unwrap();
    let began = Instant::now();
    while !operator.log().contains("watching GuestInvitations") {
        assert!(began.elapsed() < SOON, "{}", operator.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_only_what_differs_is_written() {
    const GUESTS: usize = 1000;
    let counted = |path: &str| path.contains("/guestinvitations/") || path.contains("/guestlists/");
    let world = world(WorldConfig { interposed: true, counted, ..Default::default() }).await;
    connected(&world).await;
    let template = |language: &str| json!({"suspend": true, "message": {"language": language}});
    let mut array = entries((0..GUESTS).map(address));
    let began = Instant::now();
    declare(&world, "analysts", &template("nl"), &array).await;
    let applied = |list: &Value| condition(list, "Ready").1 == "Applied" && list["status"]["guests"]["total"] == GUESTS;
    let within = Duration::from_secs(120);
    let killed_at = 300;
    while child_writes(&world) < killed_at {
        assert!(began.elapsed() < within);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    restart(&world).await;
    world.wait_for(&named_list("analysts"), "be applied", applied, within).await.unwrap();
    let list_writes =
        |world: &World| world.effects.list().iter().filter(|write| write.path.contains("/guestlists/")).count();
    println!(
        "a list of {GUESTS} applied in {:.1} s, over a crash at {killed_at}: {} writes of guests, {} of the list's status",
        began.elapsed().as_secs_f64(),
        child_writes(&world),
        list_writes(&world)
    );
    // Of the writes that were under way at the end, eight at most, each may have been broken off.
    assert!((GUESTS..=GUESTS + 8).contains(&child_writes(&world)), "{}", child_writes(&world));
    let made = children(&world, "analysts").await;
    assert_eq!(made.len(), GUESTS);
    assert!(made.values().all(|child| child.metadata.generation == Some(1)), "each was written once");

    world.effects.reset();
    array.remove(500);
    array[700]["displayName"] = "Renamed".into();
    let began = Instant::now();
    declare(&world, "analysts", &template("nl"), &array).await;
    until_list(&world, "analysts", "Applied").await;
    println!("one removed and one changed in {:.1} s", began.elapsed().as_secs_f64());
    tokio::time::sleep(Duration::from_secs(2)).await;
    let writes: Vec<String> =
        world.effects.list().iter().filter(|write| !write.path.ends_with("/status")).map(ToString::to_string).collect();
    assert_eq!(writes.len(), 2, "{writes:#?}");

    // A restart writes nothing, and goes on from there.
    world.effects.reset();
    restart(&world).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let first = world.effects.list().first().map(ToString::to_string);
    assert_eq!(first, None, "a restart writes nothing");
    array[3]["displayName"] = "Third".into();
    declare(&world, "analysts", &template("nl"), &array).await;
    until_list(&world, "analysts", "Applied").await;
    assert_eq!(child_writes(&world), 1);

    // The template changes.
    world.effects.reset();
    let began = Instant::now();
    declare(&world, "analysts", &template("fr"), &array).await;
    until_list(&world, "analysts", "Applied").await;
    println!("a new template for {} in {:.1} s", GUESTS - 1, began.elapsed().as_secs_f64());
    assert_eq!(child_writes(&world), GUESTS - 1, "one write a guest");
    assert_eq!(simulator(&world).count("createInvitation"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_taken_off_while_a_list_is_being_applied_is_not_made() {
    let counted = |path: &str| path.contains("/guestinvitations/");
    let world = world(WorldConfig { interposed: true, counted, ..Default::default() }).await;
    connected(&world).await;
    let suspended = || json!({"suspend": true});
    let array = entries((0..250).map(address));
    let mut first = world.effects.hold(1, Moment::Before);
    declare(&world, "analysts", &suspended(), &array).await;
    first.reached(SOON).await.unwrap();
    declare(&world, "analysts", &suspended(), &array[..3]).await;
    first.release();
    let few = |list: &Value| condition(list, "Ready").1 == "Applied" && list["status"]["guests"]["total"] == 3;
    world.wait_for(&named_list("analysts"), "be applied", few, SOON).await.unwrap();
    let writes = world.effects.list();
    let of =
        |method: &str| writes.iter().filter(|write| write.method == method && !write.path.ends_with("/status")).count();
    assert_eq!((of("PATCH"), of("DELETE")), (100, 97), "no more than was under way");
    assert_eq!(children(&world, "analysts").await.len(), 3);
}
