//! What a move does.

use super::place::{Brought, Entry, GUEST, Held, LateRequest, Pass, Place, at, group, key, user};
use super::seen::{Seen, done};
use super::{SharingMove, Without};
use crate::api::{GuestRecord, GuestSpec, Relation, RelationState, Revoke};
use crate::plan::{Decision, GuestStep, Step, Task, Timing, Unclaimed, UserView, plan, unclaimed};

impl Place {
    pub fn after(&self, step: SharingMove) -> Option<Self> {
        let mut next = self.clone();
        match step {
            SharingMove::Sync(p) if self.views[p].is(&self.guest) => return None,
            SharingMove::Sync(p) => next.sync(p),
            SharingMove::Step(c) => next.act(c, false)?,
            SharingMove::StepLate(c) => {
                next.late_left = self.late_left.checked_sub(1)?;
                next.act(c, true)?;
            }
            SharingMove::Arrive => {
                let late = next.late.take()?;
                next.arrive(&late.task);
            }
            SharingMove::Wait => {
                next.waits = self.waits.checked_sub(1)?;
                next.pass_time(1);
            }
            SharingMove::StepGuest => next.act_on_guest()?,
            SharingMove::Delete(c) => {
                if self.claims[c].gone || self.claims[c].deleting {
                    return None;
                }
                next.ends = self.ends.checked_sub(1)?;
                next.claims[c].deleting = true;
                next.claims[c].gone = !next.claims[c].finalizer;
            }
            SharingMove::Vanish(c) => {
                if self.claims[c].gone || self.claims[c].deleting {
                    return None;
                }
                next.vanishes = self.vanishes.checked_sub(1)?;
                (next.claims[c].gone, next.claims[c].vanished) = (true, true);
                if self.without == Without::Vanishing {
                    next.claims[c].deleting = true;
                    next.claims[c].gone = false;
                }
            }
            SharingMove::Flip(c) => {
                next.flips = self.flips.checked_sub(1)?;
                next.claims[c].allowed = !self.claims[c].allowed;
            }
            SharingMove::Revoke => {
                if !self.scenario.revokes || self.revoked {
                    return None;
                }
                next.revoked = true;
            }
        }
        Some(next)
    }

    pub fn sync(&mut self, p: usize) {
        self.views[p] = self.guest.clone();
        self.passes[p] = Pass::default();
    }

    /// A request is under way for two ticks at most, and what was read before is old.
    pub fn pass_time(&mut self, ticks: u8) {
        self.now += ticks;
        self.late.take_if(|late| self.now - late.left > 1);
        self.passes = Default::default();
    }

    /// A late request does what it asks for, if the user is there.
    fn arrive(&mut self, task: &Task) {
        let (relations, there) = match task {
            Task::AddRelations { relations, .. } => (relations, true),
            Task::RemoveRelations { relations, .. } => (relations, false),
            _ => return,
        };
        if let Some(entry) = &mut self.user {
            relations.iter().for_each(|relation| entry.groups[group(&relation.name)] = there);
        }
    }

    /// `late`: the process asks for work on groups and stands still; another one takes its place.
    fn act(&mut self, c: usize, late: bool) -> Option<()> {
        if self.claims[c].gone {
            return None;
        }
        let (desired, record, observed) = (self.desired(c), self.record(c), self.observed(c));
        let timing = Timing::default();
        let decision =
            Decision { desired: &desired, record: &record, observed: &observed, now: at(self.now), timing: &timing };
        match plan(decision) {
            Step::Do(task @ (Task::AddRelations { .. } | Task::RemoveRelations { .. })) if late => {
                self.late = Some(LateRequest::new(task, self.now));
                self.sync(c);
            }
            _ if late => return None,
            Step::Fetch(_) => self.passes[c].fetched = Some(self.user),
            Step::Write { record: next, .. } => {
                self.judge_join(c, record.bond, next.bond);
                let put = next.put(&self.views[c], &key(c));
                self.swap(c, put);
            }
            Step::Do(Task::Bind(bound)) => {
                if !bound && !self.views[c].is(&self.guest) {
                    self.sync(c);
                    return Some(());
                }
                self.claims[c].finalizer = bound;
                self.claims[c].gone = self.claims[c].deleting && !bound;
            }
            Step::Do(task) => self.work(c, &task),
            Step::Rest { .. } => {
                if self.passes[c] == Pass::default() {
                    return None;
                }
                self.passes[c] = Pass::default();
            }
            _ => return None,
        }
        Some(())
    }

    fn act_on_guest(&mut self) -> Option<()> {
        let (view, pass) = (self.views[GUEST].clone(), self.passes[GUEST].clone());
        let wishes = GuestSpec { revoke: self.revoked.then_some(Revoke::Disable), ..GuestSpec::default() };
        let seen = Unclaimed {
            reachable: true,
            user: pass.fetched.map(|entry| entry.map_or(UserView::Missing, |entry| UserView::Found(user(entry)))),
            done: pass.done.clone().map(done),
            ..Unclaimed::default()
        };
        match unclaimed(&wishes, &view, &Seen(&self.claims), &seen, at(self.now), &Timing::default()) {
            GuestStep::Write(record) => self.swap(GUEST, *record),
            GuestStep::Fetch(_) => self.passes[GUEST].fetched = Some(self.user),
            GuestStep::Do(_) if !view.is(&self.guest) => self.sync(GUEST),
            GuestStep::Do(task) => self.work(GUEST, &task),
            GuestStep::Look | GuestStep::Forget | GuestStep::Rest(_) => {
                if pass == Pass::default() {
                    return None;
                }
                self.passes[GUEST] = Pass::default();
            }
        }
        Some(())
    }

    /// Work on the user, which the directory does at once.
    fn work(&mut self, p: usize, task: &Task) {
        let Some(entry) = self.user else {
            self.passes[p].done = None;
            self.passes[p].fetched = Some(None);
            return;
        };
        let with = |groups| Some(Entry { groups, ..entry });
        let brought = match task {
            Task::FindRelated { names, .. } => Brought::Found(names.iter().map(|name| found(name, entry)).collect()),
            Task::AddRelations { relations, .. } => {
                let mut groups = entry.groups;
                relations.iter().for_each(|relation| groups[group(&relation.name)] = true);
                self.user = with(groups);
                let added = |relation: &Relation| Relation { state: RelationState::Added, ..relation.clone() };
                Brought::Added(relations.iter().map(added).collect())
            }
            Task::RemoveRelations { relations, .. } => {
                self.judge_removal(p, relations);
                let mut groups = entry.groups;
                relations.iter().for_each(|relation| groups[group(&relation.name)] = false);
                self.user = with(groups);
                Brought::Removed(relations.clone())
            }
            Task::Enable { enabled, .. } => {
                if !enabled {
                    self.judge_end(p);
                }
                self.user = Some(Entry { enabled: *enabled, ..entry });
                if *enabled { Brought::Enabled } else { Brought::Disabled }
            }
            Task::Delete(_) => {
                self.judge_end(p);
                self.user = None;
                Brought::Deleted
            }
            _ => return,
        };
        self.passes[p].done = Some(brought);
    }

    /// Compare and swap.
    fn swap(&mut self, p: usize, record: GuestRecord) {
        if self.views[p].is(&self.guest) {
            self.guest = Held::new(record);
        }
        self.sync(p);
    }
}

fn found(name: &str, entry: Entry) -> Relation {
    let state = if entry.groups[group(name)] { RelationState::Present } else { RelationState::Adding };
    Relation { name: name.into(), id: Some(name.into()), state, begun_at: None, refusal: None }
}
