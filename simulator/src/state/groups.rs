//! The groups of one tenant and who belongs to them.
//! A membership is never forgotten, only ended, so that a view that lags can still see it.

use std::time::{Duration, Instant};

use super::group::Group;

#[derive(Debug, Default)]
pub(crate) struct Groups {
    groups: Vec<Group>,
    memberships: Vec<Membership>,
}

#[derive(Debug)]
struct Membership {
    group: String,
    member: String,
    /// Joined or left, and when (none: from ever).
    changes: Vec<(Option<Instant>, bool)>,
}

impl Membership {
    fn holds(&self, lag: Duration) -> bool {
        let seen = |(from, _): &&(Option<Instant>, bool)| from.is_none_or(|from| from.elapsed() >= lag);
        self.changes.iter().rev().find(seen).is_some_and(|(_, joined)| *joined)
    }
}

impl Groups {
    pub(crate) fn add(&mut self, group: Group) {
        self.groups.push(group);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id.eq_ignore_ascii_case(id))
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Group> {
        self.groups.iter_mut().find(|group| group.id.eq_ignore_ascii_case(id))
    }

    /// By id or display name.
    pub(crate) fn find(&self, key: &str) -> Option<&Group> {
        self.get(key).or_else(|| self.groups.iter().find(|group| group.display_name == key))
    }

    pub(crate) fn delete(&mut self, id: &str) {
        self.groups.retain(|group| group.id != id);
        self.memberships.retain(|membership| membership.group != id);
    }

    /// Ends or begins a membership; an `old` one was always there. False: nothing had to be changed.
    pub(crate) fn set(&mut self, group: &str, member: &str, joined: bool, old: bool) -> bool {
        let at = (!old).then(Instant::now);
        let known = self.memberships.iter_mut().find(|known| known.group == group && known.member == member);
        match known {
            Some(known) if known.holds(Duration::ZERO) == joined => false,
            Some(known) => {
                known.changes.push((at, joined));
                true
            }
            None if !joined => false,
            None => {
                let membership =
                    Membership { group: group.to_owned(), member: member.to_owned(), changes: vec![(at, joined)] };
                self.memberships.push(membership);
                true
            }
        }
    }

    pub(crate) fn has(&self, group: &str, member: &str) -> bool {
        self.memberships
            .iter()
            .any(|known| known.group == group && known.member == member && known.holds(Duration::ZERO))
    }

    /// The ids of a group's members as they were a while ago, each with its place in the order of joining.
    pub(crate) fn members(&self, group: &str, lag: Duration) -> impl Iterator<Item = (usize, &str)> {
        let placed = self.memberships.iter().enumerate();
        placed
            .filter(move |(_, known)| known.group == group && known.holds(lag))
            .map(|(place, known)| (place, known.member.as_str()))
    }

    /// The groups that somebody belonged to a while ago.
    pub(crate) fn of(&self, member: &str, lag: Duration) -> impl Iterator<Item = (usize, &Group)> {
        let placed = self.memberships.iter().enumerate();
        placed
            .filter(move |(_, known)| known.member == member && known.holds(lag))
            .filter_map(|(place, known)| Some((place, self.get(&known.group)?)))
    }
}
