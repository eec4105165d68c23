//! What those who act know of it: when they asked for what, and when they were answered.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::oracle::life::{Blind, Deed, Rules, What};
use super::oracle::time::{Course, Moment, Span};

/// The one clock of a life. Graph's is hours behind it.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    began: Timestamp,
    graph_is_behind: SignedDuration,
}

impl Clock {
    /// A clock that begins now, of a life in which Graph's clock is so many seconds behind.
    pub fn starts(graph_is_behind: i64) -> Self {
        Self { began: Timestamp::now(), graph_is_behind: SignedDuration::from_secs(graph_is_behind) }
    }

    /// Now.
    pub fn now(&self) -> Moment {
        self.of(Timestamp::now())
    }

    /// A time of this machine.
    pub fn of(&self, at: Timestamp) -> Moment {
        i64::try_from(at.duration_since(self.began).as_millis()).unwrap_or(Moment::MAX)
    }

    /// A time on Graph's clock.
    pub fn of_graph(&self, at: Timestamp) -> Moment {
        self.of(at.checked_add(self.graph_is_behind).unwrap_or(at))
    }
}

/// Everything that was done.
#[derive(Debug)]
pub struct Log {
    pub clock: Clock,
    /// When a version of an object was written, by its resource version.
    pub written: HashMap<String, Span>,
    /// When an object went, by its uid, where that was seen by who had it go.
    pub gone: HashMap<String, Span>,
    /// The uids of claims whose finalizer was taken off.
    pub forced: HashSet<String>,
    pub deeds: Vec<Deed>,
    pub rules: Course<Rules>,
    pub labels: Vec<(String, Course<bool>)>,
    pub blind: Vec<Blind>,
    /// How often what was done.
    pub done: BTreeMap<&'static str, usize>,
}

impl Log {
    /// Nothing yet.
    pub fn new(clock: Clock) -> Self {
        let (written, gone, forced, deeds, rules) = Default::default();
        let (labels, blind, done) = Default::default();
        Self { clock, written, gone, forced, deeds, rules, labels, blind, done }
    }

    /// Counts something.
    pub fn count(&mut self, what: &'static str) {
        *self.done.entry(what).or_default() += 1;
    }

    /// Since `from` until now.
    pub fn since(&self, from: Moment) -> Span {
        Span { from, to: self.clock.now() }
    }

    /// Notes what was done with a user just now.
    pub fn deed(&mut self, user: &str, what: What) {
        self.deeds.push(Deed { at: self.clock.now(), user: user.to_owned(), what });
    }

    /// Notes that the operator may have gone by an old view since `from`, and may for `tail` milliseconds more.
    pub fn blind(&mut self, from: Moment, frozen: bool, tail: Moment) {
        let span = Span { from, to: self.clock.now() + tail };
        self.blind.push(Blind { span, frozen });
    }
}
