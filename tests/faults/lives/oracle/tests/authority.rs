//! What may be asked of Graph.

use super::*;

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
fn what_perhaps_was_added_may_be_taken_away_unless_it_certainly_was_others() {
    let of = || "u".to_owned();
    let group = || "Readers".to_owned();
    let declares = || Wish { groups: vec![group()], sponsors: true, ..wish() };
    let told = |declared: Wish, joined: Option<Worked>, left: Worked, join: Call, leave: Call| {
        let life = with(invited(declared), |life| {
            life.requests.extend(joined.map(|worked| Request { worked, ..ask(20_000, join) }));
            life.requests.push(Request { worked: left, ..ask(30_000, leave) });
        });
        wrong(&life).iter().any(|told| told.contains("that others put them into") || told.contains("whom others gave"))
    };
    let calls: [(Call, Call); 2] = [
        (Call::Join { user: of(), group: group() }, Call::Leave { user: of(), group: group() }),
        (Call::Sponsor { user: of(), added: true }, Call::Sponsor { user: of(), added: false }),
    ];
    for (join, leave) in calls {
        let told = |declared, joined, left| told(declared, joined, left, join.clone(), leave.clone());
        let perhaps = Worked::Perhaps;
        assert!(!told(wish(), Some(Worked::No), perhaps) && !told(wish(), Some(perhaps), Worked::Yes));
        assert!(told(wish(), Some(Worked::No), Worked::Yes), "what was taken away was not the operator's");
        assert!(told(wish(), None, perhaps) && told(wish(), None, Worked::Yes));
        // It was to be added, and the way to Graph was cut before.
        assert!(!told(declares(), None, perhaps) && told(declares(), None, Worked::Yes));
    }
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
fn whoever_disables_an_account_that_the_operator_is_about_to_disable_is_taken_for_the_operator() {
    let enabled = |begun: Moment| {
        let bound = Wish { policy: Policy::Disable, bound: true, access_until: Some(5_000), ..wish() };
        let life = recorded(invited(bound), begun, |record| record.disabling = true);
        let life = recorded(life, 15_000, |record| record.disabling = false);
        with(later(life, 19_000, |wish| wish.access_until = None), |life| {
            life.deeds.push(deed(10_000, "u", What::Disabled));
            life.requests.push(ask(20_000, Call::Enable { user: "u".into(), enabled: true }));
        })
    };
    nothing_is_wrong(&enabled(9_000));
    is_told(&enabled(11_000), "whom somebody else had disabled");
}

#[test]
fn whoever_keeps_a_person_at_the_end_gives_them_what_was_declared() {
    let joined = |policy: Policy, ended: Moment| {
        let spec = Wish { policy, bound: true, access_until: Some(5_000), groups: vec!["Readers".into()], ..wish() };
        let life = recorded(invited(spec), ended, |record| record.state = "Ended".into());
        with(life, |life| {
            life.requests.push(ask(30_000, Call::Join { user: "u".into(), group: "Readers".into() }));
            life.end.users[0].groups.push("Readers".into());
        })
    };
    let told = |life: &Life| wrong(life).iter().any(|told| told.contains("joined to a group"));
    assert!(!told(&joined(Policy::Retain, 31_000)));
    assert!(told(&joined(Policy::Retain, 10_000)) && told(&joined(Policy::Disable, 31_000)));
}

#[test]
fn what_became_of_an_invitation_is_asked_also_when_its_time_is_over() {
    let asked = |open: bool| {
        let over = Wish { access_until: Some(5_000), ..wish() };
        let life = recorded(invited(over), 1_400, |record| {
            (record.open, record.user) = (open, None);
        });
        let call = Call::Invite { address: ANN.into(), mails: false, resets: None };
        with(life, |life| life.requests.push(ask(30_000, call)))
    };
    let told = |life: &Life| wrong(life).iter().any(|told| told.contains("without a mail for no claim"));
    assert!(!told(&asked(true)) && told(&asked(false)));
}
