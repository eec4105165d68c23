//! How many guests of one tenant are worked on at once. A directory that does not answer holds up its own guests only:
//! whoever finds all lanes of the tenant taken is put aside, and woken when one is free, one of each namespace in a round.
//!
//! Whose invitation is due has lanes apart, as a sweep that shows hundreds of new users has all of them looked at.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::{ObjectKey, Wake};
use crate::schedule::{QueueTurn, Turns};

/// How soon the first of those put aside comes again by itself. Usually they are woken.
const ASIDE: Duration = Duration::from_secs(10);

/// What a guest comes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneKind {
    /// Its invitation is due.
    Invitation,
    /// Anything else.
    Other,
}

impl LaneKind {
    /// How many lanes each tenant has, while invitations leave in time: also what keeps a thousand requests off Graph. Graph takes thirty
    /// invitations a second, so there are enough where each takes more than a second.
    const fn lanes(self) -> usize {
        match self {
            Self::Invitation => 40,
            Self::Other => 16,
        }
    }
}

/// The lanes of all tenants.
#[derive(Debug)]
pub struct Lanes {
    tenants: Mutex<HashMap<String, TenantLanes>>,
    wake: Wake,
}

#[derive(Debug)]
struct TenantLanes {
    invitations: Lane,
    others: Lane,
}

/// The lanes of one kind.
#[derive(Debug)]
struct Lane {
    kind: LaneKind,
    taken: usize,
    /// How many may be taken now.
    most: usize,
    /// Those put aside, one of each namespace in a round.
    aside: BTreeMap<QueueTurn, ObjectKey>,
    known: HashSet<ObjectKey>,
    turns: Turns,
}

impl Default for TenantLanes {
    fn default() -> Self {
        Self { invitations: Lane::new(LaneKind::Invitation), others: Lane::new(LaneKind::Other) }
    }
}

impl TenantLanes {
    fn of(&mut self, kind: LaneKind) -> &mut Lane {
        match kind {
            LaneKind::Invitation => &mut self.invitations,
            LaneKind::Other => &mut self.others,
        }
    }

    fn each(&mut self) -> [&mut Lane; 2] {
        [&mut self.invitations, &mut self.others]
    }

    fn is_as_at_first(&mut self) -> bool {
        self.each().iter().all(|lane| lane.taken == 0 && lane.aside.is_empty() && lane.most == lane.kind.lanes())
    }
}

impl Lane {
    fn new(kind: LaneKind) -> Self {
        Self {
            kind,
            taken: 0,
            most: kind.lanes(),
            aside: BTreeMap::new(),
            known: HashSet::new(),
            turns: Turns::default(),
        }
    }

    /// The next one put aside, if there is a lane for them.
    fn next(&mut self) -> Option<ObjectKey> {
        let (turn, next) = (self.taken < self.most).then(|| self.aside.pop_first()).flatten()?;
        self.turns.has_come(turn);
        self.known.remove(&next);
        Some(next)
    }
}

/// A lane that was taken; dropping it frees it.
#[derive(Debug)]
pub struct Taken {
    lanes: Arc<Lanes>,
    tenant: String,
    kind: LaneKind,
}

impl Lanes {
    /// Free lanes for every tenant.
    pub fn new(wake: Wake) -> Arc<Self> {
        Arc::new(Self { tenants: Mutex::default(), wake })
    }

    /// A lane of this `kind` of `tenant` for the guest at `place`.
    ///
    /// # Errors
    /// When all are taken. The guest is woken when one is free for it. A wake-up that goes to one who is deleted meanwhile wakes nobody, so
    /// each comes again by itself after the time that is returned: the later, the more there are, so that ten thousand do not keep asking.
    pub fn enter(self: &Arc<Self>, tenant: &str, kind: LaneKind, place: &ObjectKey) -> Result<Taken, Duration> {
        let mut tenants = self.tenants.lock();
        let lane = tenants.entry(tenant.to_owned()).or_default().of(kind);
        if lane.taken >= lane.most {
            if lane.known.insert(place.clone()) {
                let turn = lane.turns.take(&place.namespace);
                lane.aside.insert(turn, place.clone());
            }
            return Err(ASIDE * u32::try_from(lane.aside.len().div_ceil(kind.lanes())).unwrap_or(u32::MAX));
        }
        lane.taken += 1;
        Ok(Taken { lanes: self.clone(), tenant: tenant.to_owned(), kind })
    }

    /// An invitation of `tenant` did not leave in time. So many at once are too many for this machine: if nobody stood back, all of them
    /// would be late again and again.
    pub fn late(&self, tenant: &str) {
        let mut tenants = self.tenants.lock();
        let Some(lanes) = tenants.get_mut(tenant) else { return };
        for lane in lanes.each() {
            lane.most = lane.most.saturating_sub(1).max(1);
        }
    }

    /// An invitation of `tenant` left in time.
    pub fn in_time(&self, tenant: &str) {
        let mut tenants = self.tenants.lock();
        let Some(lanes) = tenants.get_mut(tenant) else { return };
        for lane in lanes.each() {
            lane.most = lane.kind.lanes().min(lane.most + 1);
            if let Some(next) = lane.next() {
                self.wake.guest(&next.namespace, &next.name);
            }
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut tenants = self.lanes.tenants.lock();
        let Some(lanes) = tenants.get_mut(&self.tenant) else { return };
        let lane = lanes.of(self.kind);
        lane.taken = lane.taken.saturating_sub(1);
        if let Some(next) = lane.next() {
            self.lanes.wake.guest(&next.namespace, &next.name);
        } else if lanes.is_as_at_first() {
            tenants.remove(&self.tenant);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHER: LaneKind = LaneKind::Other;
    const LANES: usize = OTHER.lanes();

    fn place(name: usize) -> ObjectKey {
        ObjectKey { namespace: "team".into(), name: name.to_string() }
    }

    #[test]
    fn whoever_finds_no_lane_is_woken_once_for_each_that_gets_free() {
        let (wake, mut woken) = Wake::new();
        let lanes = Lanes::new(wake);
        let mut taken: Vec<Taken> = (0..LANES).map(|n| lanes.enter("a", OTHER, &place(n)).unwrap()).collect();
        for late in [100, 101, 100] {
            assert_eq!(lanes.enter("a", OTHER, &place(late)).unwrap_err(), ASIDE);
        }
        assert!(lanes.enter("b", OTHER, &place(200)).is_ok(), "another tenant has lanes of its own");
        assert!(woken.guests.try_recv().is_err());
        taken.truncate(LANES - 3);
        let names: Vec<String> = std::iter::from_fn(|| woken.guests.try_recv().ok()).map(|guest| guest.name).collect();
        assert_eq!(names, ["100", "101"], "each once, in order");
        assert!(lanes.enter("a", OTHER, &place(100)).is_ok());
        drop(taken);
        assert!(lanes.tenants.lock().is_empty(), "a tenant that rests is forgotten");
    }

    /// A sweep showed six hundred new users at once, and no invitation left for two and a half seconds.
    #[test]
    fn whose_invitation_is_due_does_not_wait_for_the_others() {
        let (wake, mut woken) = Wake::new();
        let lanes = Lanes::new(wake);
        let others: Vec<Taken> = (0..LANES).map(|n| lanes.enter("a", OTHER, &place(n)).unwrap()).collect();
        assert!(lanes.enter("a", OTHER, &place(100)).is_err());
        let due = lanes.enter("a", LaneKind::Invitation, &place(101)).unwrap();
        drop(due);
        assert!(woken.guests.try_recv().is_err(), "its lane is no lane for others");
        drop(others);
        assert_eq!(woken.guests.try_recv().unwrap().name, "100");
    }

    /// Ten thousand who came again every ten seconds took more of a processor than those who had a lane.
    #[test]
    fn of_many_put_aside_few_come_again_by_themselves() {
        let (wake, _woken) = Wake::new();
        let lanes = Lanes::new(wake);
        let _taken: Vec<Taken> = (0..LANES).map(|n| lanes.enter("a", OTHER, &place(n)).unwrap()).collect();
        let waits: Vec<Duration> = (0..10_000).map(|n| lanes.enter("a", OTHER, &place(100 + n)).unwrap_err()).collect();
        assert_eq!(waits[0], ASIDE);
        let a_second: f64 = waits.iter().map(|_| 1.0 / waits[9_999].as_secs_f64()).sum();
        assert!(a_second < 2.0, "{a_second} a second");
    }

    /// On a machine that was busy with other things, all invitations were late, again and again, because all were tried at once.
    #[test]
    fn where_invitations_are_late_fewer_are_tried_at_once() {
        let (wake, mut woken) = Wake::new();
        let lanes = Lanes::new(wake);
        let taken: Vec<Taken> = (0..LANES).map(|n| lanes.enter("a", OTHER, &place(n)).unwrap()).collect();
        (0..LANES * 2).for_each(|_| lanes.late("a"));
        for n in 0..3 {
            assert!(lanes.enter("a", OTHER, &place(n)).is_err());
        }
        drop(taken);
        assert_eq!(woken.guests.try_recv().unwrap().name, "0", "one at a time");
        assert!(woken.guests.try_recv().is_err());
        let one = lanes.enter("a", OTHER, &place(0)).unwrap();
        assert!(lanes.enter("a", OTHER, &place(2)).is_err());
        lanes.in_time("a");
        assert_eq!(woken.guests.try_recv().unwrap().name, "1", "and then more");
        let other = lanes.enter("a", OTHER, &place(1)).unwrap();
        (0..LaneKind::Invitation.lanes()).for_each(|_| lanes.in_time("a"));
        assert_eq!(woken.guests.try_recv().unwrap().name, "2");
        drop((one, other));
        assert!(lanes.tenants.lock().is_empty(), "all is as before");
    }
}
