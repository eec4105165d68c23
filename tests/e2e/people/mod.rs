//! Whose a person is: nobody acts on a guest who is not theirs, and what was done is remembered beyond the resource that asked for it.

mod comes_back;
mod platform;
mod record;
mod rivals_end;
mod whose;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use testbed::Operator;
use testbed::stories::{ALL, SOON, condition, connected, guest, world};
use testbed::world::{Ref, World};

use crate::life::{able, config};

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
