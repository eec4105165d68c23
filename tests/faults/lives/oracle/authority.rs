//! Nothing is asked of Graph for a person without a claim that may ask for it at that time. Ends have a file of their own.

use super::Wrong;
use super::life::{Call, Claim, Deed, Existing, Life, Policy, Record, Request, What, Wish, Worked};
use super::person::Person;
use super::time::Span;

/// What was asked for without authority.
pub fn judge(life: &Life, person: &Person<'_>) -> Vec<Wrong> {
    let wrong = |request: &&&Request| unfounded(life, person, request).map(|why| Wrong::new(person, request.at, why));
    person.requests.iter().filter_map(|request| wrong(&request)).collect()
}

fn unfounded(life: &Life, person: &Person<'_>, request: &Request) -> Option<&'static str> {
    let (live, seen) = (life.live(request.at), life.seen(request.at));
    let may = |window: Span, so: &dyn Fn(&Claim, &Wish) -> bool| {
        person.claims.iter().any(|claim| life.entitled(claim, window).any(|wish| so(claim, wish)))
    };
    let manages = |user: &str, window: Span, so: &dyn Fn(&Wish) -> bool| {
        may(window, &|claim, wish| so(wish) && person.right(claim, wish, user) >= Existing::Manage)
    };
    match &request.call {
        Call::Invite { resets: Some(user), .. } => {
            (!manages(user, live, &|wish| wish.reset.is_some())).then_some("a reset for which no claim may ask")
        }
        // What mails is read live before. The question whether a mail left is not, and makes the user that it finds missing.
        Call::Invite { mails: true, .. } => {
            (!may(live, &|_, wish| wish.mails)).then_some("an invitation for no claim that may ask for it")
        }
        Call::Invite { mails: false, .. } => (!may(seen, &|_, _| true) && !settles(life, person, seen))
            .then_some("an invitation without a mail for no claim that may ask for it"),
        Call::Restore { user } => (!manages(user, live, &|_| true)).then_some("a user restored for no claim that may"),
        Call::Enable { user, enabled: true } => {
            if !manages(user, live, &|_| true) {
                return Some("a user enabled for no claim that may");
            }
            (!disabled_by_operator(person, user, request)).then_some("a user enabled whom somebody else had disabled")
        }
        Call::Update { user } => (!manages(user, seen, &|_| true)).then_some("a user changed for no claim that may"),
        Call::Join { user, group } => {
            let wants = |wish: &Wish| wish.groups.contains(group);
            (!may(seen, &|_, wish| wants(wish)) && !retains(life, person, user, seen, &wants))
                .then_some("a user joined to a group that no claim may ask for")
        }
        Call::Sponsor { user, added: true } => {
            let wants = |wish: &Wish| wish.sponsors;
            (!manages(user, seen, &wants) && !retains(life, person, user, seen, &wants))
                .then_some("a sponsor for no claim that may ask for one")
        }
        // What was about to be added, and perhaps never was, is taken away like what was added. That does nothing where nothing is.
        Call::Leave { .. } | Call::Sponsor { added: false, .. } if request.worked == Worked::No => None,
        Call::Leave { user, group } => {
            let joined = |call: &Call| matches!(call, Call::Join { user: of, group: to } if of == user && to == group);
            let ours = asked_before(person, request, joined)
                || was_to_be_added(life, person, request, &|wish| wish.groups.contains(group));
            (!ours).then_some("a user taken out of a group that others put them into")
        }
        Call::Sponsor { user, added: false } => {
            let added = |call: &Call| matches!(call, Call::Sponsor { user: of, added: true } if of == user);
            let ours =
                asked_before(person, request, added) || was_to_be_added(life, person, request, &|wish| wish.sponsors);
            (!ours).then_some("a sponsor taken away whom others gave")
        }
        Call::Delete { .. } | Call::Enable { enabled: false, .. } => None,
    }
}

/// Whether an attempt is open of a claim that may ask, but for its time, which may be over by now: what became of it is found out all the same.
fn settles(life: &Life, person: &Person<'_>, window: Span) -> bool {
    person.claims.iter().any(|claim| {
        let open = |record: &Record| {
            let owner = record.owner.as_ref().and_then(|(_, _, uid)| uid.as_ref());
            owner == Some(&claim.uid) && record.open
        };
        person.guest.is_some_and(|guest| guest.records.may(window, open)) && life.stands(claim, window).next().is_some()
    })
}

/// Whether this is what an owner declared whose time is over, and who leaves the person as declared: that is done before the end is written
/// down.
fn retains(life: &Life, person: &Person<'_>, user: &str, window: Span, wants: &dyn Fn(&Wish) -> bool) -> bool {
    person.claims.iter().any(|claim| {
        let open = |record: &Record| {
            let owner = record.owner.as_ref().and_then(|(_, _, uid)| uid.as_ref());
            owner == Some(&claim.uid) && record.user.as_deref() == Some(user) && record.state != "Ended"
        };
        person.guest.is_some_and(|guest| guest.records.may(window, open))
            && life.stands(claim, window).any(|wish| wish.policy == Policy::Retain && wants(wish))
    })
}

/// Whether a claim had declared it before, and what was asked need not have done anything: the operator may have been about to add it, and
/// was cut off from Graph.
fn was_to_be_added(life: &Life, person: &Person<'_>, request: &Request, wants: &dyn Fn(&Wish) -> bool) -> bool {
    let before = Span { from: 0, to: request.at };
    let wanted = || person.claims.iter().any(|claim| life.stands(claim, before).any(wants));
    request.worked == Worked::Perhaps && wanted()
}

/// Whether the operator itself asked for this before. Of a request that came to nothing it need not have heard so; to take back what it asked
/// for is right then, as long as that has not certainly taken something away.
fn asked_before(person: &Person<'_>, request: &Request, asked: impl Fn(&Call) -> bool) -> bool {
    let counts = |before: &Request| before.worked != Worked::No || request.worked == Worked::Perhaps;
    person.requests.iter().any(|before| before.at <= request.at && counts(before) && asked(&before.call))
}

/// Whether it was the operator who disabled the account since anybody else last did. Whoever disables it in the same moment cannot be told
/// from the operator, and neither can one who does so while the Guest says that the operator is about to.
fn disabled_by_operator(person: &Person<'_>, user: &str, request: &Request) -> bool {
    let disabled = |deed: &&Deed| deed.user == user && deed.at <= request.at && deed.what == What::Disabled;
    let begun = |deed: &&Deed| {
        let of_user = |record: &Record| record.disabling && record.user.as_deref() == Some(user);
        person.guest.is_some_and(|guest| guest.records.may(Span::at(deed.at), of_user))
    };
    let (own, others): (Vec<&Deed>, Vec<&Deed>) = person.deeds.iter().copied().filter(disabled).partition(begun);
    let others = others.into_iter().map(|deed| deed.at).max();
    let disables = |call: &Call| matches!(call, Call::Enable { user: of, enabled: false } if of == user);
    let asked = person.requests.iter().filter(|before| before.at <= request.at && disables(&before.call));
    let own = asked.map(|before| life_end(before)).chain(own.iter().map(|deed| deed.at)).max();
    own.is_some_and(|own| others.is_none_or(|others| others <= own))
}

/// When the work of a request may have been done at the latest.
fn life_end(request: &Request) -> super::time::Moment {
    request.at + 4_000
}
