//! The model's world: an API server that compares and swaps, a directory that lags, and two operator processes.

pub mod clock;
pub mod directory;
pub mod entitled;
mod fingerprint;
pub mod objects;
pub mod pass;
pub mod records;
pub mod setting;

use crate::few::Few;
use crate::finding::Finding;
use objects::{GuestObject, ModelUser, Object};
use pass::{DELETED, Flight, LateWork, ModelPass, Process};
use records::{Records, left_by_the_owner, mailed};
use setting::{Asks, Budget, Rival, Setting};

/// How many claims there may be: the guest's own, and a rival.
pub const CLAIMS: usize = 2;

/// How many processes there are.
pub const PROCESSES: usize = 2;

/// How many requests of dead processes there can be.
const ORPHANS: usize = 6;

/// Copied for each move, so it has nothing that would have to be allocated.
#[derive(Clone, Copy, Debug)]
pub struct World {
    pub setting: Setting,
    pub now: u8,
    pub claims: [Option<Object>; CLAIMS],
    /// Which claims the EntraTenant's rules allow.
    pub rules: [bool; CLAIMS],
    /// Which claims have asked for an end while they were allowed to.
    pub authority: [bool; CLAIMS],
    pub guest: Option<GuestObject>,
    pub next_uid: u8,
    pub next_version: u16,
    pub user: Option<ModelUser>,
    pub processes: [Process; PROCESSES],
    /// Requests whose sender died: Graph may still do them within the timeout.
    pub orphans: Few<Flight, ORPHANS>,
    /// Work under way of which nobody will hear.
    pub late: Option<LateWork>,
    pub mails: u8,
    /// The first thing that went wrong in a deed.
    pub wrong: Option<Finding>,
    /// A record was written that says "nothing can tell".
    pub uncertain: bool,
    /// The users that were deleted, by an operator or by an administrator.
    pub removed: Few<ModelUser, DELETED>,
    /// An administrator deleted one of them.
    pub left: bool,
    /// An operator deleted one of them.
    pub ended: bool,
    /// How many users there were.
    pub users: u8,
    /// A process that had not heard of the deletion made the user, by a question that left after it or by a request for
    /// what another has settled already, or restored them.
    pub unheard: bool,
    /// A claim has vanished.
    pub vanished: bool,
    /// Somebody has asked for one more mail.
    pub asked_once_more: bool,
    /// An administrator has enabled an account.
    pub overruled: bool,
    /// A claim was held while it was being deleted, and had not asked for an end before.
    pub excused: bool,
    pub budget: Budget,
}

impl World {
    pub fn new(setting: Setting, budget: Budget, user: Option<ModelUser>, records: &mut Records) -> Self {
        let mut other = Object::new(2, 2, setting.retains);
        other.spec.suspended = setting.rival == Rival::Suspended;
        let mut claims = [Some(Object::new(1, 1, setting.retains)), setting.rival.is_there().then_some(other)];
        // Whoever shares a person has something to undo at the end.
        claims.iter_mut().flatten().for_each(|claim| claim.finalizer = setting.asks == Asks::Left);
        let before = if setting.asks == Asks::Left { left_by_the_owner() } else { mailed() };
        let guest = (!setting.asks.is_first()).then(|| GuestObject { version: 3, record: records.keep(before) });
        let rules = [true; CLAIMS];
        let process = Process { alive: true, views: claims, guest, rules, passes: Default::default() };
        let mut world = Self {
            setting,
            // A guest from before was made at tick 0 and is older than any attempt.
            now: 1,
            claims,
            rules,
            authority: [false; CLAIMS],
            guest,
            next_uid: 3,
            next_version: 4,
            users: u8::from(user.is_some()),
            user,
            processes: [process; PROCESSES],
            orphans: Few::new(),
            late: None,
            mails: 0,
            wrong: None,
            uncertain: false,
            removed: Few::new(),
            left: false,
            ended: false,
            unheard: false,
            vanished: false,
            asked_once_more: false,
            overruled: false,
            excused: false,
            budget,
        };
        world.note_authority();
        world
    }

    /// What process `p` has seen in its pass over claim `c`, to change it.
    pub fn pass(&mut self, p: usize, c: usize) -> &mut ModelPass {
        &mut self.processes[p].passes[c]
    }

    /// A version for what is written next.
    pub fn version(&mut self) -> u16 {
        self.next_version += 1;
        self.next_version - 1
    }

    /// Notes what went wrong, if nothing has before.
    pub fn note(&mut self, wrong: bool, finding: Finding) {
        if wrong {
            self.wrong.get_or_insert(finding);
        }
    }

    /// The flights of both processes.
    pub fn flights(&self) -> impl Iterator<Item = &Flight> {
        self.processes.iter().flat_map(|process| &process.passes).filter_map(|pass| pass.flight.as_ref())
    }
}
