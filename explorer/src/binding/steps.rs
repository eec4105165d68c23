//! What a move does.

use super::place::{ADDRESSES, Entry, NAMES, Pass, Place, Versioned, has, id, key, now, older, same};
use super::seen::Seen;
use super::{BindingFinding, BindingMove};
use crate::api::{GuestRecord, GuestSpec};
use crate::plan::{Decision, GuestStep, Post, Record, Step, Task, Ticket, Timing, Unclaimed, plan, unclaimed};
use std::rc::Rc;

impl Place {
    pub fn after(&self, step: BindingMove, last_look: bool) -> Option<Self> {
        let mut next = self.clone();
        match step {
            BindingMove::Sync(p, g) if same(&self.views[p][g], &self.guests[g]) => return None,
            BindingMove::Sync(p, g) => next.sync(p, g),
            BindingMove::Step(p, c) => next.act(p, c, last_look)?,
            BindingMove::StepGuest(p, g) => next.act_on_guest(p, g)?,
            BindingMove::Merge => {
                next.merges = self.merges.checked_sub(1)?;
                // Nobody has the second address yet.
                let user = next.users.first_mut().filter(|user| user.by == 0 && self.users.len() == 1)?;
                user.merged = true;
            }
            BindingMove::Delete(c) => {
                next.deletes = self.deletes.checked_sub(1)?;
                next.claims[c].deleting = true;
                next.claims[c].gone = !next.claims[c].finalizer;
            }
        }
        Some(next)
    }

    pub fn sync(&mut self, p: usize, g: usize) {
        self.views[p][g] = self.guests[g].clone();
        let pass = &mut self.passes[p][g];
        (pass.look, pass.fetched, pass.deleted) = Default::default();
    }

    pub fn act(&mut self, p: usize, c: usize, last_look: bool) -> Option<()> {
        if self.claims[c].gone {
            return None;
        }
        let record = self.views[p][c].as_ref().map(|guest| Record::of(&guest.record, &key(c))).unwrap_or_default();
        let (desired, observed) = (self.desired(c), self.observed(p, c));
        let (desired, record, observed) = (&desired, &record, &observed);
        let step = plan(Decision { desired, record, observed, now: now(c), timing: &Timing::default() });
        let shown = |user: &String| self.users.iter().copied().find(|entry| id(entry.by) == *user);
        match step {
            Step::Look | Step::LookAmongDeleted => {
                self.passes[p][c].look = Some(self.users.iter().copied().filter(|entry| has(*entry, c)).collect());
            }
            Step::Fetch(user) => self.passes[p][c].fetched = Some(shown(&user)),
            Step::Write { record, ticket, .. } => {
                let blank = GuestRecord::new("t", ADDRESSES[c], "t");
                let next = record.put(self.views[p][c].as_ref().map_or(&blank, |guest| &guest.record), &key(c));
                let attempt = next.invitation.attempt.clone();
                if !self.swap(p, c, next) {
                    return Some(());
                }
                let pass = &mut self.passes[p][c];
                pass.answer = None;
                pass.ticket = ticket.zip(attempt).map(|(decided_at, open)| Ticket { attempt: open.id, decided_at });
            }
            Step::Post(Post::Send { attempt, kind }) => {
                let pass = &mut self.passes[p][c];
                (pass.ticket, pass.look, pass.fetched) = Default::default();
                // The claim is read live before a mail.
                if !self.claims[c].deleting {
                    let there = self.users.iter().copied().find(|entry| has(*entry, c));
                    let entry = there.unwrap_or(Entry { by: c as u8, merged: false });
                    if there.is_none() {
                        self.users.push(entry);
                    }
                    self.passes[p][c].answer = Some((attempt, kind, entry.by));
                }
            }
            Step::Do(Task::Bind(bound)) => {
                if !bound && !same(&self.views[p][c], &self.guests[c]) {
                    self.sync(p, c);
                    return Some(());
                }
                self.claims[c].finalizer = bound;
                self.claims[c].gone = self.claims[c].deleting && !bound;
            }
            Step::Do(Task::Delete(user)) => {
                let holder = older(&self.guests, c).filter(|other| other.user.as_ref().is_some_and(|of| of.id == user));
                if last_look && holder.is_some() {
                    self.sync(p, 0);
                    self.sync(p, 1);
                    return Some(());
                }
                let stands = !self.claims[1 - c].gone && !self.claims[1 - c].deleting;
                if holder.is_some() && stands {
                    self.wrong = Some(BindingFinding::EndedTheOthers);
                }
                self.users.retain(|entry| id(entry.by) != user);
                self.passes[p][c].deleted = Some(user);
            }
            Step::Rest { .. } => {
                let pass = Pass { ticket: self.passes[p][c].ticket.clone(), ..Pass::default() };
                if pass == self.passes[p][c] {
                    return None;
                }
                self.passes[p][c] = pass;
            }
            _ => return None,
        }
        Some(())
    }

    pub fn act_on_guest(&mut self, p: usize, g: usize) -> Option<()> {
        let mine = self.views[p][g].clone()?;
        let same_user = |other: &&GuestRecord| {
            let id = |record: &GuestRecord| record.user.as_ref().map(|user| user.id.clone());
            id(other).is_some() && id(other) == id(&mine.record)
        };
        let older = older(&self.views[p], g).filter(same_user).map(|_| NAMES[1 - g].to_owned());
        let seen = Unclaimed { older, reachable: true, ..Unclaimed::default() };
        let claims = Seen(&self.claims);
        match unclaimed(&GuestSpec::default(), &mine.record, &claims, &seen, now(g), &Timing::default()) {
            GuestStep::Write(record) => self.swap(p, g, *record).then_some(()),
            _ => None,
        }
    }

    /// Compare and swap.
    pub fn swap(&mut self, p: usize, g: usize, record: GuestRecord) -> bool {
        let current = same(&self.views[p][g], &self.guests[g]);
        if current {
            let made = self.guests[g].as_ref().map_or(self.made, |guest| guest.made);
            self.made += u8::from(self.guests[g].is_none());
            self.guests[g] = Some(Rc::new(Versioned { made, record }));
        }
        self.sync(p, g);
        current
    }
}
