//! The scheduler of one directory: who asks waits here until the quota has room and nobody more urgent waits for it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use parking_lot::Mutex;

use super::quota::{Bill, Quota};
use super::{Cost, QueueTurn, RetryAfterGate, SendPacer, Turns};
use crate::api::Pacing;

/// What a request is for. The first comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// It invites somebody.
    Invitation,
    /// It changes something for a guest.
    Write,
    /// A guest waits for what it reads.
    Look,
    /// It reads for a sweep.
    Sweep,
}

impl Urgency {
    /// In one word, for metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Write => "write",
            Self::Look => "look",
            Self::Sweep => "sweep",
        }
    }
}

/// The scheduler of one directory. It outlives a connection: what Graph has said counts also after a change of the EntraTenant.
#[derive(Debug, Default)]
pub struct Scheduler {
    /// The pause that Graph has asked for.
    pub gate: RetryAfterGate,
    /// The queue of invitations, far slower than the quota.
    pub pacer: SendPacer,
    state: Mutex<SchedulerState>,
}

#[derive(Debug, Default)]
struct SchedulerState {
    quota: Quota,
    waiting: BTreeMap<Place, Cost>,
    turns: Turns,
}

/// A request that may leave. It has ended when this is dropped, answered or not.
#[derive(Debug)]
pub struct Admission {
    scheduler: Arc<Scheduler>,
    cost: Cost,
    waited: Duration,
}

impl Admission {
    /// Whether it is for a request of this `cost`.
    pub fn is_for(&self, cost: Cost) -> bool {
        self.cost == cost
    }

    /// How long it was waited for.
    pub fn waited(&self) -> Duration {
        self.waited
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.scheduler.state.lock().quota.end(self.cost, Instant::now());
    }
}

/// The place of somebody who waits.
type Place = (Urgency, QueueTurn);

/// Somebody who waits. Who gives up leaves the queue.
struct Waiter<'a> {
    scheduler: &'a Scheduler,
    place: Place,
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.scheduler.state.lock().waiting.remove(&self.place);
    }
}

impl Scheduler {
    /// A scheduler that nobody has asked yet.
    pub fn new(pacing: &Pacing) -> Self {
        Self { pacer: SendPacer::new(pacing), ..Self::default() }
    }

    /// Waits until a request of this `cost` may leave for somebody of `namespace`. What it costs counts from then on.
    pub async fn admit(self: &Arc<Self>, urgency: Urgency, namespace: &str, cost: Cost) -> Admission {
        let began = Instant::now();
        let waiting = self.enter(urgency, namespace, cost);
        while let Some(wait) = self.go_or_wait(waiting.place) {
            tokio::time::sleep(wait).await;
        }
        Admission { scheduler: self.clone(), cost, waited: began.elapsed() }
    }

    /// Lets the one at `place` go, or says how long to wait.
    fn go_or_wait(&self, place: Place) -> Option<Duration> {
        let mut state = self.state.lock();
        state.go_or_wait(place, Instant::now())
    }

    fn enter(&self, urgency: Urgency, namespace: &str, cost: Cost) -> Waiter<'_> {
        let mut state = self.state.lock();
        let place = (urgency, state.turns.take(namespace));
        state.waiting.insert(place, cost);
        Waiter { scheduler: self, place }
    }

    /// Takes in what Graph says about the quota in its answer to a request of this `cost`.
    pub fn billed(&self, cost: Cost, bill: Bill) {
        self.state.lock().quota.billed(cost, bill, Instant::now());
    }

    /// Graph has refused a request of this `cost` (429), and asks to wait. Returns how much longer the pause is now.
    pub fn refused(&self, cost: Cost, wait: Option<Duration>) -> Duration {
        self.state.lock().quota.refused(cost, Instant::now());
        self.gate.close(wait, Timestamp::now())
    }
}

impl SchedulerState {
    /// Lets the one at `place` go, or says how long to wait: until there is room for them and for everybody before them.
    fn go_or_wait(&mut self, place: Place, now: Instant) -> Option<Duration> {
        let cost = *self.waiting.get(&place)?;
        let before = self.waiting.range(..place).fold(Cost::default(), |sum, (_, before)| sum.and(*before));
        let own = Cost {
            invitations: if cost.invitations > 0 { before.invitations } else { 0 },
            writes: if cost.writes > 0 { before.writes } else { 0 },
            units: if cost.units > 0 { before.units } else { 0 },
        };
        let wait = self.quota.wait(own.and(cost), place.0 != Urgency::Sweep, now);
        if wait.is_none() {
            self.quota.begin(cost);
            self.waiting.remove(&place);
            self.turns.has_come(place.1);
        }
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: Cost = Cost { invitations: 0, writes: 0, units: 1 };

    /// Who is let go at `now`, in order, of those who wait.
    fn let_go<'a>(state: &mut SchedulerState, waiting: &mut Vec<(Place, &'a str)>, now: Instant) -> Vec<&'a str> {
        waiting.sort_unstable();
        let gone = waiting.extract_if(.., |(place, _)| state.go_or_wait(*place, now).is_none());
        gone.map(|(_, name)| name).collect()
    }

    fn enter(state: &mut SchedulerState, urgency: Urgency, namespace: &str, cost: Cost) -> Place {
        let place = (urgency, state.turns.take(namespace));
        state.waiting.insert(place, cost);
        place
    }

    /// Requests of this `cost` together have ended at `now`.
    fn used(state: &mut SchedulerState, cost: Cost, now: Instant) {
        state.quota.begin(cost);
        state.quota.end(cost, now);
    }

    #[test]
    fn the_more_urgent_come_first_and_what_needs_nothing_scarce_waits_for_nobody() {
        let (mut state, start) = (SchedulerState::default(), Instant::now());
        used(&mut state, Cost { invitations: 0, writes: 3_000, units: 3_499 }, start);
        let mut waiting = vec![
            (enter(&mut state, Urgency::Sweep, "", READ), "sweep"),
            (enter(&mut state, Urgency::Look, "a", READ), "look"),
            (enter(&mut state, Urgency::Write, "a", Cost::WRITE), "write"),
            (enter(&mut state, Urgency::Invitation, "a", Cost::INVITATION), "invitation"),
        ];
        // One unit is left, and the write waits for it first; invitations are a service of their own.
        assert_eq!(let_go(&mut state, &mut waiting, start), ["invitation"]);
        assert_eq!(let_go(&mut state, &mut waiting, start + Duration::from_secs(11)), ["look", "sweep"]);
        assert_eq!(let_go(&mut state, &mut waiting, start + Duration::from_secs(158)), ["write"]);
        assert!(state.waiting.is_empty());
    }

    /// A namespace with hundreds of guests in groups would have used up the writes of all others.
    #[test]
    fn a_namespace_does_not_wait_for_all_the_writes_of_another() {
        let (mut state, start) = (SchedulerState::default(), Instant::now());
        used(&mut state, Cost { writes: 2_998, ..Cost::default() }, start);
        let mut waiting: Vec<(Place, &str)> =
            (0..100).map(|_| (enter(&mut state, Urgency::Write, "busy", Cost::WRITE), "busy")).collect();
        waiting.push((enter(&mut state, Urgency::Write, "calm", Cost::WRITE), "calm"));
        assert_eq!(let_go(&mut state, &mut waiting, start), ["busy", "calm"]);
    }

    #[tokio::test]
    async fn who_gives_up_holds_up_nobody() {
        let scheduler = Arc::new(Scheduler::default());
        scheduler.state.lock().quota.begin(Cost { invitations: 150, ..Cost::default() });
        let gave_up = scheduler.enter(Urgency::Invitation, "a", Cost::INVITATION);
        assert_eq!(scheduler.state.lock().waiting.len(), 1);
        drop(gave_up);
        assert!(scheduler.state.lock().waiting.is_empty());
        assert_eq!(scheduler.admit(Urgency::Look, "a", READ).await.waited().as_secs(), 0);
    }
}
