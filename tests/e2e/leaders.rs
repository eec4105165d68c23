//! Two replicas and one lease: one works, and the other takes over when it is killed, ended, frozen or cut off.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use testbed::Operator;
use testbed::stories::{SOON, connected, mails, named, numbered, one_mail, posts, state, world};
use testbed::world::{Ref, World, WorldConfig};

const LEASE: Duration = Duration::from_secs(6);

/// A leader, and one that stands by.
async fn two() -> (World, Arc<Operator>, Arc<Operator>) {
    let args = [
        "--settling-time",
        "30s",
        "--leader-elect",
        "--lease-duration",
        "6s",
        "--renew-deadline",
        "4s",
        "--retry-period",
        "1s",
    ];
    let config = WorldConfig { operator_args: args.map(String::from).to_vec(), ..Default::default() };
    let world = world(config).await;
    connected(&world).await;
    let leader = world.operator().unwrap();
    let second = world.start_operator().unwrap();
    until_says(&second, "standing by", SOON).await;
    (world, leader, second)
}

async fn until_says(operator: &Operator, words: &str, within: Duration) {
    let began = Instant::now();
    while !operator.log().contains(words) {
        assert!(began.elapsed() < within, "not a word of '{words}' in:\n{}", operator.log_tail(30));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn works(operator: &Operator) -> bool {
    operator.log().contains("watching GuestInvitations")
}

async fn one_mail_each(world: &World, names: std::ops::Range<usize>) {
    let sent = |guest: &Value| state(guest) == "Invited" && guest["status"]["invitation"]["sent"] == 1;
    for n in names.clone() {
        world.wait_for(&named(&format!("g{n}")), "be mailed", sent, SOON).await.unwrap();
    }
    for n in names {
        let address = format!("g{n}@fabrikam.com");
        assert_eq!(mails(world, &address), one_mail(&posts(world, &address)), "g{n}");
    }
}

async fn holder(world: &World) -> (String, i64) {
    let lease = Ref::new("coordination.k8s.io/v1", "Lease", testbed::operator::NAMESPACE, "guestlist");
    let lease: Value = world.get(&lease).await.unwrap();
    let holder = lease["spec"]["holderIdentity"].as_str().unwrap_or_default().to_owned();
    (holder, lease["spec"]["leaseTransitions"].as_i64().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_leader_is_killed_the_other_takes_over_what_was_begun() {
    let (world, leader, second) = two().await;
    world.apply(&numbered(0..10)).await.unwrap();
    one_mail_each(&world, 0..5).await;
    assert!(works(&leader) && !works(&second));
    let (first, _) = holder(&world).await;
    world.apply(&numbered(10..30)).await.unwrap();
    leader.kill();
    let killed = Instant::now();
    until_says(&second, "this replica holds the lease", LEASE + Duration::from_secs(5)).await;
    println!(
        "took over {:.1} s after the leader was killed, with a lease of {} s",
        killed.elapsed().as_secs_f64(),
        LEASE.as_secs()
    );
    let (next, transitions) = holder(&world).await;
    assert!(first != next && transitions == 2, "{first} {next} {transitions}");
    one_mail_each(&world, 0..30).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_is_asked_to_end_gives_the_lease_back() {
    let (world, leader, second) = two().await;
    world.apply(&numbered(0..10)).await.unwrap();
    leader.terminate().unwrap();
    assert!(leader.wait().await.success(), "{}", leader.log_tail(20));
    assert!(leader.log().contains("gave the lease back"), "{}", leader.log_tail(20));
    // Two tries of the one who stands by; nobody waits for a lease to run out.
    until_says(&second, "this replica holds the lease", Duration::from_secs(5)).await;
    one_mail_each(&world, 0..10).await;
    second.terminate().unwrap();
    assert!(second.wait().await.success());
    assert_eq!(holder(&world).await.0, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_was_frozen_for_longer_than_its_lease_does_nothing_more() {
    let (world, leader, second) = two().await;
    world.apply(&numbered(0..10)).await.unwrap();
    leader.stop().unwrap();
    until_says(&second, "this replica holds the lease", LEASE + Duration::from_secs(5)).await;
    world.apply(&numbered(10..20)).await.unwrap();
    one_mail_each(&world, 0..20).await;
    leader.cont().unwrap();
    assert!(!leader.wait().await.success(), "a replica without its lease ends with an error");
    assert!(leader.log().contains("does not hold the lease"), "{}", leader.log_tail(20));
    world.apply(&numbered(20..25)).await.unwrap();
    one_mail_each(&world, 0..25).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_is_cut_off_ends_before_another_begins() {
    let args = ["--leader-elect", "--lease-duration", "6s", "--renew-deadline", "4s", "--retry-period", "1s"];
    let config = WorldConfig { operator_args: args.map(String::from).to_vec(), interposed: true, ..Default::default() };
    let world = world(config).await;
    connected(&world).await;
    let leader = world.operator().unwrap();
    let way = world.kube_way.as_ref().unwrap();
    way.cut();
    let cut = Instant::now();
    let ended = leader.wait().await;
    assert!(!ended.success() && cut.elapsed() < LEASE, "after {:?}: {}", cut.elapsed(), leader.log_tail(20));
    assert!(leader.log().contains("could not be renewed"), "{}", leader.log_tail(20));
}
