//! Who is ended, by whom and when.

use super::*;

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
    // It waited for its end, and somebody let it go.
    let let_go = |change: fn(&mut Wish)| {
        let deleting = later(later(invited(bound.clone()), 19_000, |wish| wish.deleting = true), 19_500, change);
        deleted(deleting, 20_000)
    };
    nothing_is_wrong(&let_go(|wish| wish.suspended = true));
    nothing_is_wrong(&let_go(|wish| wish.policy = Policy::Retain));
    is_told(&let_go(|wish| wish.title = Some("Chief".into())), "without the end");
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

/// Ann is another namespace's too, from early on and until `until`; the claim that invited her is deleted meanwhile.
fn shared(until: Option<Moment>) -> Life {
    let bound = Wish { policy: Policy::Delete, bound: true, ..wish() };
    let life = recorded(invited(bound), 5_000, |record| record.claims.push("d".into()));
    let life = recorded(deleted(life, 20_000), 20_950, |record| {
        (record.reclaim, record.claims) = (Some(Policy::Delete), vec!["d".into()]);
    });
    let mut sharer = claim("b", "d", [(4_000, Some(wish()))]);
    until.into_iter().for_each(|until| sharer.wishes.push(Span::at(until), None));
    let life = with(life, |life| {
        life.claims.push(sharer);
        life.end.told.push(Told { user: Some("u".into()), guest: Some("ann".into()), ..told("d", "NotAllowed") });
    });
    match until {
        None => life,
        Some(until) => {
            let life = recorded(life, until + 100, |record| record.claims.clear());
            with(life, |life| {
                life.requests.push(ask(until + 500, Call::Delete { user: "u".into() }));
                life.end.users.clear();
                life.end.told.clear();
            })
        }
    }
}

#[test]
fn the_end_of_an_owner_is_left_until_the_last_who_shares_the_person_has_ended() {
    let ends = |life: &Life| wrong(life).into_iter().filter(|told| told.contains("end")).collect::<Vec<_>>();
    nothing_is_wrong(&shared(None));
    is_told(&with(shared(None), |life| life.end.told[0].reason = "Followed".into()), "to those who share them");
    assert_eq!(ends(&shared(Some(40_000))), [""; 0]);
    let early = with(shared(Some(40_000)), |life| {
        if let Some(delete) = life.requests.last_mut() {
            delete.at = 30_000;
        }
    });
    is_told(&early, "no claim may end");
    let not_declared = with(shared(Some(40_000)), |life| {
        life.claims[0] =
            claim("a", "c", [(1_000, Some(wish())), (20_000, Some(Wish { deleting: true, ..wish() })), (21_000, None)]);
    });
    is_told(&not_declared, "no claim may end");
}
