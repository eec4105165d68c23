//! One round of a delta query: all users at first, later those that changed between two points of the change log.
//! It depends on the log alone, so its pages fit together whatever happens meanwhile.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::graph::select::Selection;
use crate::state::changes::Change;
use crate::state::directory::Directory;
use crate::state::user::User;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Round {
    pub(super) full: bool,
    /// Counts of changes.
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) offset: usize,
    /// The number of the page.
    pub(super) page: u32,
    pub(super) select: Option<Vec<String>>,
    pub(super) ids: Option<Vec<String>>,
    /// Seconds on the simulator's clock.
    pub(super) issued: i64,
    pub(super) epoch: u64,
}

impl Round {
    pub(super) fn items(
        &self,
        directory: &Directory,
        selection: &Selection,
        now: Timestamp,
        minimal: bool,
        untracked: &[&str],
    ) -> Vec<Map<String, Value>> {
        let changes = directory.changes().first(self.to);
        let (before, after) = (versions(changes.get(..self.from).unwrap_or(changes)), versions(changes));
        let restorable: HashSet<&str> = directory.deleted(now).map(|user| user.id.as_str()).collect();
        let mut seen = HashSet::new();
        let places = changes.iter().skip(if self.full { 0 } else { self.from }).map(|change| change.place);
        let mut items = Vec::new();
        for place in places.filter(|place| seen.insert(*place)) {
            let version =
                |versions: &HashMap<usize, usize>| directory.version(place, versions.get(&place)?.checked_sub(1)?);
            let old = if self.full { None } else { version(&before) };
            let Some(id) = directory.id_at(place).filter(|id| self.wants(id)) else {
                continue;
            };
            match version(&after) {
                Some(new) => items.extend(changed(selection, old, new, minimal, untracked)),
                None if self.full => {}
                None => {
                    let reason = if restorable.contains(id) { "changed" } else { "deleted" };
                    items.push(Map::from_iter([
                        ("id".to_owned(), json!(id)),
                        ("@removed".to_owned(), json!({ "reason": reason })),
                    ]));
                }
            }
        }
        items
    }

    fn wants(&self, id: &str) -> bool {
        self.ids.as_ref().is_none_or(|ids| ids.iter().any(|known| known.eq_ignore_ascii_case(id)))
    }
}

/// How many versions each user had after these changes.
fn versions(changes: &[Change]) -> HashMap<usize, usize> {
    changes.iter().map(|change| (change.place, change.versions)).collect()
}

/// A user as it is listed, or nothing if no property that is asked for and tracked has changed.
fn changed(
    selection: &Selection,
    old: Option<&User>,
    new: &User,
    minimal: bool,
    untracked: &[&str],
) -> Option<Map<String, Value>> {
    let mut shown = selection.show(new);
    if let Some(old) = old {
        let before = selection.show(old);
        let differs = |name: &String, value: &Value| before.get(name) != Some(value);
        if !shown.iter().any(|(name, value)| differs(name, value) && !untracked.contains(&name.as_str())) {
            // Nothing at all has changed: that is a replay.
            return (old == new).then(|| with_id(shown, new));
        }
        if minimal {
            shown.retain(|name, value| differs(name, value));
        }
    }
    Some(with_id(shown, new))
}

/// The id comes whether it is selected or not.
fn with_id(mut shown: Map<String, Value>, user: &User) -> Map<String, Value> {
    shown.insert("id".to_owned(), json!(user.id));
    shown
}
