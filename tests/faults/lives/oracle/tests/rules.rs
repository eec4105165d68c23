//! What a rule of the EntraTenant changes.

use super::*;

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
