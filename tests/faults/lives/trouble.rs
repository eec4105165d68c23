//! What breaks: the leader, the ways to both ports, Graph, and what the watch tells. Each trouble is begun, and mended when its time
//! is over; meanwhile life goes on.

use std::time::{Duration, Instant};

use entra_simulator::{BodyKind, Fault, FaultAction, Lag};
use fastrand::Rng;
use testbed::interposer::Bend;
use testbed::stories::simulator;
use testbed::world::World;

use super::log::Log;
use super::replicas::Replicas;

/// Something that breaks, for so many milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    /// The leader is killed.
    Kill,
    /// The watch loses events; then the leader is killed, so that another one reads everything anew.
    LoseEvents(u64),
    /// The leader is frozen for longer than its lease.
    Freeze(u64),
    /// The leader is frozen for a moment.
    Blink(u64),
    CutKube(u64),
    CutGraph(u64),
    Bend(Bend, u64),
    RevokeTokens,
    Lag {
        listing: u64,
        read: u64,
    },
    Fault(Fault),
}

/// What is struck by faults of Graph; the invitation twice as often as others.
const OPERATIONS: [&str; 13] = [
    "createInvitation",
    "createInvitation",
    "listUsers",
    "getUser",
    "batch",
    "updateUser",
    "addMember",
    "removeMember",
    "addSponsor",
    "deleteUser",
    "listDeletedUsers",
    "restoreDeletedItem",
    "token",
];

/// How long after a trouble with the watch the operator may still go by an old view.
const TAIL: i64 = 10_000;

impl Trouble {
    /// Any but those that end the leader.
    pub fn any(rng: &mut Rng) -> Self {
        match rng.u8(..20) {
            0 => Self::Blink(rng.u64(100..3_500)),
            1 => Self::CutKube(rng.u64(50..2_000)),
            2 => Self::CutGraph(rng.u64(50..2_000)),
            3..=5 => {
                let bends = [Bend::Doubled, Bend::Reordered, Bend::Behind(rng.usize(1..6)), Bend::Behind(usize::MAX)];
                Self::Bend(bends[rng.usize(..bends.len())], rng.u64(500..4_000))
            }
            6 => Self::RevokeTokens,
            7 => Self::Lag { listing: rng.u64(0..15_000), read: rng.u64(0..3_000) },
            _ => Self::Fault(fault(rng)),
        }
    }

    /// The `n`th of those that end the leader, whose lease lasts so many seconds.
    pub fn of_the_leader(n: usize, lease: u64, rng: &mut Rng) -> Self {
        match n % 3 {
            0 => Self::LoseEvents(rng.u64(1_500..3_500)),
            1 => Self::Freeze(lease * 1_000 + rng.u64(1_500..3_000)),
            _ => Self::Kill,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Kill | Self::LoseEvents(_) => "kills",
            Self::Freeze(_) => "freezes",
            Self::Blink(_) => "short freezes",
            Self::CutKube(_) => "cuts of the way to the API server",
            Self::CutGraph(_) => "cuts of the way to Graph",
            Self::Bend(..) => "bends of the watch",
            Self::RevokeTokens => "revocations of all tokens",
            Self::Lag { .. } => "changes of the directory's lag",
            Self::Fault(_) => "faults of Graph",
        }
    }
}

/// The troubles that are there now.
#[derive(Debug, Default)]
pub struct Troubles {
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    trouble: Trouble,
    since: i64,
    until: Instant,
}

impl Troubles {
    /// Begins one.
    pub fn begin(&mut self, trouble: &Trouble, world: &World, replicas: &mut Replicas, log: &mut Log) {
        let (kube, graph) = (world.kube_way.as_ref().unwrap(), world.graph_way.as_ref().unwrap());
        // Two of a kind at a time would be mended by the first end.
        if self.open.iter().any(|open| open.trouble.kind() == trouble.kind()) {
            return;
        }
        let frozen = |open: &Open| matches!(open.trouble, Trouble::Freeze(_) | Trouble::Blink(_));
        let lasts = match trouble {
            Trouble::Kill if replicas.kill(world) => 0,
            Trouble::Freeze(ms) | Trouble::Blink(ms) if !self.open.iter().any(frozen) && replicas.freeze() => *ms,
            Trouble::Kill | Trouble::Freeze(_) | Trouble::Blink(_) => return,
            Trouble::LoseEvents(ms) => {
                kube.bend(Bend::Dropped);
                *ms
            }
            Trouble::CutKube(ms) => {
                kube.cut();
                *ms
            }
            Trouble::CutGraph(ms) => {
                graph.cut();
                *ms
            }
            Trouble::Bend(bend, ms) => {
                if self.open.iter().any(|open| matches!(open.trouble, Trouble::LoseEvents(_))) {
                    return;
                }
                kube.bend(*bend);
                *ms
            }
            Trouble::RevokeTokens => {
                simulator(world).revoke_tokens();
                0
            }
            Trouble::Lag { listing, read } => {
                simulator(world).update_settings(|settings| {
                    settings.lag.listing = Duration::from_millis(*listing);
                    settings.lag.read_after_create = Duration::from_millis(*read);
                });
                0
            }
            Trouble::Fault(fault) => {
                simulator(world).inject(fault.clone());
                0
            }
        };
        log.count(trouble.kind());
        if lasts > 0 {
            let until = Instant::now() + Duration::from_millis(lasts);
            self.open.push(Open { trouble: trouble.clone(), since: log.clock.now(), until });
        }
    }

    /// Mends those whose time is over; all of them, if `all`.
    pub fn mend(&mut self, all: bool, world: &World, replicas: &mut Replicas, log: &mut Log) {
        let now = Instant::now();
        let (over, open) = std::mem::take(&mut self.open).into_iter().partition(|open| all || open.until <= now);
        self.open = open;
        for Open { trouble, since, .. } in over {
            let (kube, graph) = (world.kube_way.as_ref().unwrap(), world.graph_way.as_ref().unwrap());
            match trouble {
                Trouble::Freeze(_) | Trouble::Blink(_) => {
                    replicas.thaw();
                    log.blind(since, true, 0);
                    continue;
                }
                Trouble::LoseEvents(_) => {
                    // Whoever begins to lead now has read everything anew, or is about to.
                    kube.bend(Bend::None);
                    if !replicas.kill(world) {
                        replicas.kill_all(world);
                    }
                }
                Trouble::Bend(..) => kube.bend(Bend::None),
                Trouble::CutKube(_) => kube.mend(),
                Trouble::CutGraph(_) => graph.mend(),
                Trouble::Kill | Trouble::RevokeTokens | Trouble::Lag { .. } | Trouble::Fault(_) => {}
            }
            log.blind(since, false, TAIL);
        }
        if all {
            simulator(world).clear_faults();
            simulator(world).update_settings(|settings| settings.lag = Lag::default());
        }
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
