//! Everybody is brought up to date until nothing moves. Then the user is where the claims want them.

use super::place::{GUEST, Place, group};
use super::{SharingFinding, SharingMove};
use crate::print::PrintSet;

/// How often each process has its turn until all is at rest.
const ROUNDS: u32 = 8;

/// More steps than a process takes in its turn.
const STEPS: u32 = 16;

impl Place {
    /// Each process is brought up to date and takes its steps.
    fn round(&mut self) {
        for p in 0..=GUEST {
            let own = if p == GUEST { SharingMove::StepGuest } else { SharingMove::Step(p) };
            if let Some(next) = self.after(SharingMove::Sync(p)) {
                *self = next;
            }
            // Who has nothing to do once has nothing to do until something happens.
            for _ in 0..STEPS {
                let Some(next) = self.after(own) else { break };
                *self = next;
            }
        }
    }

    /// What is wrong at rest. `rested` has those from which all is well, so that each way there is gone once.
    pub fn at_rest(&self, rested: &mut PrintSet) -> Option<SharingFinding> {
        let (mut place, mut way) = (self.clone(), Vec::new());
        for round in 0..ROUNDS {
            // No request is under way any more, and everybody who waited has waited.
            place.pass_time(2);
            let print = place.print();
            if rested.contains(&print) {
                return None;
            }
            way.push(print);
            let before = (place.guest.clone(), place.claims, place.user);
            place.round();
            let same = *before.0 == *place.guest && before.1 == place.claims && before.2 == place.user;
            if same && round > 0 {
                break;
            }
            if round + 1 == ROUNDS {
                return Some(SharingFinding::Restless);
            }
        }
        let wrong = place.wrong.or_else(|| place.wrong_at_rest());
        if wrong.is_none() {
            rested.extend(way);
        }
        wrong
    }

    fn wrong_at_rest(&self) -> Option<SharingFinding> {
        let vanished = self.claims.iter().any(|claim| claim.vanished);
        let stands = |c: &usize| !self.claims[*c].gone && !self.claims[*c].deleting;
        let active = self.user.filter(|user| user.enabled);
        let anybody = (0..3).any(|c| self.is_on_record(c));
        if self.revoked {
            return active.is_some().then_some(SharingFinding::NotEnded);
        }
        let owner_ended = self.claims[0].gone && !self.claims[0].vanished;
        if owner_ended && !anybody && !vanished {
            return active.is_some().then_some(SharingFinding::NotEnded);
        }
        let Some(user) = active else { return (!owner_ended).then_some(SharingFinding::Lost) };
        let wants = |c: usize| stands(&c) && (c == 0 || self.is_on_record(c));
        let entitled = |c: &usize| wants(*c) && (*c == 0 || self.claims[*c].allowed);
        if (0..3).filter(entitled).any(|c| !user.groups[group(self.scenario.wanted(c))]) {
            return Some(SharingFinding::GroupLost);
        }
        let wanted = |name: &str| (0..3).any(|c| wants(c) && self.scenario.wanted(c) == name);
        let left = ["g", "h"].iter().any(|name| user.groups[group(name)] && !wanted(name));
        (left && !vanished).then_some(SharingFinding::GroupLeft)
    }
}
