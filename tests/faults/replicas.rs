//! Two replicas while the API server and etcd go away, come back, or are slow: one stream of effects, and the lease moves in time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use testbed::Operator;
use testbed::stories::{SOON, connected, mails, named, numbered, patient, posts, simulator, state, world};
use testbed::world::{Ref, World, WorldConfig};

const LEASE: Duration = Duration::from_secs(6);

/// Spans short enough to wait for.
const SHORT: [&str; 7] = ["--leader-elect", "--lease-duration", "6s", "--renew-deadline", "4s", "--retry-period", "1s"];

/// The spans that a Deployment has: whether they leave room enough cannot be seen with others.
const USUAL: [&str; 1] = ["--leader-elect"];

/// A leader, and one that stands by, as a Deployment keeps them: whoever ends is started again.
struct Replicas {
    world: World,
    running: Vec<Arc<Operator>>,
    started: usize,
}

impl Replicas {
    async fn two(lease: &[&str]) -> Self {
        let operator_args = patient().into_iter().chain(lease.iter().map(|&arg| arg.into())).collect();
        let world = world(WorldConfig { operator_args, interposed: true, ..Default::default() }).await;
        connected(&world).await;
        let leader = world.operator().unwrap();
        let second = world.start_operator().unwrap();
        Self { world, running: vec![leader, second], started: 2 }
    }

    /// What a Deployment's kubelet does.
    fn keep_two(&mut self) {
        for replica in &mut self.running {
            if replica.exited().is_some() {
                *replica = self.world.start_operator().unwrap();
                self.started += 1;
            }
        }
    }

    async fn invite(&self, names: std::ops::Range<usize>) {
        self.world.apply(&numbered(names)).await.unwrap();
    }

    /// Waits until each has got their mail and is recorded so, keeping two replicas running; sees that it is one mail each.
    async fn one_mail_each(&mut self, count: usize) {
        let deadline = Instant::now() + SOON * 2;
        let sent = |guest: &Value| state(guest) == "Invited" && guest["status"]["invitation"]["sent"] == 1;
        for n in 0..count {
            loop {
                self.keep_two();
                if self.world.get(&named(&format!("g{n}"))).await.is_ok_and(|guest| sent(&guest)) {
                    break;
                }
                assert!(Instant::now() < deadline, "g{n}: {}", self.world.account_of_it());
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        for n in 0..count {
            let address = format!("g{n}@fabrikam.com");
            assert_eq!(mails(&self.world, &address), 1, "g{n}: {:?}", posts(&self.world, &address));
        }
        // One process at a time works on a guest: every POST of a mail had an intent of its own before it.
        let sends = simulator(&self.world).count("createInvitation");
        println!("{count} guests, {sends} POSTs, {count} mails, {} processes", self.started);
    }

    /// Waits until somebody holds the lease and renews it.
    async fn led(&mut self, within: Duration) -> Duration {
        let began = Instant::now();
        let before = self.renewed().await;
        while self.renewed().await <= before {
            self.keep_two();
            assert!(began.elapsed() < within, "nobody renews the lease: {}", self.world.account_of_it());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        began.elapsed()
    }

    async fn renewed(&self) -> String {
        let lease = Ref::new("coordination.k8s.io/v1", "Lease", testbed::operator::NAMESPACE, "guestlist");
        let lease = self.world.get(&lease).await.unwrap_or_default();
        lease["spec"]["renewTime"].as_str().unwrap_or_default().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_server_is_restarted() {
    let mut replicas = Replicas::two(&SHORT).await;
    replicas.invite(0..10).await;
    replicas.world.plane.apiserver().restart().unwrap();
    let ready = replicas.world.plane.ready().await.unwrap();
    println!("the API server was back after {:.1} s", ready.as_secs_f64());
    let led = replicas.led(LEASE + Duration::from_secs(5)).await;
    println!("the lease was renewed {:.1} s after that", led.as_secs_f64());
    replicas.invite(10..20).await;
    replicas.one_mail_each(20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn etcd_is_restarted() {
    let mut replicas = Replicas::two(&SHORT).await;
    replicas.invite(0..10).await;
    replicas.world.plane.etcd().restart().unwrap();
    replicas.world.plane.ready().await.unwrap();
    replicas.led(LEASE + Duration::from_secs(5)).await;
    replicas.invite(10..20).await;
    replicas.one_mail_each(20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn etcd_stands_still_for_longer_than_the_lease() {
    let mut replicas = Replicas::two(&SHORT).await;
    replicas.invite(0..10).await;
    replicas.world.plane.etcd().stop().unwrap();
    // Nobody can renew or take the lease, so nobody may work when it is over.
    let ended = Instant::now() + LEASE + Duration::from_secs(3);
    while Instant::now() < ended {
        replicas.keep_two();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let before = simulator(&replicas.world).count("createInvitation");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(simulator(&replicas.world).count("createInvitation"), before, "sent without a lease");
    replicas.world.plane.etcd().cont().unwrap();
    replicas.world.plane.ready().await.unwrap();
    replicas.led(LEASE + Duration::from_secs(5)).await;
    replicas.invite(10..20).await;
    replicas.one_mail_each(20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_to_the_api_server_takes_a_second() {
    let mut replicas = Replicas::two(&USUAL).await;
    let way = replicas.world.kube_way.as_ref().unwrap();
    way.slow(Duration::from_secs(1));
    replicas.invite(0..20).await;
    replicas.one_mail_each(20).await;
    // The first may have been on its way before; the second was asked for and answered slowly.
    replicas.led(LEASE).await;
    replicas.led(LEASE).await;
    assert_eq!(replicas.started, 2, "a slow API server is no reason to lose the lease");
}
