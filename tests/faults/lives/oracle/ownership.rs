//! A person passes only to a claim that may have them, and only from one that has ended, was given up, or is gone. From one that
//! vanished with something to undo nobody but its own namespace takes them.

use super::Wrong;
use super::life::{Claim, Existing, Life, Policy, Record, Wish};
use super::person::Person;
use super::time::Span;

/// Each change of hands that was wrong.
pub fn judge(life: &Life, person: &Person<'_>) -> Vec<Wrong> {
    let none = Record::default();
    let mut before = &none;
    let mut wrong = Vec::new();
    for (began, record) in person.records() {
        let (had, has) = (owner(before), owner(record));
        if has.is_some() && has != had {
            wrong.extend(why_wrong(life, person, *began, before, record).map(|why| Wrong::new(person, began.to, why)));
        }
        before = record;
    }
    wrong
}

fn owner(record: &Record) -> Option<&str> {
    record.owner.as_ref()?.2.as_deref()
}

fn why_wrong(life: &Life, person: &Person<'_>, began: Span, before: &Record, record: &Record) -> Option<&'static str> {
    let window = Span { to: began.to, ..life.seen(began.from) };
    let taker = person.claim(owner(record)?);
    let Some(taker) = taker else { return Some("a person given to a claim that never was") };
    // Whoever takes the address of somebody who is gone takes nobody.
    let passes =
        before.user.as_ref().filter(|user| !person.is_deleted(user, began.to) || record.user.as_ref() == Some(user));
    let enough = |wish: &Wish| match passes {
        Some(user) => person.right(taker, wish, user) >= Existing::Manage,
        None => true,
    };
    // Another name of the namespace takes its guest as they are, also when its own time is over: that is the end of them then.
    let own = passes.is_some_and(|user| person.made_in(user) == Some(&taker.namespace));
    if !life.stands(taker, window).any(|wish| enough(wish) && own) && !life.entitled(taker, window).any(enough) {
        return Some("a person given to a claim that may not have them");
    }
    let had = person.claim(owner(before)?).filter(|_| !before.is_vacant())?;
    if !had.wishes.may(window, |wish| wish.as_ref().is_none_or(|wish| wish.deleting)) {
        return Some("a person taken from a claim that stands");
    }
    let undone = before.policy != Policy::Retain && vanished(had);
    (undone && had.namespace != taker.namespace).then_some("a person taken over whose claim vanished")
}

/// Whether the claim went without being deleted.
fn vanished(claim: &Claim) -> bool {
    let gone = claim.wishes.last().is_some_and(Option::is_none);
    gone && !claim.wishes.iter().any(|(_, wish)| wish.as_ref().is_some_and(|wish| wish.deleting))
}
