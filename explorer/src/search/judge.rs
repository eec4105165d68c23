//! Holds a state against the promise.

use super::endings::{Ending, desired};
use super::quiet::Quiet;
use crate::finding::Finding;
use crate::model::Model;
use crate::print::Print;
use crate::world::World;

#[derive(Default)]
pub struct Judge {
    quiet: Quiet,
    pub uncertain: usize,
}

impl Judge {
    /// What is wrong with the world, which has this fingerprint but for what may still happen.
    pub fn of(&mut self, world: &World, print: Print, model: &mut Model) -> Option<Finding> {
        if world.mails > desired(world) {
            return Some(Finding::SecondMail);
        }
        if world.wrong.is_some() {
            return world.wrong;
        }
        if world.setting.in_sight && world.setting.asks.is_first() && world.mails > 0 {
            return Some(Finding::KnownGuestMailed);
        }
        if !world.orphans.is_empty() || world.flights().next().is_some() || world.late.is_some() {
            return None; // judged when it has landed
        }
        match self.quiet.ending(world, print, model) {
            Ending::Right => None,
            Ending::NothingCanTell => {
                self.uncertain += 1;
                None
            }
            Ending::Wrong(finding) => Some(finding),
        }
    }
}
