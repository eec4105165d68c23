//! What breaks: the process, the ways to both ports, Graph, and what the watch tells.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use entra_simulator::{BodyKind, Fault, FaultAction};
use fastrand::Rng;
use testbed::interposer::Bend;
use testbed::stories::simulator;
use testbed::world::World;

const OPERATIONS: [&str; 12] = [
    "createInvitation",
    "createInvitation",
    "listUsers",
    "getUser",
    "batch",
    "updateUser",
    "addMember",
    "addSponsor",
    "deleteUser",
    "listDeletedUsers",
    "restoreDeletedItem",
    "token",
];

/// How often what broke.
#[derive(Debug, Default)]
pub struct Trouble {
    done: BTreeMap<&'static str, usize>,
}

impl Trouble {
    /// Breaks something, now and then; the process itself only if `kills`.
    pub async fn something(&mut self, world: &World, rng: &mut Rng, kills: bool) {
        let (kube, graph) = (world.kube_way.as_ref().unwrap(), world.graph_way.as_ref().unwrap());
        let operator = world.operator().unwrap();
        assert!(operator.exited().is_none(), "the operator ended by itself: {}", operator.log_tail(30));
        let what = match rng.u32(..200) {
            0 if kills => {
                operator.kill();
                operator.wait().await;
                world.start_operator().unwrap();
                "kills"
            }
            1 => {
                operator.stop().unwrap();
                tokio::time::sleep(Duration::from_millis(rng.u64(100..4000))).await;
                operator.cont().unwrap();
                "freezes"
            }
            2 => {
                kube.cut();
                tokio::time::sleep(Duration::from_millis(rng.u64(50..2000))).await;
                kube.mend();
                "cuts of the way to the API server"
            }
            3 => {
                graph.cut();
                tokio::time::sleep(Duration::from_millis(rng.u64(50..2000))).await;
                graph.mend();
                "cuts of the way to Graph"
            }
            4..=5 => {
                let bends = [Bend::Doubled, Bend::Reordered, Bend::Behind(rng.usize(1..6)), Bend::None];
                kube.bend(bends[rng.usize(..4)]);
                "bends of the watch"
            }
            6 => {
                simulator(world).revoke_tokens();
                "revocations of all tokens"
            }
            7 => {
                simulator(world).update_settings(|settings| {
                    settings.lag.listing = Duration::from_millis(rng.u64(0..15_000));
                    settings.lag.read_after_create = Duration::from_millis(rng.u64(0..3_000));
                });
                "changes of the directory's lag"
            }
            8..=19 => {
                simulator(world).inject(fault(rng));
                "faults of Graph"
            }
            _ => return,
        };
        *self.done.entry(what).or_default() += 1;
    }

    /// Mends everything.
    pub async fn is_over(&mut self, world: &World) {
        simulator(world).clear_faults();
        simulator(world).update_settings(|settings| settings.lag = entra_simulator::Lag::default());
        world.kube_way.as_ref().unwrap().bend(Bend::None);
    }

    /// Everything that may have made a mail uncertain.
    pub fn count(&self) -> usize {
        self.done.values().sum()
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} troubles", self.count())?;
        self.done.iter().try_for_each(|(what, count)| write!(f, ", {count} {what}"))
    }
}

fn fault(rng: &mut Rng) -> Fault {
    let status = |code: u16, after_work: bool, rng: &mut Rng| FaultAction::Status {
        code,
        retry_after: [None, Some(0.5), Some(2.0)][rng.usize(..3)],
        body: [BodyKind::Json, BodyKind::Html, BodyKind::HalfJson, BodyKind::Empty][rng.usize(..4)],
        after_work,
    };
    let action = match rng.u8(..10) {
        0 => status(429, false, rng),
        1 => status(503, false, rng),
        2 => status(500, false, rng),
        3 => status(504, true, rng),
        4 => status(502, false, rng),
        5 => FaultAction::CutBefore,
        6 => FaultAction::CutAfter,
        7 => FaultAction::HalfAnswer,
        8 => FaultAction::Silence,
        _ => FaultAction::Delay { ms: rng.u64(10..3000) },
    };
    Fault::new(OPERATIONS[rng.usize(..OPERATIONS.len())], action).times(rng.u32(1..4))
}
