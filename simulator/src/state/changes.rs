//! Which user changed after which: what a delta query goes by.

use std::time::{Duration, Instant};

/// One change of one user.
#[derive(Debug)]
pub(crate) struct Change {
    /// The user's place in the directory.
    pub(crate) place: usize,
    /// How many versions the user had from then on.
    pub(crate) versions: usize,
    /// None: it was always so.
    at: Option<Instant>,
}

#[derive(Debug, Default)]
pub(crate) struct Changes(Vec<Change>);

impl Changes {
    pub(super) fn enter(&mut self, place: usize, versions: usize, old: bool) {
        let at = (!old).then(Instant::now);
        self.0.push(Change { place, versions, at });
    }

    /// The first so many changes.
    pub(crate) fn first(&self, count: usize) -> &[Change] {
        self.0.get(..count).unwrap_or(&self.0)
    }

    /// How many changes a view shows that runs so far behind.
    pub(crate) fn seen(&self, lag: Duration) -> usize {
        let young = |change: &Change| change.at.is_some_and(|at| at.elapsed() < lag);
        self.0.iter().position(young).unwrap_or(self.0.len())
    }
}
