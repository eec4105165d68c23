//! Nobody is mailed twice: one mail unasked for each user that an invitation has made, and one for each thing that somebody asked for.
//! Whoever was there before is mailed only when a claim asks that is allowed more than to follow; whoever has accepted, only for a reset.

use std::collections::{HashMap, HashSet};

use super::Wrong;
use super::life::{Claim, Existing, Life, Mail, Wish};
use super::person::Person;
use super::time::{Moment, Span};

/// The clocks of a mail and of the reminder after it are not read at the same moment.
const EARLY: Moment = 5_000;

/// A new value of an annotation that asks for a mail.
struct Ask<'a> {
    from: Moment,
    claim: &'a Claim,
    resets: bool,
    used: bool,
}

/// Why a mail was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The one that everybody gets who is invited.
    Unasked,
    /// Somebody asked for it.
    Asked,
    /// A reminder was declared, and due.
    Reminder,
}

/// What is wrong with the mails of a person, and the causes of those with which nothing is.
pub fn judge(life: &Life, person: &Person<'_>) -> (Vec<Wrong>, Vec<Cause>) {
    let mut asks = asks(person);
    let (mut wrong, mut causes) = (Vec::new(), Vec::new());
    let mut unasked: HashSet<&str> = HashSet::new();
    let mut reminded: HashMap<&str, usize> = HashMap::new();
    let mut last: Option<Moment> = None;
    for mail in &person.mails {
        let window = life.live(mail.at);
        if !mail.resets && person.had_accepted(&mail.user, window) {
            wrong.push(Wrong::new(person, mail.at, "a mail to somebody who has accepted"));
        }
        let first = !mail.resets && is_first(life, person, mail, &unasked, window);
        let cause = if first {
            unasked.insert(&mail.user);
            Some(Cause::Unasked)
        } else if let Some(ask) = asks.iter_mut().find(|ask| allows(life, person, ask, mail, window)) {
            ask.used = true;
            Some(Cause::Asked)
        } else {
            let due = |claim: &&&Claim| is_due(life, person, claim, mail, last, &reminded, window);
            person.claims.iter().find(due).map(|claim| {
                *reminded.entry(claim.uid.as_str()).or_default() += 1;
                Cause::Reminder
            })
        };
        match cause {
            Some(cause) => causes.push(cause),
            None if person.was_there(&mail.user) => {
                wrong.push(Wrong::new(person, mail.at, "a mail to somebody who was there, and nobody may ask for one"));
            }
            None => wrong.push(Wrong::new(person, mail.at, "a mail too many")),
        }
        last = Some(mail.at);
    }
    (wrong, causes)
}

/// Everything that somebody has asked for, in the order in which it was.
fn asks<'a>(person: &Person<'a>) -> Vec<Ask<'a>> {
    let mut asks = Vec::new();
    for claim in &person.claims {
        let (mut resend, mut reset) = (None, None);
        for (began, wish) in claim.wishes.iter() {
            let Some(wish) = wish else { continue };
            for (before, value, resets) in [(&mut resend, &wish.resend, false), (&mut reset, &wish.reset, true)] {
                if value.is_some() && before.as_ref() != value.as_ref() {
                    asks.push(Ask { from: began.from, claim, resets, used: false });
                }
                *before = value.clone();
            }
        }
    }
    asks.sort_by_key(|ask| ask.from);
    asks
}

/// Whether this is the one mail that a user gets unasked: some claim is entitled to have them mailed, and if an earlier user of the
/// address is gone, it is not a claim of the namespace that had that one.
fn is_first<'a>(life: &Life, person: &Person<'a>, mail: &'a Mail, unasked: &HashSet<&'a str>, window: Span) -> bool {
    if person.was_there(&mail.user) || unasked.contains(mail.user.as_str()) {
        return false;
    }
    // Whom another namespace found since is not the maker's any more.
    let before = person.users.iter().take_while(|user| **user != mail.user).last();
    let had = before.and_then(|user| person.last_made_in(user, mail.at));
    person
        .claims
        .iter()
        .filter(|claim| had != Some(claim.namespace.as_str()))
        .any(|claim| life.entitled(claim, window).any(|wish| wish.mails))
}

/// Whether a mail is what was asked for here.
fn allows(life: &Life, person: &Person<'_>, ask: &Ask<'_>, mail: &Mail, window: Span) -> bool {
    let grants = |wish: &Wish| person.right(ask.claim, wish, &mail.user) >= Existing::Manage;
    // With a delivery of one's own the mail after a reset is a request by itself, so either kind of mail may be of either kind of ask.
    !ask.used
        && ask.from <= mail.at
        && (ask.resets || !mail.resets)
        && life.entitled(ask.claim, window).any(|wish| wish.mails && grants(wish))
}

/// Whether a reminder of this claim was due.
fn is_due(
    life: &Life,
    person: &Person<'_>,
    claim: &Claim,
    mail: &Mail,
    last: Option<Moment>,
    reminded: &HashMap<&str, usize>,
    window: Span,
) -> bool {
    let so_far = reminded.get(claim.uid.as_str()).copied().unwrap_or_default();
    life.entitled(claim, window).any(|wish| {
        let due = wish
            .reminders
            .zip(last)
            .is_some_and(|((after, limit), last)| so_far < limit && mail.at - last >= after - EARLY);
        due && wish.mails && person.right(claim, wish, &mail.user) >= Existing::Manage
    })
}
