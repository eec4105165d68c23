//! Which worlds are the same: those that differ only in what cannot matter share a fingerprint.

use std::hash::Hash;

use super::objects::Object;
use super::pass::Process;
use super::{CLAIMS, World};
use crate::print::{HashLanes, Print};

impl World {
    /// Which of the two processes is which cannot matter, nor how often an object was written. The first fingerprint leaves out what
    /// may still happen.
    pub fn prints(&self) -> (Print, Print) {
        let mut processes = self.processes.each_ref().map(|process| self.print_of(process));
        processes.sort_unstable();
        let mut lanes = HashLanes::new();
        self.claims.map(|claim| claim.as_ref().map(Object::content)).hash(&mut lanes);
        (self.guest.map(|guest| guest.record), self.now, self.user, processes).hash(&mut lanes);
        (self.orphans, self.late, self.mails, self.wrong, self.uncertain, self.vanished).hash(&mut lanes);
        (self.removed, self.left, self.ended, self.unheard).hash(&mut lanes);
        (self.rules, self.authority, self.excused, self.asked_once_more, self.overruled).hash(&mut lanes);
        let rest = lanes.print();
        (rest, Print::of(&(rest, self.budget)))
    }

    fn print_of(&self, process: &Process) -> Print {
        let mut lanes = HashLanes::new();
        (process.alive, process.rules).hash(&mut lanes);
        for c in 0..CLAIMS {
            let generation = self.claims[c].map(|claim| claim.generation);
            let current =
                process.views[c].map(|view| (self.claims[c] == Some(view), generation == Some(view.generation)));
            (current, process.views[c].as_ref().map(Object::content), process.passes[c]).hash(&mut lanes);
        }
        let current = process.guest.map(|view| self.guest.is_some_and(|guest| guest.version == view.version));
        (current, process.guest.map(|guest| guest.record)).hash(&mut lanes);
        lanes.print()
    }
}
