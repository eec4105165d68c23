//! Who is mailed, and how often.

use super::*;

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
    is_told(&twice(twice(invited(reminded.clone()))), "a mail too many");
    let later = Wish { reminders: Some((60_000, 1)), ..reminded };
    is_told(&twice(invited(later.clone())), "a mail too many");
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
    // And where another namespace has begun to invite somebody, and given it up, nobody has the address.
    let mut life = anew("a");
    let mut records: Vec<_> = life.guests[0].records.iter().cloned().collect();
    records.insert(3, (Span::at(12_000), Record { open: true, ..record("b", Some("x"), None) }));
    life.guests[0].records = course(records.into_iter().map(|(began, record)| (began.to, record)));
    assert!(!wrong(&life).iter().any(|told| told.contains("too many")), "{:?}", wrong(&life));
}

#[test]
fn whoever_passed_to_another_namespace_and_is_gone_is_nobodys() {
    // Ann was invited by `a`, passed to `b`, which a rule allows, and perhaps back to `a`. Somebody deletes her, and `a` invites anew.
    let anew = |back: bool| {
        let has = |namespace: &str| Record { made_in: Some("a".into()), ..record(namespace, Some("x"), Some("u")) };
        let mut life = invited(wish());
        life.guests[0].records.push(Span::at(5_000), has("b"));
        if back {
            life.guests[0].records.push(Span::at(7_000), has("a"));
        }
        life.guests[0].records.push(Span::at(21_000), Record { sent: 1, ..record("a", Some("d"), Some("v")) });
        with(life, |life| {
            life.deeds.push(deed(9_000, "u", What::Deleted));
            life.claims.push(claim("a", "d", [(15_000, Some(wish()))]));
            life.requests.push(invite(20_000));
            life.mails.push(mail(20_000, "v"));
        })
    };
    let too_many = |life: &Life| wrong(life).iter().any(|told| told.contains("too many"));
    assert!(!too_many(&anew(false)), "{:?}", wrong(&anew(false)));
    assert!(too_many(&anew(true)));
    // The one mail, and no second.
    let twice = with(anew(false), |life| life.mails.push(mail(30_000, "v")));
    assert!(too_many(&twice));
}

#[test]
fn users_are_in_the_order_in_which_they_were_there() {
    // The first was made without a mail, and somebody has deleted her. The namespace that had her mails the second.
    let life = recorded(invited(wish()), 21_000, |record| record.user = Some("v".into()));
    let life = with(life, |life| {
        life.mails = vec![mail(20_000, "v")];
        life.deeds.push(deed(9_000, "u", What::Deleted));
    });
    is_told(&life, "a mail too many");
}
