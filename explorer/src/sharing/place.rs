//! The state of the small world: claims, the Guest, the user, and what each process has seen.

use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;

use jiff::Timestamp;

use super::{SharingFinding, SharingScenario, Without};
use crate::api::{
    ClaimRecord, DeletionPolicy, Ends, GuestRecord, GuestUser, Origin, Owner, Redemption, Relation, RelationKind,
    RelationState,
};
use crate::plan::{ClaimKey, DirectoryUser, Task};
use crate::print::{HashLanes, Print};

/// The first one owns the person, the others may share them.
pub const NAMES: [&str; 3] = ["a", "b", "c"];
/// The time at the start: what is on record then was added long ago.
pub const START: u8 = 4;
/// The process of the Guest itself.
pub const GUEST: usize = 3;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Claim {
    pub finalizer: bool,
    pub deleting: bool,
    pub gone: bool,
    pub vanished: bool,
    /// Whether a rule lets it share.
    pub allowed: bool,
}

/// The user, as the directory has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    pub enabled: bool,
    /// Whether they are in the groups `g` and `h`.
    pub groups: [bool; 2],
}

/// What a task brought.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Brought {
    Found(Vec<Relation>),
    Added(Vec<Relation>),
    Removed(Vec<Relation>),
    Disabled,
    Enabled,
    Deleted,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pass {
    pub fetched: Option<Option<Entry>>,
    pub done: Option<Brought>,
}

/// A request of a process that stands still: it arrives later, or never.
#[derive(Clone, Debug)]
pub struct LateRequest {
    pub task: Task,
    print: Print,
    /// When it left.
    pub left: u8,
}

impl LateRequest {
    pub fn new(task: Task, left: u8) -> Self {
        let print = Print::of(&format!("{task:?}"));
        Self { task, print, left }
    }
}

/// The Guest as the API server holds it, with its fingerprint, which is taken once.
#[derive(Clone, Debug)]
pub struct Held(Rc<(GuestRecord, Print)>);

impl Held {
    pub fn new(record: GuestRecord) -> Self {
        let print = Print::of(&record);
        Self(Rc::new((record, print)))
    }

    /// Whether it is the very same one: who has it is up to date.
    pub fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Deref for Held {
    type Target = GuestRecord;

    fn deref(&self) -> &GuestRecord {
        &self.0.0
    }
}

impl Hash for Held {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.1.hash(state);
    }
}

#[derive(Clone, Debug)]
pub struct Place {
    pub scenario: SharingScenario,
    pub without: Without,
    pub claims: [Claim; 3],
    pub guest: Held,
    pub user: Option<Entry>,
    pub views: [Held; 4],
    pub passes: [Pass; 4],
    pub ends: u8,
    pub vanishes: u8,
    pub flips: u8,
    pub revoked: bool,
    /// The time, in ticks.
    pub now: u8,
    pub waits: u8,
    pub late: Option<LateRequest>,
    pub late_left: u8,
    pub wrong: Option<SharingFinding>,
}

/// One tick, in seconds: after one a decision is stale and a request may still be under way; after two it is not.
const TICK: i64 = 70;

pub fn at(tick: u8) -> Timestamp {
    Timestamp::from_second(1_000_000 + i64::from(tick) * TICK).unwrap()
}

pub fn key(c: usize) -> ClaimKey {
    ClaimKey { namespace: NAMES[c].into(), name: "guest".into(), uid: NAMES[c].into() }
}

pub fn user(entry: Entry) -> DirectoryUser {
    DirectoryUser {
        created_at: Some(at(0)),
        is_guest: true,
        enabled: entry.enabled,
        external_state: Some("PendingAcceptance".into()),
        mail: Some("guest@example.com".into()),
        ..DirectoryUser::new("user".into())
    }
}

/// Where a group stands in [`Entry::groups`].
pub fn group(name: &str) -> usize {
    usize::from(name == "h")
}

impl SharingScenario {
    /// The group that a claim wants. The owner and the first sharer want the same, unless they are `apart`.
    pub fn wanted(&self, c: usize) -> &'static str {
        match c {
            0 => "g",
            1 if !self.apart => "g",
            _ => "h",
        }
    }
}

impl Place {
    pub fn new(scenario: SharingScenario, without: Without) -> Self {
        let guest = Held::new(owned(scenario));
        let mut claims = [Claim { allowed: true, ..Claim::default() }; 3];
        claims[0].finalizer = true;
        claims.iter_mut().skip(scenario.claims).for_each(|claim| claim.gone = true);
        claims.iter_mut().for_each(|claim| claim.finalizer |= scenario.joined);
        Self {
            scenario,
            without,
            claims,
            views: [0; 4].map(|_| guest.clone()),
            guest,
            user: Some(Entry { enabled: true, groups: [true, scenario.joined && scenario.claims == 3] }),
            passes: Default::default(),
            ends: scenario.ends,
            vanishes: scenario.vanishes,
            flips: scenario.flips,
            revoked: false,
            now: START,
            waits: scenario.waits,
            late: None,
            late_left: scenario.late,
            wrong: None,
        }
    }

    pub fn print(&self) -> Print {
        let mut lanes = HashLanes::new();
        let current = [0, 1, 2, 3].map(|p| self.views[p].is(&self.guest));
        (&self.claims, &self.guest, &self.user, &self.views, &self.passes, current).hash(&mut lanes);
        (self.ends, self.vanishes, self.flips, self.revoked).hash(&mut lanes);
        let late = self.late.as_ref().map(|late| (late.print, late.left));
        (self.now, self.waits, late, self.late_left).hash(&mut lanes);
        lanes.print()
    }
}

/// What is on record of a claim whose group the user is in.
fn has_group(scenario: SharingScenario, c: usize, state: RelationState) -> ClaimRecord {
    let (group, name) = (scenario.wanted(c).to_owned(), NAMES[c].to_owned());
    let relation = Relation { name: group.clone(), id: Some(group), state, begun_at: None, refusal: None };
    let mut claim =
        ClaimRecord { namespace: name.clone(), name: "guest".into(), uid: Some(name), ..ClaimRecord::default() };
    RelationKind::Groups.recorded_mut(&mut claim.relations).push(relation);
    claim
}

/// The record of a person whom `a` has invited and put into its group.
fn owned(scenario: SharingScenario) -> GuestRecord {
    let policy = if scenario.deletes { DeletionPolicy::Delete } else { DeletionPolicy::Disable };
    let mut record = GuestRecord::new("t", "guest@example.com", "t");
    record.user = Some(GuestUser::new("user".into(), Origin::Invited));
    record.made_in = Some("a".into());
    let ends = Ends { policy, ..Ends::default() };
    record.owner = Some(Owner { namespace: "a".into(), name: "guest".into(), uid: Some("a".into()), ends });
    record.invitation.sent = 1;
    record.redemption =
        Some(Redemption { state: Some("PendingAcceptance".into()), changed_at: None, identity_provider: None });
    let on_record = if scenario.joined { scenario.claims } else { 1 };
    let states = [RelationState::Added, RelationState::Present, RelationState::Added];
    record.claims.extend((0..on_record).map(|c| has_group(scenario, c, states[c])));
    record.state = crate::plan::state(&record);
    record
}
