//! The decision, asked once for each thing that a process can see: in the search the same sight comes again millions of times,
//! beside other states of the rest of the world.

use std::hash::Hash;

use jiff::Timestamp;

use crate::api::{GuestRecord, GuestSpec};
use crate::mutations::Mutation;
use crate::plan::{
    Bond, ClaimKey, Decision, GuestStep, Post, Record, SendAt, Step, Task, Tenant, Timing, Unclaimed, Why, plan,
    standing, unclaimed,
};
use crate::print::{ByPrint, HashLanes, Print};
use crate::seen::Seen;
use crate::world::clock::{TIMING, at, tick};
use crate::world::directory::nth;
use crate::world::objects::Object;
use crate::world::pass::{ModelPass, PostKey, Work};
use crate::world::records::{RecordId, Records, blank};
use crate::world::{CLAIMS, World};

/// The claim `c` in the process `p`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At(pub usize, pub usize);

/// A step, as far as the model carries it out.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    Look { among_deleted: bool },
    Fetch(u8),
    Write(Written),
    Post(PostKey),
    Bind(bool),
    Work(Work),
    Rest,
}

/// What was decided on one sight.
#[derive(Clone, Copy, Debug)]
pub struct Decided {
    pub deed: Deed,
    /// A process that meets the breaker would begin a send here, or let one go.
    pub sends_while_blocked: bool,
}

/// A write of the Guest.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    pub next: RecordId,
    /// When the decision for the record's new attempt was made.
    pub ticket: Option<u8>,
    /// It says that nothing can tell.
    pub uncertain: bool,
    /// The claim becomes the owner of a person whom it did not have.
    pub takes: bool,
    /// Under a mutation only: what is kept in memory instead.
    pub unwritten_asked_at: Option<u8>,
}

/// What a search knows beside the worlds.
#[derive(Default)]
pub struct Model {
    pub mutation: Option<Mutation>,
    pub records: Records,
    claims: ByPrint<Decided>,
    guests: ByPrint<Option<RecordId>>,
}

impl Model {
    pub fn new(mutation: Option<Mutation>) -> Self {
        Self { mutation, ..Self::default() }
    }

    /// Whether the step of this name is taken out.
    pub fn lacks(&self, mutation: Mutation) -> bool {
        self.mutation == Some(mutation)
    }

    /// What the process does next for the claim, if it sees that.
    pub fn decided(&mut self, world: &World, here: At) -> Option<Decided> {
        let sight = self.sight(world, here)?;
        if let Some(known) = self.claims.get(&sight) {
            return Some(*known);
        }
        let sends_while_blocked = self.sends_while_blocked(world, here)?;
        let decided = Decided { deed: self.decide(world, here)?, sends_while_blocked };
        self.claims.insert(sight, decided);
        Some(decided)
    }

    /// Whether a process that meets the breaker would begin a send, or let one go.
    fn sends_while_blocked(&self, world: &World, At(p, c): At) -> Option<bool> {
        let (desired, record, mut observed) = world.seen_by(p, c, &self.records)?;
        let send_at = if self.lacks(Mutation::IgnoreTheBreaker) { SendAt::Now } else { SendAt::Blocked };
        observed.tenant = Tenant::Ready { send_at };
        let step = plan(Decision {
            desired: &desired,
            record: &record,
            observed: &observed,
            now: at(world.now),
            timing: &TIMING,
        });
        Some(matches!(step, Step::Post(Post::Send { .. }) | Step::Write { ticket: Some(_), .. }))
    }

    /// What process `p` writes next for the Guest itself; nothing while it rests. A look and what follows from it are one: before the
    /// settling time has passed three times nothing is decided on a look, and then all else is at rest.
    pub fn deed_for_the_guest(&mut self, world: &World, p: usize) -> Option<RecordId> {
        let guest = world.processes[p].guest?;
        let mut lanes = self.lanes_of_claims(world, p);
        (guest.record, world.now, world.glance(true)).hash(&mut lanes);
        let sight = lanes.print();
        if let Some(known) = self.guests.get(&sight) {
            return *known;
        }
        let next = self.decide_for_the_guest(world, p, &self.records.get(guest.record).record);
        let next = next.map(|next| self.records.keep(next));
        self.guests.insert(sight, next);
        next
    }

    fn decide_for_the_guest(&self, world: &World, p: usize, record: &GuestRecord) -> Option<GuestRecord> {
        let claims = Seen::by(world, p, self.lacks(Mutation::BelieveTheWatch));
        let decide = |look| {
            let seen = Unclaimed { reachable: true, look, ..Unclaimed::default() };
            unclaimed(&GuestSpec::default(), record, &claims, &seen, at(world.now), &TIMING)
        };
        let step = match decide(None) {
            GuestStep::Look => decide(Some(world.glance(true).look())),
            step => step,
        };
        match step {
            GuestStep::Write(next) => Some(*next),
            GuestStep::Rest(_) => None,
            GuestStep::Look | GuestStep::Fetch(_) | GuestStep::Do(_) | GuestStep::Forget => {
                unreachable!("nobody revokes anything, and 30 days are not over: {step:?}")
            }
        }
    }

    /// All that a decision for a claim rests on.
    fn sight(&self, world: &World, At(p, c): At) -> Option<Print> {
        let process = &world.processes[p];
        process.views[c]?;
        let mut lanes = self.lanes_of_claims(world, p);
        let pass = ModelPass { flight: None, ..process.passes[c] };
        (c as u8, world.now, process.guest.map(|guest| guest.record), pass, process.rules).hash(&mut lanes);
        world.fresh_id(&self.records).hash(&mut lanes);
        Some(lanes.print())
    }

    fn lanes_of_claims(&self, world: &World, p: usize) -> HashLanes {
        let mut lanes = HashLanes::new();
        for c in 0..CLAIMS {
            world.processes[p].views[c].as_ref().map(Object::content).hash(&mut lanes);
            world.claims[c].map(|claim| claim.uid).hash(&mut lanes);
        }
        lanes
    }

    fn decide(&mut self, world: &World, here: At) -> Option<Deed> {
        let At(p, c) = here;
        let (mut desired, mut record, mut observed) = world.seen_by(p, c, &self.records)?;
        let key = world.key(c, world.processes[p].views[c]?.uid);
        if let Some(mutation) = self.mutation {
            let pass = &world.processes[p].passes[c];
            mutation.bend(&mut desired, &mut record, &mut observed, pass, at(world.now));
            if mutation == Mutation::BelieveTheWatch {
                let guest = world.processes[p].guest.map(|guest| &self.records.get(guest.record).record);
                observed.standing = standing(&key, guest, false, &Seen::by(world, p, true));
            }
        }
        let timing: Timing = self.mutation.map_or(TIMING, Mutation::timing);
        Some(
            match plan(Decision {
                desired: &desired,
                record: &record,
                observed: &observed,
                now: at(world.now),
                timing: &timing,
            }) {
                Step::Queue => unreachable!("the model's tenant is always ready to send"),
                Step::Look => Deed::Look { among_deleted: false },
                Step::LookAmongDeleted => Deed::Look { among_deleted: true },
                Step::Fetch(user) => Deed::Fetch(nth(&user)),
                Step::Write { record, ticket, why } => {
                    Deed::Write(self.written(world, here, &key, *record, ticket, &why))
                }
                Step::Post(post) => Deed::Post(PostKey::of(&post)),
                Step::Do(Task::Bind(bound)) => Deed::Bind(bound),
                Step::Do(task) => match Work::of(&task) {
                    Some(work) => Deed::Work(work),
                    None => unreachable!("nothing is declared that needs {task:?}"),
                },
                Step::Rest { .. } => Deed::Rest,
            },
        )
    }

    fn written(
        &mut self,
        world: &World,
        At(p, c): At,
        key: &ClaimKey,
        mut record: Record,
        ticket: Option<Timestamp>,
        why: &Why,
    ) -> Written {
        let process = &world.processes[p];
        let is_outcome = process.passes[c].answer.is_some();
        if self.lacks(Mutation::ForgetOutcome) && is_outcome && record.guest.is_some() {
            record.guest = None;
            record.invitation.sent = 0;
            record.invitation.id = None;
            record.invitation.last_sent_at = None;
        }
        let mut unwritten_asked_at = process.passes[c].unwritten_asked_at;
        if self.lacks(Mutation::AskUnrecorded)
            && let Some(attempt) = &mut record.invitation.attempt
        {
            unwritten_asked_at = attempt.asked_at.take().map(tick);
        }
        let before = process.guest.map(|guest| self.records.get(guest.record));
        let had = |before: &GuestRecord| Record::of(before, key).bond;
        let takes = before
            .is_some_and(|before| !before.vacant && record.bond == Bond::Owns && had(&before.record) == Bond::None);
        let next = record.put(before.map_or(&blank(), |before| &before.record), key);
        Written {
            next: self.records.keep(next),
            ticket: ticket.map(tick),
            uncertain: matches!(why, Why::Uncertain),
            takes,
            unwritten_asked_at,
        }
    }
}
