//! Lives made by hand: one in order, and each thing that must not be, one at a time.

mod at_rest;
mod authority;
mod ends;
mod mails;
mod ownership;
mod rules;

use super::judge;
use super::life::{
    Blind, Call, Claim, Deed, Existing, Guest, Life, Mail, Policy, Record, Request, Rules, Told, User, What, Wish,
    Worked,
};
use super::time::{Course, Moment, Span};

const ANN: &str = "ann@fabrikam.com";
const END: Moment = 100_000;

fn wish() -> Wish {
    Wish { mails: true, ..Wish::default() }
}

fn course<T>(states: impl IntoIterator<Item = (Moment, T)>) -> Course<T> {
    let mut course = Course::default();
    states.into_iter().for_each(|(at, state)| course.push(Span { from: at - 10, to: at }, state));
    course
}

fn claim(namespace: &str, uid: &str, wishes: impl IntoIterator<Item = (Moment, Option<Wish>)>) -> Claim {
    let (namespace, name) = (namespace.to_owned(), format!("of-{uid}"));
    Claim { namespace, name, uid: uid.to_owned(), address: ANN.to_owned(), wishes: course(wishes), forced: false }
}

fn record(namespace: &str, uid: Option<&str>, user: Option<&str>) -> Record {
    Record {
        user: user.map(str::to_owned),
        made_in: user.map(|_| namespace.to_owned()),
        owner: Some((namespace.to_owned(), "of".to_owned(), uid.map(str::to_owned))),
        claims: uid.into_iter().map(str::to_owned).collect(),
        sent: usize::from(user.is_some()),
        state: "Invited".to_owned(),
        ..Record::default()
    }
}

fn ask(at: Moment, call: Call) -> Request {
    Request { at, call, worked: Worked::Yes }
}

fn invite(at: Moment) -> Request {
    ask(at, Call::Invite { address: ANN.to_owned(), mails: true, resets: None })
}

fn mail(at: Moment, user: &str) -> Mail {
    Mail { at, address: ANN.to_owned(), user: user.to_owned(), resets: false }
}

fn deed(at: Moment, user: &str, what: What) -> Deed {
    Deed { at, user: user.to_owned(), what }
}

fn was_there(user: &str) -> Deed {
    deed(0, user, What::WasThere { address: ANN.to_owned(), member: false, accepted: false })
}

fn user(id: &str) -> User {
    User { id: id.to_owned(), enabled: true, ..User::default() }
}

fn told(uid: &str, reason: &str) -> Told {
    Told { uid: uid.to_owned(), state: "Invited".to_owned(), reason: reason.to_owned(), ..Told::default() }
}

/// Ann is invited by the claim `c` of the namespace `a`, as it says `wish`, and is mailed.
fn invited(wish: Wish) -> Life {
    let mut life = Life::default();
    life.rules.push(Span::at(0), Rules::open());
    life.labels = ["a", "b"].map(|name| (name.to_owned(), course([(10, true)]))).into();
    life.claims.push(claim("a", "c", [(1_000, Some(wish.clone()))]));
    let begun = Record { open: true, ..record("a", Some("c"), None) };
    let sent = Record { policy: wish.policy, ..record("a", Some("c"), Some("u")) };
    let records = course([(1_100, begun), (1_300, sent)]);
    life.guests.push(Guest { name: "ann".into(), address: ANN.into(), records });
    life.requests.push(invite(1_200));
    life.mails.push(mail(1_200, "u"));
    life.end.at = END;
    life.end.users.push(user("u"));
    let (user, guest) = (Some("u".to_owned()), Some("ann".to_owned()));
    life.end.told.push(Told { user, guest, sent: 1, ..told("c", "Invited") });
    life
}

/// The same, and Ann was in the directory before; so nobody has invited her.
fn found(wish: Wish) -> Life {
    let mut life = invited(wish);
    life.deeds.push(was_there("u"));
    life.requests.clear();
    life.mails.clear();
    let found = Record { made_in: None, sent: 0, ..record("a", Some("c"), Some("u")) };
    life.guests[0].records = course([(1_100, found)]);
    life.end.told[0].sent = 0;
    life
}

fn wrong(life: &Life) -> Vec<String> {
    judge(life).wrong.into_iter().map(|wrong| wrong.why).collect()
}

fn nothing_is_wrong(life: &Life) {
    assert_eq!(wrong(life), Vec::<String>::new());
}

fn is_told(life: &Life, words: &str) {
    let told = wrong(life);
    assert!(told.iter().any(|told| told.contains(words)), "{words}: {told:?}");
}

/// `life` with the last wish of its first claim changed at this time.
fn later(mut life: Life, at: Moment, change: impl FnOnce(&mut Wish)) -> Life {
    let mut wish = life.claims[0].wishes.last().cloned().flatten().unwrap();
    change(&mut wish);
    life.claims[0].wishes.push(Span { from: at - 10, to: at }, Some(wish));
    life
}

/// `life` with one more state of the record.
fn recorded(mut life: Life, at: Moment, change: impl FnOnce(&mut Record)) -> Life {
    let mut record = life.guests[0].records.last().cloned().unwrap();
    change(&mut record);
    life.guests[0].records.push(Span { from: at - 10, to: at }, record);
    life
}

/// The claim is deleted at this time, and gone a second later.
fn deleted(life: Life, at: Moment) -> Life {
    let mut life = later(life, at, |wish| wish.deleting = true);
    life.claims[0].wishes.push(Span::at(at + 1_000), None);
    let mut life = recorded(life, at + 900, |record| {
        record.owner = record.owner.take().map(|(namespace, name, _)| (namespace, name, None));
        record.claims.clear();
    });
    life.end.told.remove(0);
    life
}

fn with(mut life: Life, change: impl FnOnce(&mut Life)) -> Life {
    change(&mut life);
    life
}

#[test]
fn a_life_in_order_has_nothing_wrong() {
    nothing_is_wrong(&invited(wish()));
    nothing_is_wrong(&found(wish()));
    let bound = Wish { policy: Policy::Delete, bound: true, ..wish() };
    nothing_is_wrong(&invited(bound));
}
