//! Two replicas of the operator, as a Deployment keeps them: whoever ends is started again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use testbed::Operator;
use testbed::world::World;

/// How long a lease lasts, in seconds: a short one, so that little of a short life is lost when the leader ends; and the one of the
/// documentation, where the leader has to live on, frozen for a moment or on a busy machine.
pub fn lease(long: bool) -> u64 {
    if long { 15 } else { 6 }
}

/// The operator's arguments for such a lease.
pub fn arguments(long: bool) -> Vec<String> {
    let (renew, retry) = if long { ("10s", "2s") } else { ("4s", "1s") };
    let lease = format!("{}s", lease(long));
    let all = ["--leader-elect", "--lease-duration", &lease, "--renew-deadline", renew, "--retry-period", retry];
    all.map(str::to_owned).to_vec()
}

/// Two replicas.
pub struct Replicas {
    running: Vec<Arc<Operator>>,
    frozen: Option<Arc<Operator>>,
    /// How many processes there were in all.
    pub started: usize,
}

impl Replicas {
    /// Starts them.
    pub fn start(world: &World) -> Self {
        let running = (0..2).map(|_| world.start_operator().unwrap()).collect();
        Self { running, frozen: None, started: 2 }
    }

    /// The one that works, if one does.
    pub fn leader(&self) -> Option<Arc<Operator>> {
        let leads = |replica: &&Arc<Operator>| {
            let frozen = self.frozen.as_ref().is_some_and(|frozen| Arc::ptr_eq(frozen, replica));
            !frozen && replica.exited().is_none() && replica.log().contains("watching GuestInvitations")
        };
        self.running.iter().find(leads).cloned()
    }

    /// Kills the leader. Says whether there was one.
    pub fn kill(&mut self, world: &World) -> bool {
        let Some(leader) = self.leader() else { return false };
        leader.kill();
        self.keep_two(world);
        true
    }

    /// Kills all that are not frozen.
    pub fn kill_all(&mut self, world: &World) {
        let frozen = |replica: &Arc<Operator>| self.frozen.as_ref().is_some_and(|frozen| Arc::ptr_eq(frozen, replica));
        self.running.iter().filter(|replica| !frozen(replica)).for_each(|replica| replica.kill());
        self.keep_two(world);
    }

    /// Freezes the leader. Says whether there was one, and none is frozen already.
    pub fn freeze(&mut self) -> bool {
        let Some(leader) = self.leader().filter(|_| self.frozen.is_none()) else { return false };
        leader.stop().unwrap();
        self.frozen = Some(leader);
        true
    }

    /// Lets the one go on that was frozen.
    pub fn thaw(&mut self) {
        if let Some(frozen) = self.frozen.take() {
            frozen.cont().unwrap();
        }
    }

    /// What a kubelet does.
    pub fn keep_two(&mut self, world: &World) {
        for replica in &mut self.running {
            if replica.exited().is_some() {
                assert!(!replica.log().contains("panicked at"), "a replica panicked: {}", replica.log_tail(30));
                *replica = world.start_operator().unwrap();
                self.started += 1;
            }
        }
    }

    /// Waits until one leads.
    pub async fn led(&mut self, world: &World) -> Arc<Operator> {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            self.keep_two(world);
            if let Some(leader) = self.leader() {
                return leader;
            }
            assert!(Instant::now() < deadline, "nobody leads; the operators' logs are in {}", world.keep().display());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
