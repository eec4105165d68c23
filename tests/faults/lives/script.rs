//! What happens in a life, act by act, as a seed decides it: a pure function of the seed and the size. It knows what people have
//! declared and not what became of it, so the same seed tells the same story, whatever the timing does to it.

use fastrand::Rng;

use super::oracle::life::{Existing, Rules};
use super::replicas::lease;
use super::spec::Spec;
use super::trouble::Trouble;

/// How many teams there are, each with a namespace.
const TEAMS: usize = 20;

/// How many acts a claim is left alone after it was taken away, so that it is gone when it is declared again.
const REST: usize = 25;

/// How many acts a change of the rules stands.
const STANDS: usize = 20;

/// How much happens.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How many people there are.
    pub people: usize,
    /// How many acts.
    pub acts: usize,
    /// After so many acts the leader is killed, or frozen for longer than its lease.
    pub kills: usize,
    /// Whether the life has two halves with a rest between. In the second the leader lives on.
    pub long: bool,
}

/// The people, and all that happens.
#[derive(Clone, Debug)]
pub struct Script {
    pub people: Vec<Person>,
    pub steps: Vec<Step>,
}

/// One person.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub address: String,
    /// What they are in the directory before anybody claims them.
    pub found: Option<Found>,
}

/// What somebody else has made of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Pending,
    Accepted,
    Member,
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Act(Act),
    Trouble(Trouble),
    /// All is mended, and everybody waits until all is at rest.
    Rest,
}

/// A GuestInvitation by its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    pub namespace: String,
    pub name: String,
}

/// What somebody does.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    Declare {
        name: Name,
        address: String,
        spec: Spec,
    },
    Edit {
        name: Name,
        spec: Spec,
    },
    Suspend {
        name: Name,
        suspend: bool,
    },
    Delete {
        name: Name,
    },
    /// Declares under another name, in the same namespace or not, and deletes the old one: after it, or before.
    Pass {
        from: Name,
        to: Name,
        address: String,
        spec: Spec,
        old_first: bool,
    },
    Resend {
        name: Name,
        value: String,
    },
    Reset {
        name: Name,
        value: String,
    },
    Forge {
        name: Name,
        how: usize,
    },
    /// Has it vanish without anybody seeing it being deleted.
    Vanish {
        name: Name,
    },
    /// Deletes it and takes the finalizer off.
    ForceOff {
        name: Name,
    },
    /// Declares what has vanished anew, with the status that it had.
    Restore {
        name: Name,
    },
    Redeem {
        address: String,
    },
    Disable {
        address: String,
    },
    Leave {
        address: String,
    },
    Rules(Rules),
    Label {
        namespace: String,
        label: bool,
    },
}

impl Act {
    /// What it is called in the counts.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Declare { .. } => "declared",
            Self::Edit { .. } => "edited",
            Self::Suspend { suspend: true, .. } => "suspended",
            Self::Suspend { .. } => "resumed",
            Self::Delete { .. } => "deleted",
            Self::Pass { from, to, .. } if from.namespace == to.namespace => "renamed",
            Self::Pass { .. } => "moved",
            Self::Resend { .. } => "asked to resend",
            Self::Reset { .. } => "asked to reset",
            Self::Forge { .. } => "forged statuses",
            Self::Vanish { .. } => "vanished",
            Self::ForceOff { .. } => "forced off",
            Self::Restore { .. } => "restored",
            Self::Redeem { .. } => "redeemed",
            Self::Disable { .. } => "disabled by others",
            Self::Leave { .. } => "deleted by others",
            Self::Rules(_) => "changes of the rules",
            Self::Label { .. } => "changes of labels",
        }
    }
}

/// The namespaces of all teams.
pub fn namespaces() -> Vec<String> {
    (0..TEAMS).map(|n| format!("team-{n}")).collect()
}

/// A life by this seed.
pub fn script(seed: u64, size: Size) -> Script {
    let mut writer = Writer::new(seed, size);
    for n in 0..size.acts {
        writer.step(n);
    }
    writer.put_back();
    Script { people: writer.people, steps: writer.steps }
}

struct Declared {
    name: Name,
    person: usize,
    spec: Spec,
    state: State,
    since: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Stands,
    Deleted,
    Vanished,
}

struct Writer {
    rng: Rng,
    size: Size,
    people: Vec<Person>,
    steps: Vec<Step>,
    claims: Vec<Declared>,
    /// How many people somebody has claimed so far.
    claimed: usize,
    made: usize,
    /// Since when the rules are not the open ones.
    ruled: Option<usize>,
    unlabelled: Vec<(usize, String)>,
    kills: usize,
}

impl Writer {
    fn new(seed: u64, size: Size) -> Self {
        let mut rng = Rng::with_seed(seed);
        let person = |n: usize, rng: &mut Rng| {
            let domain = if n.is_multiple_of(2) { "fabrikam.com" } else { "adatum.com" };
            let found = match rng.u8(..100) {
                0..=8 => Some(Found::Pending),
                9..=17 => Some(Found::Accepted),
                18..=20 => Some(Found::Member),
                _ => None,
            };
            Person { address: format!("p{n}@{domain}"), found }
        };
        let people = (0..size.people).map(|n| person(n, &mut rng)).collect();
        let (steps, claims, unlabelled) = Default::default();
        Self { rng, size, people, steps, claims, claimed: 0, made: 0, ruled: None, unlabelled, kills: 0 }
    }

    fn step(&mut self, n: usize) {
        self.put_back_what_stood(n);
        let half = self.size.acts / 2;
        if self.size.long && n == half {
            self.steps.push(Step::Rest);
        }
        let first_half = !self.size.long || n < half;
        if n % self.size.kills == self.size.kills - 1 && first_half {
            self.steps.push(Step::Trouble(Trouble::of_the_leader(self.kills, lease(self.size.long), &mut self.rng)));
            self.kills += 1;
        } else if self.rng.u8(..100) < 12 {
            let trouble = Trouble::any(&mut self.rng);
            self.steps.push(Step::Trouble(trouble));
        }
        // Somebody new, as long as there is anybody: all of them by the middle of the life.
        let due = (self.people.len() * 2 * (n + 1) / self.size.acts.max(1)).min(self.people.len());
        let fresh = self.claimed < due && (self.claims.is_empty() || self.rng.u8(..100) < 85);
        let act = if fresh { Some(self.fresh(n)) } else { self.change(n) };
        self.steps.extend(act.map(Step::Act));
    }

    fn fresh(&mut self, n: usize) -> Act {
        let person = self.claimed;
        self.claimed += 1;
        let namespace = self.team();
        self.declare(person, namespace, n)
    }

    fn team(&mut self) -> String {
        format!("team-{}", self.rng.usize(..TEAMS))
    }

    fn declare(&mut self, person: usize, namespace: String, n: usize) -> Act {
        self.made += 1;
        let name = Name { namespace, name: format!("g{}", self.made) };
        let spec = Spec::any(&mut self.rng, self.size.long);
        self.claims.push(Declared { name: name.clone(), person, spec: spec.clone(), state: State::Stands, since: n });
        Act::Declare { name, address: self.people[person].address.clone(), spec }
    }

    /// One of the claims that are like this.
    fn one(&mut self, state: State, older_than: usize) -> Option<usize> {
        let fits = |claim: &Declared| claim.state == state && claim.since <= older_than;
        let all: Vec<usize> = (0..self.claims.len()).filter(|at| fits(&self.claims[*at])).collect();
        (!all.is_empty()).then(|| all[self.rng.usize(..all.len())])
    }

    fn change(&mut self, n: usize) -> Option<Act> {
        let kind = self.rng.u8(..110);
        let rested = n.saturating_sub(REST);
        if let 58..=65 = kind {
            return self.again(State::Deleted, rested, n);
        }
        if let 66..=70 = kind {
            let at = self.one(State::Vanished, n.saturating_sub(5))?;
            self.claims[at].state = State::Stands;
            self.claims[at].since = n;
            return Some(Act::Restore { name: self.claims[at].name.clone() });
        }
        if let 103..=105 = kind {
            return self.rule(n);
        }
        if let 106..=109 = kind {
            return self.unlabel(n);
        }
        let at = self.one(State::Stands, n)?;
        let (name, address) = (self.claims[at].name.clone(), self.people[self.claims[at].person].address.clone());
        let value = format!("{n}");
        Some(match kind {
            0..=12 => {
                let (person, namespace) = (self.claims[at].person, self.team());
                self.declare(person, namespace, n)
            }
            13..=22 => {
                let spec = self.claims[at].spec.edited(&mut self.rng);
                self.claims[at].spec = spec.clone();
                Act::Edit { name, spec }
            }
            23..=28 => {
                let suspend = !self.claims[at].spec.suspend;
                self.claims[at].spec.suspend = suspend;
                Act::Suspend { name, suspend }
            }
            29..=39 => {
                self.leaves(at, State::Deleted, n);
                Act::Delete { name }
            }
            40..=45 => self.pass(at, name.namespace.clone(), n),
            46..=51 => {
                let namespace = self.team();
                self.pass(at, namespace, n)
            }
            52..=57 => Act::Resend { name, value },
            71..=73 => Act::Reset { name, value },
            74..=81 => Act::Forge { name, how: self.rng.usize(..) },
            82..=84 => {
                self.leaves(at, State::Vanished, n);
                Act::Vanish { name }
            }
            85..=86 => {
                self.leaves(at, State::Deleted, n);
                Act::ForceOff { name }
            }
            87..=97 => Act::Redeem { address },
            98..=99 => Act::Disable { address },
            _ => Act::Leave { address },
        })
    }

    fn leaves(&mut self, at: usize, state: State, n: usize) {
        self.claims[at].state = state;
        self.claims[at].since = n;
    }

    fn again(&mut self, state: State, older_than: usize, n: usize) -> Option<Act> {
        let at = self.one(state, older_than)?;
        self.leaves(at, State::Stands, n);
        if self.rng.bool() {
            self.claims[at].spec = Spec::any(&mut self.rng, self.size.long);
        }
        let Declared { name, person, spec, .. } = &self.claims[at];
        Some(Act::Declare { name: name.clone(), address: self.people[*person].address.clone(), spec: spec.clone() })
    }

    fn pass(&mut self, at: usize, namespace: String, n: usize) -> Act {
        let (from, person, old) = (self.claims[at].name.clone(), self.claims[at].person, self.claims[at].spec.clone());
        self.leaves(at, State::Deleted, n);
        self.made += 1;
        let to = Name { namespace, name: format!("g{}", self.made) };
        let spec = if self.rng.u8(..4) > 0 { old } else { Spec::any(&mut self.rng, self.size.long) };
        let state = State::Stands;
        self.claims.push(Declared { name: to.clone(), person, spec: spec.clone(), state, since: n });
        Act::Pass { from, to, address: self.people[person].address.clone(), spec, old_first: self.rng.bool() }
    }

    fn rule(&mut self, n: usize) -> Option<Act> {
        if self.ruled.is_some() {
            return None;
        }
        self.ruled = Some(n);
        let rules = Rules::open();
        Some(Act::Rules(match self.rng.u8(..8) {
            0 => Rules { labelled: true, ..rules },
            1 => Rules { domain: Some("fabrikam.com".into()), ..rules },
            2 => Rules { groups: false, ..rules },
            3 => Rules { profile: false, ..rules },
            4 => Rules { sponsors: false, ..rules },
            5 => Rules { deletes: false, ..rules },
            6 => Rules { links: false, ..rules },
            _ => Rules { existing: [Existing::Follow, Existing::Manage][self.rng.usize(..2)], ..rules },
        }))
    }

    fn unlabel(&mut self, n: usize) -> Option<Act> {
        let namespace = self.team();
        if self.unlabelled.iter().any(|(_, name)| *name == namespace) {
            return None;
        }
        self.unlabelled.push((n, namespace.clone()));
        Some(Act::Label { namespace, label: false })
    }

    fn put_back_what_stood(&mut self, n: usize) {
        if self.ruled.is_some_and(|since| n >= since + STANDS) {
            self.ruled = None;
            self.steps.push(Step::Act(Act::Rules(Rules::open())));
        }
        while let Some((since, namespace)) = self.unlabelled.first().cloned() {
            if n < since + 2 * STANDS {
                break;
            }
            self.unlabelled.remove(0);
            self.steps.push(Step::Act(Act::Label { namespace, label: true }));
        }
    }

    /// In the end all is allowed again in three lives of four, so that nobody has an excuse.
    fn put_back(&mut self) {
        if self.rng.u8(..4) > 0 && self.ruled.is_some() {
            self.steps.push(Step::Act(Act::Rules(Rules::open())));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const SIZE: Size = Size { people: 200, acts: 3_000, kills: 100, long: true };

    #[test]
    fn a_seed_tells_the_same_story_and_another_seed_another() {
        let (one, again, other) = (script(1, SIZE), script(1, SIZE), script(2, SIZE));
        assert!(one.people == again.people && one.steps == again.steps);
        assert!(one.steps != other.steps);
    }

    #[test]
    fn everything_happens_to_everybody() {
        let script = script(7, SIZE);
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        let mut claimed = std::collections::BTreeSet::new();
        for step in &script.steps {
            if let Step::Act(act) = step {
                *kinds.entry(act.kind()).or_default() += 1;
                if let Act::Declare { address, .. } = act {
                    claimed.insert(address.clone());
                }
            }
        }
        assert_eq!(kinds.len(), 18, "{kinds:?}");
        assert_eq!(claimed.len(), 200);
        let found = script.people.iter().filter(|person| person.found.is_some()).count();
        assert!((10..100).contains(&found), "{found}");
    }
}
