//! Everybody is brought up to date until nothing moves, and then each user has one Guest that acts.

use std::rc::Rc;

use super::place::{Place, Versioned, id};
use super::{BindingFinding, BindingMove};

/// How often each process has its turn until all is at rest.
const ROUNDS: u32 = 6;

impl Place {
    /// The process is brought up to date and takes its steps.
    fn pass_of(&mut self, p: usize, last_look: bool) {
        let guests = [BindingMove::Sync(p, 0), BindingMove::Sync(p, 1), BindingMove::StepGuest(p, p)];
        for step in guests.into_iter().chain([BindingMove::Step(p, p); 10]) {
            if let Some(next) = self.after(step, last_look) {
                *self = next;
            }
        }
    }

    /// What is wrong at rest.
    pub fn at_rest(&self, last_look: bool) -> Option<BindingFinding> {
        let mut place = Self { merges: 0, deletes: 0, ..self.clone() };
        for round in 0..ROUNDS {
            let before = place.guests.clone();
            for p in 0..2 {
                place.pass_of(p, last_look);
            }
            if round + 1 == ROUNDS && place.guests != before {
                return Some(BindingFinding::Restless);
            }
        }
        if place.wrong.is_some() {
            return place.wrong;
        }
        let acts = |guest: &&Rc<Versioned>| guest.record.alias_of.is_none();
        let user = |guest: &Rc<Versioned>| guest.record.user.as_ref().map(|user| user.id.clone());
        let guests: Vec<_> = place.guests.iter().flatten().collect();
        for entry in &place.users {
            let theirs = guests.iter().copied().filter(|guest| user(guest) == Some(id(entry.by)));
            let acting = theirs.clone().filter(acts).count();
            if theirs.count() > 0 && acting != 1 {
                return Some(BindingFinding::NotOne);
            }
        }
        None
    }
}
