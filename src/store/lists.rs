//! What the lists remember of the API server's answers, so that nothing is asked twice in vain. A restart forgets it,
//! which costs one more question each.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

use super::ChildTrouble;

/// What is remembered of every list, by its uid.
#[derive(Debug, Default)]
pub struct Lists {
    by_uid: Mutex<HashMap<String, Memory>>,
}

/// What is remembered of one list.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    refusals: HashMap<String, RefusedWrite>,
    deleted: HashSet<String>,
}

/// A write that the API server refused, or that did not last.
#[derive(Clone, Debug)]
pub struct RefusedWrite {
    /// What was wanted.
    pub wanted: u64,
    /// What stands instead; none when there is no such resource.
    pub stands: Option<u64>,
    /// When that was.
    pub at: Timestamp,
    /// In words.
    pub trouble: ChildTrouble,
}

impl RefusedWrite {
    /// From when on a refused write is tried again though nothing has changed here: a quota or a policy may have.
    pub const AGAIN: Duration = Duration::from_secs(300);
}

impl Lists {
    /// Runs `work` on what is remembered of the list `uid`.
    pub fn with<T>(&self, uid: &str, work: impl FnOnce(&mut Memory) -> T) -> T {
        work(self.by_uid.lock().entry(uid.to_owned()).or_default())
    }

    /// Forgets the list `uid`, which is gone.
    pub fn forget(&self, uid: &str) {
        self.by_uid.lock().remove(uid);
    }
}

impl Memory {
    /// Remembers that the guest `name` could not be written.
    pub fn refused(&mut self, name: &str, refusal: RefusedWrite) {
        self.refusals.insert(name.to_owned(), refusal);
    }

    /// The refusal of this very write of the guest `name`, while there is no reason to try it again.
    pub fn refusal(&self, name: &str, wanted: u64, stands: Option<u64>, now: Timestamp) -> Option<&ChildTrouble> {
        let refusal = self.refusals.get(name)?;
        let fresh = now.duration_since(refusal.at) < SignedDuration::try_from(RefusedWrite::AGAIN).unwrap_or_default();
        (refusal.wanted == wanted && refusal.stands == stands && fresh).then_some(&refusal.trouble)
    }

    /// Remembers that the guest with this uid was deleted, for as long as the watch has not told.
    pub fn deleted(&mut self, uid: &str) {
        self.deleted.insert(uid.to_owned());
    }

    /// Whether the guest with this uid was deleted.
    pub fn is_deleted(&self, uid: &str) -> bool {
        self.deleted.contains(uid)
    }

    /// Forgets what is about nobody any more.
    pub fn tidy(&mut self, wanted: impl Fn(&str) -> bool, stands: impl Fn(&str) -> bool) {
        self.refusals.retain(|name, _| wanted(name));
        self.deleted.retain(|uid| stands(uid));
    }
}
