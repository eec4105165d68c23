//! Lives made by hand: one in order, and each thing that must not be, one at a time.

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

#[test]
fn one_mail_unasked_and_one_for_each_that_is_asked_for() {
    let twice = |life: Life| {
        let life = recorded(life, 20_500, |record| record.sent += 1);
        with(life, |life| {
            life.requests.push(invite(20_000));
            life.mails.push(mail(20_000, "u"));
            life.end.told[0].sent += 1;
        })
    };
    is_told(&twice(invited(wish())), "a mail too many");
    let asked = |value: &str, at: Moment, life: Life| later(life, at, |wish| wish.resend = Some(value.into()));
    nothing_is_wrong(&twice(asked("1", 15_000, invited(wish()))));
    is_told(&twice(twice(asked("1", 15_000, invited(wish())))), "a mail too many");
    nothing_is_wrong(&twice(asked("2", 18_000, twice(asked("1", 15_000, invited(wish()))))));
    is_told(&twice(asked("1", 25_000, invited(wish()))), "a mail too many");
    let reminded = Wish { reminders: Some((15_000, 1)), ..wish() };
    nothing_is_wrong(&twice(invited(reminded.clone())));
    is_told(&twice(twice(invited(reminded))), "a mail too many");
    let accepted = |at: Moment| {
        with(asked("1", 15_000, invited(wish())), |life| {
            life.deeds.push(deed(at, "u", What::Accepted));
            life.end.users[0].accepted = true;
            (life.end.told[0].state, life.end.told[0].reason) = ("Accepted".into(), "Accepted".into());
        })
    };
    is_told(&twice(accepted(10_000)), "somebody who has accepted");
    // In the moment before the mail nobody can know.
    nothing_is_wrong(&twice(accepted(19_000)));
}

#[test]
fn whoever_was_there_is_mailed_only_for_a_claim_that_may_ask() {
    let mailed = |wish: Wish| {
        let life = recorded(later(found(wish), 15_000, |wish| wish.resend = Some("1".into())), 20_500, |record| {
            record.sent += 1;
        });
        with(life, |life| {
            life.requests.push(invite(20_000));
            life.mails.push(mail(20_000, "u"));
            life.end.told[0].sent += 1;
        })
    };
    let manages = Wish { existing: Existing::Manage, ..wish() };
    nothing_is_wrong(&mailed(manages.clone()));
    is_told(&mailed(wish()), "nobody may ask for one");
    let ruled = with(mailed(manages.clone()), |life| {
        life.rules.push(Span::at(5_000), Rules { existing: Existing::Follow, ..Rules::open() });
    });
    is_told(&ruled, "nobody may ask for one");
    let unasked = with(mailed(manages), |life| life.claims[0].wishes = course([(1_000, Some(wish()))]));
    is_told(&unasked, "nobody may ask for one");
}

#[test]
fn whoever_is_gone_is_invited_anew_only_by_another_namespace() {
    let anew = |namespace: &str| {
        let life = recorded(invited(wish()), 10_000, |record| record.user = None);
        let life = recorded(life, 21_000, |record| {
            (record.user, record.made_in, record.sent) = (Some("v".into()), Some(namespace.into()), 2);
        });
        with(life, |life| {
            life.deeds.push(deed(9_000, "u", What::Deleted));
            life.claims.push(claim(namespace, "d", [(15_000, Some(wish()))]));
            life.requests.push(invite(20_000));
            life.mails.push(mail(20_000, "v"));
        })
    };
    is_told(&anew("a"), "a mail too many");
    assert!(!wrong(&anew("b")).iter().any(|told| told.contains("too many")), "{:?}", wrong(&anew("b")));
    // Whom another namespace has found meanwhile is not the maker's any more.
    let mut life = anew("a");
    let mut records = life.guests[0].records.clone();
    std::mem::swap(&mut life.guests[0].records, &mut records);
    life.guests[0].records = course(records.iter().flat_map(|(began, record)| {
        let found = Record { made_in: None, user: Some("u".into()), ..record.clone() };
        let later = (began.to == 1_300).then_some((8_000, found));
        [Some((began.to, record.clone())), later].into_iter().flatten().collect::<Vec<_>>()
    }));
    assert!(!wrong(&life).iter().any(|told| told.contains("too many")), "{:?}", wrong(&life));
}

#[test]
fn nobody_is_ended_without_a_claim_at_its_end_that_may() {
    let bound = |policy: Policy| Wish { policy, bound: true, ..wish() };
    let end = |life: Life, call: Call| {
        with(life, |life| {
            life.requests.push(ask(20_500, call.clone()));
            match call {
                Call::Delete { .. } => life.end.users.clear(),
                _ => life.end.users[0].enabled = false,
            }
        })
    };
    let delete = |life: Life| end(life, Call::Delete { user: "u".into() });
    let disable = |life: Life| end(life, Call::Enable { user: "u".into(), enabled: false });
    nothing_is_wrong(&delete(deleted(invited(bound(Policy::Delete)), 20_000)));
    nothing_is_wrong(&disable(deleted(invited(bound(Policy::Disable)), 20_000)));
    is_told(&delete(invited(bound(Policy::Delete))), "not at its end");
    is_told(&disable(invited(bound(Policy::Disable))), "not at its end");
    is_told(&delete(deleted(invited(wish()), 20_000)), "no claim may end");
    is_told(&delete(deleted(invited(bound(Policy::Disable)), 20_000)), "no claim may end");
    is_told(&delete(deleted(found(bound(Policy::Delete)), 20_000)), "no claim may end");
    let own = Wish { existing: Existing::Own, ..bound(Policy::Delete) };
    nothing_is_wrong(&delete(deleted(found(own.clone()), 20_000)));
    is_told(&delete(deleted(found(Wish { existing: Existing::Manage, ..own }), 20_000)), "no claim may end");
    let suspended = Wish { suspended: true, ..bound(Policy::Delete) };
    is_told(&delete(deleted(invited(suspended), 20_000)), "no claim may end");
    let not_owner = recorded(invited(bound(Policy::Delete)), 5_000, |record| record.owner = None);
    is_told(&delete(deleted(not_owner, 20_000)), "not its claim's");
    let succeeded = with(delete(deleted(invited(bound(Policy::Delete)), 20_000)), |life| {
        life.claims.push(claim("a", "d", [(10_000, Some(wish()))]));
    });
    is_told(&succeeded, "another claim of the namespace wanted");
    let late = with(delete(deleted(invited(bound(Policy::Delete)), 20_000)), |life| {
        life.claims.push(claim("a", "d", [(20_400, Some(wish())), (20_600, None)]));
    });
    nothing_is_wrong(&late);
}

#[test]
fn a_time_that_has_passed_is_an_end() {
    let until = |until: Moment| {
        let wish = Wish { policy: Policy::Delete, bound: true, access_until: Some(until), ..wish() };
        with(invited(wish), |life| {
            life.requests.push(ask(20_000, Call::Delete { user: "u".into() }));
            life.end.users.clear();
            (life.end.told[0].state, life.end.told[0].reason) = ("Withdrawn".into(), "AccessEnded".into());
        })
    };
    nothing_is_wrong(&until(19_000));
    is_told(&until(30_000), "not at its end");
    let expires = Wish { policy: Policy::Disable, bound: true, expires_after: Some(10_000), ..wish() };
    let expired = |accepted: Moment| {
        with(invited(expires.clone()), |life| {
            life.deeds.push(deed(accepted, "u", What::Accepted));
            life.requests.push(ask(20_000, Call::Enable { user: "u".into(), enabled: false }));
            life.end.users[0].enabled = false;
            (life.end.told[0].state, life.end.told[0].reason) = ("Expired".into(), "Expired".into());
        })
    };
    nothing_is_wrong(&expired(50_000));
    is_told(&expired(5_000), "not at its end");
}

#[test]
fn a_claim_that_is_held_has_the_end_that_it_was_entitled_to() {
    let held = |rules: Moment| {
        let wish = Wish { policy: Policy::Delete, bound: true, existing: Existing::Own, ..wish() };
        with(deleted(found(wish), 20_000), |life| {
            life.rules.push(Span::at(rules), Rules { existing: Existing::Follow, ..Rules::open() });
            life.requests.push(ask(20_500, Call::Delete { user: "u".into() }));
            life.end.users.clear();
        })
    };
    nothing_is_wrong(&held(10_000));
    is_told(&held(500), "no claim may end");
}

#[test]
fn every_end_is_carried_out_before_its_claim_goes() {
    let bound = Wish { policy: Policy::Delete, bound: true, ..wish() };
    is_told(&deleted(invited(bound.clone()), 20_000), "without the end");
    nothing_is_wrong(&deleted(invited(wish()), 20_000));
    nothing_is_wrong(&deleted(invited(Wish { bound: false, ..bound.clone() }), 20_000));
    nothing_is_wrong(&with(deleted(invited(bound.clone()), 20_000), |life| life.claims[0].forced = true));
    let by_others = with(deleted(invited(bound.clone()), 20_000), |life| {
        life.deeds.push(deed(15_000, "u", What::Deleted));
        life.end.users.clear();
    });
    nothing_is_wrong(&by_others);
    let restored = with(by_others, |life| life.requests.push(ask(16_000, Call::Restore { user: "u".into() })));
    is_told(&restored, "without the end");
    let vanished = with(invited(bound), |life| {
        life.claims[0].wishes.push(Span::at(20_000), None);
        life.end.told.clear();
    });
    nothing_is_wrong(&recorded(vanished, 20_100, |record| record.state = "Ownerless".into()));
}

#[test]
fn nothing_is_asked_for_without_a_claim_that_may_ask() {
    let asked = |life: Life, call: Call| with(life, |life| life.requests.push(ask(20_000, call)));
    let of = || "u".to_owned();
    let enabled = |enabled: bool| Call::Enable { user: of(), enabled };
    let manages = || Wish { existing: Existing::Manage, ..wish() };
    is_told(&asked(found(wish()), Call::Update { user: of() }), "changed for no claim");
    nothing_is_wrong(&asked(found(manages()), Call::Update { user: of() }));
    is_told(&asked(found(wish()), Call::Restore { user: of() }), "restored for no claim");
    let join = || Call::Join { user: of(), group: "Readers".into() };
    is_told(&asked(invited(wish()), join()), "no claim may ask for");
    let grouped = with(asked(invited(Wish { groups: vec!["Readers".into()], ..wish() }), join()), |life| {
        life.end.users[0].groups.push("Readers".into());
    });
    nothing_is_wrong(&grouped);
    let leave = || Call::Leave { user: of(), group: "Readers".into() };
    is_told(&asked(invited(wish()), leave()), "that others put them into");
    let in_vain = |call: Call| {
        with(invited(wish()), |life| life.requests.push(Request { worked: Worked::No, ..ask(20_000, call) }))
    };
    nothing_is_wrong(&in_vain(leave()));
    nothing_is_wrong(&in_vain(Call::Sponsor { user: of(), added: false }));
    is_told(&asked(invited(wish()), Call::Sponsor { user: of(), added: true }), "a sponsor");
    is_told(&asked(invited(wish()), Call::Sponsor { user: of(), added: false }), "whom others gave");
    is_told(&asked(invited(wish()), Call::Invite { address: ANN.into(), mails: false, resets: Some(of()) }), "a reset");
    let by_others = with(invited(wish()), |life| life.deeds.push(deed(10_000, "u", What::Disabled)));
    is_told(&asked(by_others, enabled(true)), "whom somebody else had disabled");
    let nobodys = with(invited(wish()), |life| life.requests.push(ask(30_000, Call::Update { user: "x".into() })));
    is_told(&nobodys, "nobody was ever heard of");
    let gone = deleted(invited(wish()), 20_000);
    is_told(&with(gone, |life| life.requests.push(invite(60_000))), "for no claim that may ask");
}

#[test]
fn whoever_stood_still_may_act_on_what_was_so_before() {
    let late = with(deleted(invited(wish()), 20_000), |life| life.requests.push(invite(40_000)));
    is_told(&late, "for no claim that may ask");
    let frozen = |frozen: bool| {
        with(late.clone(), |life| life.blind.push(Blind { span: Span { from: 19_000, to: 39_500 }, frozen }))
    };
    nothing_is_wrong(&frozen(true));
    is_told(&frozen(false), "for no claim that may ask");
}

#[test]
fn a_person_passes_only_to_who_may_have_them_from_who_has_ended() {
    let taken = |life: Life, namespace: &str, wish: Wish| {
        let life = recorded(life, 40_000, |record| {
            record.owner = Some((namespace.into(), "of-d".into(), Some("d".into())));
            record.claims = vec!["d".into()];
        });
        with(life, |life| {
            life.claims.push(claim(namespace, "d", [(30_000, Some(wish))]));
            let (user, guest) = (Some("u".to_owned()), Some("ann".to_owned()));
            life.end.told.push(Told { user, guest, sent: 1, ..told("d", "Invited") });
        })
    };
    let vanished = |wish: Wish| {
        with(invited(wish), |life| {
            life.claims[0].wishes.push(Span::at(20_000), None);
            life.end.told.clear();
        })
    };
    is_told(&taken(invited(wish()), "a", wish()), "taken from a claim that stands");
    nothing_is_wrong(&taken(vanished(wish()), "a", wish()));
    is_told(&taken(vanished(wish()), "b", wish()), "may not have them");
    let own = Wish { existing: Existing::Own, ..wish() };
    nothing_is_wrong(&taken(vanished(wish()), "b", own.clone()));
    let undone = Wish { policy: Policy::Delete, bound: true, ..wish() };
    is_told(&taken(vanished(undone), "b", own), "whose claim vanished");
}

#[test]
fn in_the_end_nobody_is_lost_and_everybody_says_the_same() {
    let end = |change: fn(&mut Life)| with(invited(wish()), change);
    is_told(&end(|life| life.guests.clear()), "lost");
    is_told(&end(|life| life.end.told.clear()), "nothing is told");
    is_told(&end(|life| life.end.told[0].user = Some("v".into())), "the claim says");
    is_told(&end(|life| life.end.told[0].sent = 2), "the claim says 2");
    is_told(&end(|life| life.end.users.clear()), "the user is gone");
    is_told(&end(|life| life.end.users[0].enabled = false), "left the account disabled");
    is_told(&end(|life| life.end.users[0].accepted = true), "the person is Accepted");
    is_told(&end(|life| life.mails.clear()), "never mailed");
    is_told(&end(|life| life.end.told[0].reason = "Queued".into()), "all is well");
    is_told(&end(|life| life.end.unrest.push("1 writes of Guests".into())), "not at rest");
    is_told(&recorded(invited(wish()), 9_000, |record| record.open = true), "under way");
    is_told(&recorded(invited(wish()), 9_000, |record| record.claims.push("x".into())), "which is gone");
    is_told(&recorded(invited(wish()), 1_400, |record| record.sent = 0), "the claim says 1");
    let unbound = Wish { policy: Policy::Delete, ..wish() };
    is_told(&invited(unbound), "its finalizer");
    is_told(&invited(Wish { groups: vec!["Readers".into()], ..wish() }), "not in the group");
    let second = with(invited(wish()), |life| {
        life.claims.push(claim("b", "d", [(5_000, Some(wish()))]));
        life.end.told.push(told("d", "DuplicateAddress"));
    });
    nothing_is_wrong(&second);
    is_told(&with(second, |life| life.end.told[1].reason = "Invited".into()), "another claim has the person");
    let over = later(invited(Wish { policy: Policy::Delete, bound: true, ..wish() }), 5_000, |wish| {
        wish.access_until = Some(50_000);
    });
    let over = with(over, |life| life.end.told[0].reason = "AccessEnded".into());
    is_told(&over, "the user was not deleted");
    let ruled = with(invited(wish()), |life| {
        life.rules.push(Span::at(50_000), Rules { domain: Some("adatum.com".into()), ..Rules::open() });
    });
    is_told(&ruled, "no rule allows it");
}

/// Each rule that gives a right, and a wish that needs it.
fn narrow_rules() -> [(Rules, Wish); 6] {
    let open = Rules::open;
    [
        (Rules { groups: false, ..open() }, Wish { groups: vec!["Readers".into()], ..wish() }),
        (Rules { existing: Existing::Follow, ..open() }, Wish { existing: Existing::Manage, ..wish() }),
        (Rules { profile: false, ..open() }, Wish { title: Some("title".into()), ..wish() }),
        (Rules { sponsors: false, ..open() }, Wish { sponsors: true, ..wish() }),
        (Rules { deletes: false, ..open() }, Wish { policy: Policy::Delete, bound: true, ..wish() }),
        (Rules { links: false, ..open() }, Wish { link: true, ..wish() }),
    ]
}

#[test]
fn whom_a_rule_denies_is_refused_and_not_lost() {
    for (rules, wish) in narrow_rules() {
        let invited = with(invited(wish), |life| {
            life.rules = course([(10, rules.clone())]);
            life.end.told[0].reason = "NotAllowed".into();
        });
        is_told(&invited, "for no claim that may ask");
        let refused = with(invited, |life| {
            life.guests.clear();
            life.requests.clear();
            life.mails.clear();
            life.end.users.clear();
        });
        nothing_is_wrong(&refused);
        is_told(&with(refused, |life| life.end.told[0].reason = "Invited".into()), "no rule allows it");
    }
}

#[test]
fn a_rule_that_is_narrowed_holds_and_ends_nobody() {
    for (rules, wish) in narrow_rules() {
        let held = with(invited(wish), |life| {
            life.rules.push(Span::at(50_000), rules.clone());
            life.end.told[0].reason = "NotAllowed".into();
        });
        nothing_is_wrong(&held);
        let asked = |call: Call| with(held.clone(), |life| life.requests.push(ask(80_000, call)));
        is_told(&asked(Call::Update { user: "u".into() }), "changed for no claim");
        is_told(&asked(Call::Delete { user: "u".into() }), "a user ended");
        is_told(&asked(Call::Enable { user: "u".into(), enabled: false }), "a user ended");
        // The end that the claim had while the rule was there is still its end.
        let over = with(deleted(held, 80_000), |life| {
            life.requests.push(ask(80_500, Call::Delete { user: "u".into() }));
            life.end.users.clear();
        });
        let deletes = over.claims[0]
            .wishes
            .iter()
            .any(|(_, wish)| wish.as_ref().is_some_and(|wish| wish.policy == Policy::Delete));
        if deletes { nothing_is_wrong(&over) } else { is_told(&over, "no claim may end") }
    }
}

#[test]
fn of_two_ends_that_are_over_either_is_told_and_of_one_that_one() {
    let told = |until: Option<Moment>, expires: Option<Moment>, reason: &str| {
        let wish = Wish { access_until: until, expires_after: expires, ..wish() };
        with(invited(wish), |life| life.end.told[0].reason = reason.into())
    };
    for reason in ["AccessEnded", "Expired"] {
        nothing_is_wrong(&told(Some(50_000), Some(10_000), reason));
    }
    is_told(&told(Some(50_000), None, "Expired"), "its time is over");
    is_told(&told(None, Some(10_000), "AccessEnded"), "has not accepted in time");
}

#[test]
fn a_send_that_counts_and_nobody_appeared_is_told() {
    let never = |reason: &str| {
        let life = recorded(invited(wish()), 9_000, |record| {
            (record.user, record.made_in, record.claims) = (None, None, Vec::new());
            record.owner = record.owner.take().map(|(namespace, name, _)| (namespace, name, None));
        });
        with(life, |life| {
            life.end.users.clear();
            life.end.told[0] = told("c", reason);
        })
    };
    nothing_is_wrong(&never("UserNeverAppeared"));
    is_told(&never("Queued"), "a mail counts as sent");
}

#[test]
fn a_mail_to_somebody_known_of_which_nobody_can_tell_counts_as_sent() {
    let never = |known: bool| {
        let under_way = Record { open: true, sent: 0, ..record("a", Some("c"), known.then_some("u")) };
        with(invited(wish()), |life| {
            let sent = life.guests[0].records.last().cloned().unwrap();
            life.guests[0].records = course([(1_100, under_way), (1_300, sent)]);
            life.mails.clear();
        })
    };
    nothing_is_wrong(&never(true));
    is_told(&never(false), "never mailed");
}

#[test]
fn a_title_that_is_declared_is_kept() {
    let titled = invited(Wish { title: Some("Chief".into()), ..wish() });
    is_told(&titled, "the title is");
    nothing_is_wrong(&with(titled, |life| life.end.users[0].title = Some("Chief".into())));
}
