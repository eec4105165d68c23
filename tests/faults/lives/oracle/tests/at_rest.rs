//! How things stand in the end.

use super::*;

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
    let ruled = |reason: &str| {
        with(never(reason), |life| {
            life.rules.push(Span::at(50_000), Rules { domain: Some("adatum.com".into()), ..Rules::open() });
        })
    };
    ["UserNeverAppeared", "NotAllowed"].iter().for_each(|reason| nothing_is_wrong(&ruled(reason)));
    is_told(&ruled("Queued"), "no rule allows it");
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

#[test]
fn whoever_refuses_the_known_refuses_the_deleted_too() {
    let refuses = |reason: &str| {
        with(deleted(found(wish()), 20_000), |life| {
            life.deeds.push(deed(30_000, "u", What::Deleted));
            life.end.users.clear();
            life.guests[0].records.push(Span::at(40_000), Record::default());
            life.claims.push(claim("b", "d", [(50_000, Some(Wish { existing: Existing::Refuse, ..wish() }))]));
            life.end.told.push(told("d", reason));
        })
    };
    nothing_is_wrong(&refuses("AlreadyExists"));
    is_told(&refuses("Queued"), "it refuses whom the directory knows");
    // Where nobody ever was, there is nobody to refuse.
    let nobody = with(refuses("AlreadyExists"), |life| {
        (life.claims, life.deeds) = (life.claims.split_off(1), Vec::new());
        life.guests.clear();
    });
    is_told(&nobody, "its person is lost");
}

#[test]
fn who_followed_a_person_before_another_claim_had_them_is_held_or_in_the_same_namespace_a_duplicate() {
    let followed = |namespace: &str, reason: &str| {
        let life = recorded(found(Wish { existing: Existing::Manage, ..wish() }), 6_000, |record| {
            record.claims.push("d".into());
        });
        with(life, |life| {
            life.claims.push(claim(namespace, "d", [(500, Some(wish()))]));
            life.end.told.push(told("d", reason));
        })
    };
    nothing_is_wrong(&followed("b", "NotAllowed"));
    is_told(&followed("b", "DuplicateAddress"), "another claim has the person");
    nothing_is_wrong(&followed("a", "DuplicateAddress"));
    is_told(&followed("a", "NotAllowed"), "another claim has the person");
}

#[test]
fn who_followed_a_person_whom_another_claim_has_hears_that_they_are_gone() {
    let followed = |follows: bool, gone: bool, reason: &str| {
        let life = recorded(found(Wish { existing: Existing::Manage, ..wish() }), 6_000, |record| {
            record.claims.extend(follows.then(|| "d".to_owned()));
        });
        with(life, |life| {
            life.claims.push(claim("b", "d", [(500, Some(wish()))]));
            life.end.told.push(told("d", reason));
            if gone {
                life.end.told[0].reason = "GuestGone".into();
                life.deeds.push(deed(60_000, "u", What::Deleted));
                life.end.users.clear();
            }
        })
    };
    nothing_is_wrong(&followed(true, true, "GuestGone"));
    is_told(&followed(true, true, "NotAllowed"), "another claim has the person: GuestGone");
    is_told(&followed(true, false, "GuestGone"), "another claim has the person: NotAllowed");
    // Whoever never had them is told nothing of them.
    nothing_is_wrong(&followed(false, true, "DuplicateAddress"));
    is_told(&followed(false, true, "GuestGone"), "another claim has the person: DuplicateAddress");
}

#[test]
fn of_whom_the_directory_shows_no_guest_says_that_they_are_gone() {
    let gone = recorded(invited(wish()), 9_000, |record| record.state = "Gone".into());
    is_told(&gone, "who is there");
}

#[test]
fn of_somebody_who_is_gone_that_is_told_also_where_no_rule_allows_them() {
    let held = |reason: &str, gone: bool| {
        with(invited(wish()), |life| {
            life.rules.push(Span::at(50_000), Rules { domain: Some("adatum.com".into()), ..Rules::open() });
            life.end.told[0].reason = reason.into();
            if gone {
                life.deeds.push(deed(60_000, "u", What::Deleted));
                life.end.users.clear();
            }
        })
    };
    nothing_is_wrong(&held("NotAllowed", false));
    nothing_is_wrong(&held("GuestGone", true));
    is_told(&held("GuestGone", false), "no rule allows it");
}

#[test]
fn a_place_in_which_nobody_is_belongs_to_nobody() {
    let vacant = |sent: usize| {
        let second = with(invited(wish()), |life| {
            life.guests[0].records = course([(1_100, Record { sent, ..record("a", Some("c"), None) })]);
            life.requests.clear();
            life.mails.clear();
            life.end.users.clear();
            life.claims.push(claim("b", "d", [(5_000, Some(wish()))]));
            life.end.told.push(told("d", "NotAllowed"));
        });
        with(second, |life| {
            life.end.told[0].reason = "NotAllowed".into();
            life.rules.push(Span::at(50_000), Rules { domain: Some("adatum.com".into()), ..Rules::open() });
        })
    };
    nothing_is_wrong(&vacant(0));
    is_told(&vacant(1), "another claim has the person");
}

#[test]
fn whose_person_is_shared_does_not_end_them_in_its_time() {
    let over = |shared: bool| {
        let bound = Wish { policy: Policy::Delete, bound: true, access_until: Some(50_000), ..wish() };
        let life = recorded(invited(bound), 6_000, |record| record.claims.extend(shared.then(|| "d".to_owned())));
        with(life, |life| {
            life.end.told[0].reason = "AccessEnded".into();
            life.claims.push(claim("b", "d", [(500, Some(wish()))]));
            life.end.told.push(told("d", if shared { "NotAllowed" } else { "DuplicateAddress" }));
        })
    };
    nothing_is_wrong(&over(true));
    is_told(&over(false), "the user was not deleted");
}

#[test]
fn who_followed_somebody_whose_owner_vanished_may_be_told_either() {
    let followed = |state: &str, reason: &str| {
        let bound = Wish { policy: Policy::Delete, bound: true, ..wish() };
        let life = recorded(invited(bound), 6_000, |record| {
            record.claims.push("d".to_owned());
            record.state = state.into();
        });
        let vanishes = |life: &mut Life| life.claims[0].wishes.push(Span::at(7_000), None);
        with(life, |life| {
            if state == "Ownerless" {
                vanishes(life);
                life.end.told.remove(0);
            }
            life.claims.push(claim("b", "d", [(500, Some(wish()))]));
            life.end.told.push(told("d", reason));
        })
    };
    let told = |life: &Life| wrong(life).iter().any(|told| told.contains("another claim has the person"));
    assert!(!told(&followed("Invited", "NotAllowed")) && told(&followed("Invited", "DuplicateAddress")));
    assert!(!told(&followed("Ownerless", "DuplicateAddress")) && told(&followed("Ownerless", "Invited")));
}

#[test]
fn whoever_is_asked_to_accept_anew_may_expire() {
    let expired = |reset: Option<Moment>| {
        let asks = Wish { expires_after: Some(10_000), reset: reset.map(|_| "1".into()), ..wish() };
        with(invited(asks), |life| {
            life.deeds.push(deed(5_000, "u", What::Accepted));
            let call = Call::Invite { address: ANN.into(), mails: false, resets: Some("u".into()) };
            life.requests.extend(reset.map(|at| ask(at, call)));
            (life.end.users[0].accepted, life.end.told[0].reason) = (reset.is_none(), "Expired".into());
        })
    };
    nothing_is_wrong(&expired(Some(50_000)));
    is_told(&expired(None), "it may not be");
    let early = with(expired(Some(END - 5_000)), |life| life.end.told[0].reason = "Invited".into());
    nothing_is_wrong(&early);
}

#[test]
fn a_reset_waits_only_while_others_share_the_person() {
    let waits = |shared: bool, asked: bool| {
        let asks = Wish { reset: asked.then(|| "1".to_owned()), ..wish() };
        let life = recorded(invited(asks), 6_000, |record| record.claims.extend(shared.then(|| "d".to_owned())));
        with(life, |life| {
            life.end.told[0].reason = "ResetWaits".into();
            life.claims.push(claim("b", "d", [(500, Some(wish()))]));
            life.end.told.push(told("d", if shared { "NotAllowed" } else { "DuplicateAddress" }));
        })
    };
    nothing_is_wrong(&waits(true, true));
    is_told(&waits(false, true), "no reset has to wait");
    is_told(&waits(true, false), "no reset has to wait");
}
