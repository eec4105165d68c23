//! The oracle: says of a life what was wrong in it. It is a pure function of what was witnessed, and shares no code with the operator.

mod at_rest;
mod authority;
mod ends;
pub mod life;
mod mails;
mod ownership;
mod person;
mod rules;
#[cfg(test)]
mod tests;
pub mod time;
mod told;

use std::fmt;

use life::Life;
pub use mails::Cause;
use person::Person;
use time::Moment;

/// Something that must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The person's address; empty where it is about nobody.
    pub address: String,
    pub at: Moment,
    pub why: String,
}

impl Wrong {
    fn new(person: &Person<'_>, at: Moment, why: impl Into<String>) -> Self {
        Self { address: person.address.to_owned(), at, why: why.into() }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.address, self.at, self.why)
    }
}

/// What the oracle says.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    pub wrong: Vec<Wrong>,
    /// Why each mail was right that was.
    pub causes: Vec<Cause>,
}

/// Judges a life.
pub fn judge(life: &Life) -> Verdict {
    let (persons, strange) = life.persons();
    let mut verdict = Verdict::default();
    for person in &persons {
        let (wrong, causes) = mails::judge(life, person);
        verdict.wrong.extend(wrong);
        verdict.causes.extend(causes);
        for rule in [authority::judge, ends::judge, ownership::judge, at_rest::judge] {
            verdict.wrong.extend(rule(life, person));
        }
    }
    let whose = |what: &str| persons.iter().map(|person| person.address).find(|address| what.contains(address));
    let strangers = strange.iter().map(|request| (request.at, format!("{:?}: nobody was ever heard of", request.call)));
    verdict.wrong.extend(strangers.map(|(at, why)| Wrong { address: String::new(), at, why }));
    verdict.wrong.extend(life.end.unrest.iter().map(|what| {
        let address = whose(what).unwrap_or_default().to_owned();
        Wrong { address, at: life.end.at, why: format!("not at rest: {what}") }
    }));
    verdict
}

/// All that was witnessed of one person, in order, for a reader who wants to know how it came to something wrong.
pub fn account(life: &Life, address: &str) -> String {
    let (persons, _) = life.persons();
    persons
        .iter()
        .find(|person| person.address == address)
        .map(|person| told::account(life, person))
        .unwrap_or_default()
}
