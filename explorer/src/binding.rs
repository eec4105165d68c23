//! A small world of its own: two addresses that come to be one user, and a Guest for each. Two processes decide, each for one claim,
//! on views of the Guests that may be old; the older Guest is to keep the user, and the other one to become its alias. What two
//! processes do for the same claim is the large world's part.

use std::collections::{BTreeMap, HashSet};
use std::hash::Hash;
use std::rc::Rc;

use jiff::Timestamp;

use super::print::HashLanes;
use crate::api::{Address, DeletionPolicy, Existing, GuestRecord, GuestSpec, PerRelation};
use crate::plan::{
    Answer, ClaimKey, Claims, Decision, Demanded, Desired, DirectoryUser, GuestStep, Look, Observed, Outcome, Post,
    Record, SendAt, Step, Task, Tenant, Ticket, Timing, Unclaimed, UserView, plan, standing, unclaimed,
};
use crate::policy::Permission;

/// The claims and the Guests are numbered alike: `a` invites, `b` may own whom it finds.
const NAMES: [&str; 2] = ["a", "b"];
const ADDRESSES: [&str; 2] = ["a@example.com", "b@example.com"];

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BindingFinding {
    /// A claim ended the user whom the older Guest has for a claim that stands.
    EndedTheOthers,
    /// Two Guests act on one user at rest, or none does.
    NotOne,
    /// A claim mailed somebody who was there.
    FoundMailed,
    /// Nothing comes to rest.
    Restless,
}

/// A move: of the world, or of one process for one claim or Guest.
#[derive(Clone, Copy, Debug)]
pub enum BindingMove {
    /// The process sees the Guest as it is.
    Sync(usize, usize),
    /// A step for the claim.
    Step(usize, usize),
    /// A step for the Guest itself.
    StepGuest(usize, usize),
    /// An administrator makes the second address the mail of the first address's user.
    Merge,
    /// Somebody deletes the claim.
    Delete(usize),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Versioned {
    /// Which Guest was made first.
    made: u8,
    record: GuestRecord,
}

/// An object as the API server holds it: who has the very same one is up to date.
type Held = Option<Rc<Versioned>>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Pass {
    look: Option<Vec<Entry>>,
    fetched: Option<Option<Entry>>,
    ticket: Option<Ticket>,
    answer: Option<(String, crate::api::AttemptKind, u8)>,
    deleted: Option<String>,
}

/// A user of the directory: whose address made them, and whether the second address is theirs too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Entry {
    by: u8,
    merged: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Claim {
    finalizer: bool,
    deleting: bool,
    gone: bool,
}

#[derive(Clone, Debug)]
struct Place {
    claims: [Claim; 2],
    guests: [Held; 2],
    users: Vec<Entry>,
    views: [[Held; 2]; 2],
    passes: [[Pass; 2]; 2],
    mails: u8,
    made: u8,
    merges: u8,
    deletes: u8,
    wrong: Option<BindingFinding>,
}

struct Seen<'a>(&'a [Claim; 2]);

impl Claims for Seen<'_> {
    fn complete(&self) -> bool {
        true
    }

    fn lives(&self, namespace: &str, _: &str, uid: &str) -> bool {
        (0..2).any(|c| NAMES[c] == namespace && uid == namespace && !self.0[c].gone)
    }

    fn leaves(&self, namespace: &str, _: &str, uid: &str) -> bool {
        (0..2).any(|c| NAMES[c] == namespace && uid == namespace && !self.0[c].gone && self.0[c].deleting)
    }
}

/// Visits every state; without `last_look` nobody reads the Guests of a user live before ending them.
pub fn explore_binding(last_look: bool) -> (usize, Option<(BindingFinding, Vec<BindingMove>)>) {
    let start = Place {
        claims: Default::default(),
        guests: Default::default(),
        users: Vec::new(),
        views: Default::default(),
        passes: Default::default(),
        mails: 0,
        made: 0,
        merges: 1,
        deletes: 1,
        wrong: None,
    };
    let mut visited = HashSet::from([start.print()]);
    let mut stack = vec![(start.clone(), all_moves())];
    let mut path = Vec::new();
    while let Some((place, moves)) = stack.last_mut() {
        let Some(step) = moves.pop() else {
            stack.pop();
            path.pop();
            continue;
        };
        let Some(next) = place.after(step, last_look) else { continue };
        if !visited.insert(next.print()) {
            continue;
        }
        path.push(step);
        if let Some(finding) = next.wrong.clone().or_else(|| next.at_rest(last_look)) {
            return (visited.len(), Some((finding, path)));
        }
        stack.push((next, all_moves()));
    }
    (visited.len(), None)
}

fn all_moves() -> Vec<BindingMove> {
    let both = || (0..2).flat_map(|p| (0..2).map(move |c| (p, c)));
    let mut moves = vec![BindingMove::Merge, BindingMove::Delete(0), BindingMove::Delete(1)];
    moves.extend(both().map(|(p, c)| BindingMove::Sync(p, c)));
    moves.extend((0..2).flat_map(|p| [BindingMove::StepGuest(p, p), BindingMove::Step(p, p)]));
    moves
}

/// The second claim comes later, so that a user of the first is older than its attempt.
fn now(c: usize) -> Timestamp {
    Timestamp::from_second(1_000_000 + 100 * c as i64).unwrap()
}

fn user(entry: Entry) -> DirectoryUser {
    let by = usize::from(entry.by);
    let mail = ADDRESSES[if entry.merged { 1 } else { by }];
    DirectoryUser {
        created_at: Some(now(by)),
        is_guest: true,
        external_state: Some("PendingAcceptance".into()),
        user_principal_name: Some(format!("{}#EXT#@example.org", ADDRESSES[by].replace('@', "_"))),
        mail: Some(mail.into()),
        addresses: vec![mail.into()],
        ..DirectoryUser::new(id(entry.by))
    }
}

fn id(by: u8) -> String {
    format!("user of {}", NAMES[usize::from(by)])
}

fn key(c: usize) -> ClaimKey {
    ClaimKey { namespace: NAMES[c].into(), name: "guest".into(), uid: NAMES[c].into() }
}

fn has(entry: Entry, c: usize) -> bool {
    usize::from(entry.by) == c || (entry.merged && c == 1)
}

/// The older Guest, among these, of a user whom the Guest `g` has or is about to have.
fn older(guests: &[Held; 2], g: usize) -> Option<&GuestRecord> {
    let other = guests[1 - g].as_ref().filter(|other| other.record.alias_of.is_none())?;
    guests[g].as_ref().is_none_or(|mine| other.made < mine.made).then_some(&other.record)
}

impl Place {
    fn print(&self) -> (u64, u64) {
        let mut lanes = HashLanes::new();
        let current = [0, 1].map(|p| [0, 1].map(|g| same(&self.views[p][g], &self.guests[g])));
        (&self.claims, &self.guests, &self.users, &self.views, &self.passes, current).hash(&mut lanes);
        (self.mails, self.made, self.merges, self.deletes).hash(&mut lanes);
        lanes.both()
    }

    fn desired(&self, c: usize) -> Desired {
        let mut desired = Desired::new(Address::new(ADDRESSES[c]));
        desired.uid = NAMES[c].into();
        desired.finalizer = self.claims[c].finalizer;
        desired.deleting = self.claims[c].deleting.then(|| now(c));
        (desired.policy, desired.policy_by_name) = (DeletionPolicy::Delete, true);
        desired.existing = [Existing::Follow, Existing::Own][c];
        desired
    }

    fn observed(&self, p: usize, c: usize) -> Observed {
        let pass = &self.passes[p][c];
        let elsewhere = older(&self.views[p], c).and_then(|record| record.user.as_ref()).map(|user| user.id.clone());
        let answer = pass.answer.clone().map(|(attempt, kind, by)| {
            let done = Answer::Done { invitation: "i".into(), user: id(by), graph_time: now(c), secret: None };
            (Post::Send { attempt, kind }, done)
        });
        Observed {
            tenant: Tenant::Ready { send_at: SendAt::Now },
            permission: Permission::Granted,
            standing: standing(
                &key(c),
                self.views[p][c].as_ref().map(|guest| &guest.record),
                false,
                &Seen(&self.claims),
            ),
            elsewhere: elsewhere.map(|user| (user, NAMES[1 - c].to_owned())).into_iter().collect(),
            barred: BTreeMap::new(),
            demanded: Demanded::default(),
            held: None,
            new_id: format!("of {p}"),
            ticket: pass.ticket.clone(),
            look: pass.look.as_ref().map(|found| Look {
                taken_at: now(c),
                graph_time: now(c),
                users: found.iter().copied().map(user).collect(),
                deleted: Some(Vec::new()),
            }),
            user: match pass.fetched {
                None => UserView::Unknown,
                Some(None) => UserView::Missing,
                Some(Some(entry)) => UserView::Found(user(entry)),
            },
            user_read_at: pass.fetched.map(|_| now(c)),
            patched: BTreeMap::new(),
            successor: false,
            shared: PerRelation::default(),
            ends_stopped: None,
            no_link_kept: false,
            mail_trouble: None,
            answer,
            done: pass.deleted.clone().map(|user| (Task::Delete(user), Outcome::Done)),
        }
    }

    fn after(&self, step: BindingMove, last_look: bool) -> Option<Self> {
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

    fn sync(&mut self, p: usize, g: usize) {
        self.views[p][g] = self.guests[g].clone();
        let pass = &mut self.passes[p][g];
        (pass.look, pass.fetched, pass.deleted) = Default::default();
    }

    fn act(&mut self, p: usize, c: usize, last_look: bool) -> Option<()> {
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
                    self.mails += 1;
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

    fn act_on_guest(&mut self, p: usize, g: usize) -> Option<()> {
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
    fn swap(&mut self, p: usize, g: usize, record: GuestRecord) -> bool {
        let current = same(&self.views[p][g], &self.guests[g]);
        if current {
            let made = self.guests[g].as_ref().map_or(self.made, |guest| guest.made);
            self.made += u8::from(self.guests[g].is_none());
            self.guests[g] = Some(Rc::new(Versioned { made, record }));
        }
        self.sync(p, g);
        current
    }

    /// The process is brought up to date and takes its steps.
    fn pass_of(&mut self, p: usize, last_look: bool) {
        let guests = [BindingMove::Sync(p, 0), BindingMove::Sync(p, 1), BindingMove::StepGuest(p, p)];
        for step in guests.into_iter().chain([BindingMove::Step(p, p); 10]) {
            if let Some(next) = self.after(step, last_look) {
                *self = next;
            }
        }
    }

    /// Everybody is brought up to date until nothing moves, and then each user has one Guest that acts.
    fn at_rest(&self, last_look: bool) -> Option<BindingFinding> {
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

/// How often each process has its turn until all is at rest.
const ROUNDS: u32 = 6;

/// Whether both are the very same version.
fn same(one: &Held, other: &Held) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => Rc::ptr_eq(one, other),
        _ => false,
    }
}
