//! Facts made by hand: one run in order, and each thing that must not be, one at a time.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::facts::{Approval, Deed, Facts, Mail, Person, Version, What};
use super::judge;

const ANN: &str = "ann@red.example";
const AT: &str = "https://red.contoso.com/welcome";

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH.checked_add(SignedDuration::from_secs(second)).unwrap()
}

fn version(namespace: &str, more: &Value) -> Version {
    let mut spec = json!({"email": ANN, "redirectUrl": format!("https://{namespace}.contoso.com/welcome")});
    for (field, value) in more.as_object().unwrap() {
        spec[field] = value.clone();
    }
    let namespace = namespace.to_owned();
    Version { namespace, uid: "c".into(), generation: 1, created: at(1), annotations: Vec::new(), spec }
}

fn invite(second: i64) -> Deed {
    let (address, redirect) = (ANN.to_owned(), AT.to_owned());
    Deed {
        at: at(second),
        what: What::Invite { address, resets: None, mails: true, member: false, redirect, cc: None },
    }
}

fn deed(what: What) -> Deed {
    Deed { at: at(20), what }
}

fn user() -> String {
    "u".to_owned()
}

fn update(changes: Value) -> Deed {
    deed(What::Update { user: user(), changes: changes.as_object().unwrap().clone() })
}

/// A rule for two teams, with this laid over the one of the red team.
fn rules(red: &Value) -> Vec<Value> {
    let of = |team: &str| json!({"namespaces": {"matchLabels": {"team": team}}, "emailDomains": ["red.example"]});
    let (mut rule, other) = (of("red"), of("green"));
    rule["redirectUrls"] = json!([AT]);
    for (field, value) in red.as_object().unwrap() {
        rule[field] = value.clone();
    }
    vec![rule, other]
}

/// The red team's rule has `rule`, its spec says `spec`, and Ann was invited for it.
fn invited(rule: Value, spec: Value) -> Facts {
    Facts {
        access: rules(&rule),
        versions: vec![version("red", &spec)],
        users: vec![Person { id: user(), address: ANN.into(), created: at(10), ..Person::default() }],
        deeds: vec![invite(9)],
        ..Facts::default()
    }
}

/// The same, and Ann was there before with this address of her own; so nobody has invited her.
fn found(rule: Value, spec: Value, own: &str) -> Facts {
    let mut facts = invited(rule, spec);
    (facts.users[0].found, facts.users[0].created) = (Some(own.to_owned()), at(0));
    facts.deeds.clear();
    facts
}

fn with(mut facts: Facts, deeds: impl IntoIterator<Item = Deed>) -> Facts {
    facts.deeds.extend(deeds);
    facts
}

fn is_right(facts: &Facts) {
    assert_eq!(judge(facts), Vec::<String>::new());
}

fn is_wrong(facts: &Facts) {
    assert_eq!(judge(facts).len(), 1, "{facts:#?}: {:?}", judge(facts));
}

#[test]
fn nobody_is_invited_but_as_one_rule_allows() {
    is_right(&invited(json!({}), json!({})));
    is_wrong(&Facts { versions: Vec::new(), ..invited(json!({}), json!({})) });
    is_wrong(&Facts { access: Vec::new(), ..invited(json!({}), json!({})) });
    for (rule, spec) in [
        (json!({"emailDomains": ["other.example"]}), json!({})),
        (json!({"emailDomains": ["*.red.example"]}), json!({})),
        (json!({"denyEmailDomains": ["red.example"]}), json!({})),
        (json!({"delivery": ["Mail"]}), json!({})),
        (json!({"languages": ["nl"]}), json!({})),
        (json!({"deletionPolicies": ["Retain"]}), json!({"deletionPolicy": "Delete"})),
        (json!({"redirectUrls": ["https://red.contoso.com/other"]}), json!({})),
        (json!({"sponsors": []}), json!({"sponsors": ["boss"]})),
        (json!({"require": {"accessUntil": {"within": "24h"}}}), json!({})),
        (json!({"require": {"accessUntil": {"within": "24h"}}}), json!({"accessUntil": "1970-01-03T00:00:00Z"})),
        (json!({"approval": "Required"}), json!({})),
        (json!({}), json!({"groups": ["Readers"]})),
        (json!({}), json!({"existing": "Manage"})),
        (json!({}), json!({"userType": "Member"})),
        (json!({}), json!({"profile": {"jobTitle": "CFO"}})),
        (json!({}), json!({"redeemAs": "x@red.example"})),
        (json!({}), json!({"redeemUrlSecretRef": {"name": "x"}})),
        (json!({}), json!({"message": {"cc": ["eve@other.example"]}})),
        (json!({}), json!({"delivery": "None"})),
    ] {
        println!("{rule} {spec}");
        is_wrong(&invited(rule, spec));
    }
    let until = json!({"accessUntil": "1970-01-01T20:00:00Z"});
    is_right(&invited(json!({"require": {"accessUntil": {"within": "24h"}}}), until));
}

#[test]
fn each_trait_of_an_invitation_is_one_that_the_version_asks_for() {
    let asked = |change: fn(&mut What)| {
        let mut facts =
            invited(json!({"ccDomains": ["contoso.com"]}), json!({"message": {"cc": ["host@contoso.com"]}}));
        change(&mut facts.deeds[0].what);
        facts
    };
    is_right(&asked(|what| {
        if let What::Invite { cc, .. } = what {
            *cc = Some("host@contoso.com".into())
        }
    }));
    for change in [
        (|what: &mut What| {
            if let What::Invite { cc, .. } = what {
                *cc = Some("eve@contoso.com".into())
            }
        }) as fn(&mut What),
        |what| {
            if let What::Invite { member, .. } = what {
                *member = true
            }
        },
        |what| {
            if let What::Invite { redirect, .. } = what {
                *redirect = "https://evil.example".into()
            }
        },
        |what| {
            if let What::Invite { address, .. } = what {
                *address = "eve@red.example".into()
            }
        },
        |what| {
            if let What::Invite { resets, .. } = what {
                *resets = Some("u".into())
            }
        },
    ] {
        is_wrong(&asked(change));
    }
}

#[test]
fn an_approval_counts_for_its_generation_from_when_it_was_given() {
    let approved = |uid: &str, generation: i64, from: i64| {
        let approvals = vec![Approval { uid: uid.into(), generation, from: at(from) }];
        Facts { approvals, ..invited(json!({"approval": "Required"}), json!({})) }
    };
    is_right(&approved("c", 1, 8));
    is_wrong(&approved("c", 2, 8));
    is_wrong(&approved("other", 1, 8));
    is_wrong(&approved("c", 1, 11));
}

#[test]
fn who_was_found_is_touched_only_with_a_right_to_it() {
    let existing = |existing: &str| json!({"existing": existing, "deletionPolicy": "Delete", "displayName": "Ann"});
    let all = json!({"existing": ["Follow", "Manage", "Own"]});
    let named = || update(json!({"displayName": "Ann"}));
    let deleted = || deed(What::Delete { user: user() });
    for (level, name, delete, mail) in
        [("Follow", false, false, false), ("Manage", true, false, true), ("Own", true, true, true)]
    {
        let facts = || found(all.clone(), existing(level), ANN);
        for (deed, right) in [(named(), name), (deleted(), delete)] {
            let facts = with(facts(), [deed]);
            if right { is_right(&facts) } else { is_wrong(&facts) }
        }
        is_wrong(&with(facts(), [invite(20)]));
        let mut asked = with(facts(), [invite(20)]);
        asked.versions[0].annotations.push("guestlist.dev/resend".into());
        if mail {
            is_right(&asked)
        } else {
            is_wrong(&asked)
        }
        // The rules are for their own address too.
        is_wrong(&with(found(all.clone(), existing(level), "ann@other.example"), [named()]));
    }
    // Refuse wants nobody who was there, but lets nobody go whom it follows.
    let join = || deed(What::Join { user: user(), group: "Readers".into() });
    let mut refuses = with(
        found(json!({"groups": ["Readers"]}), json!({"existing": "Refuse", "groups": ["Readers"]}), ANN),
        [join()],
    );
    is_wrong(&refuses);
    refuses.versions.push(version("red", &json!({"existing": "Follow"})));
    is_right(&refuses);
    // Whom another team has made is found for this one.
    let mut others = with(invited(json!({}), json!({})), [named()]);
    others.versions.push(version("green", &json!({"displayName": "Ann"})));
    is_wrong(&others);
    is_right(&with(invited(json!({}), json!({"displayName": "Ann"})), [named()]));
}

/// Found by a thousand random acts: whoever was invited by `redeemAs` is known by that address only.
#[test]
fn who_was_invited_as_somebody_else_is_kept_as_their_own_invitation_declares() {
    let named = || update(json!({"displayName": "Ann"}));
    let as_ann = json!({"email": "pat@red.example", "redeemAs": ANN, "displayName": "Ann"});
    is_right(&with(invited(json!({"redeemAs": "Allowed"}), as_ann.clone()), [named()]));
    // The one that had them invited is the red team's, and the green team only names the same address.
    let mut others = with(invited(json!({}), json!({})), [named()]);
    others.access[1]["redeemAs"] = json!("Allowed");
    others.versions.push(version("green", &as_ann));
    is_wrong(&others);
}

#[test]
fn an_end_is_one_that_the_policy_says() {
    let disabled = || update(json!({"accountEnabled": false}));
    let enabled = || update(json!({"accountEnabled": true}));
    let of = |policy: &str| invited(json!({}), json!({"deletionPolicy": policy}));
    is_right(&with(of("Delete"), [deed(What::Delete { user: user() })]));
    is_wrong(&with(of("Disable"), [deed(What::Delete { user: user() })]));
    is_right(&with(of("Disable"), [disabled(), enabled()]));
    is_wrong(&with(of("Disable"), [enabled()]));
    is_wrong(&with(of("Retain"), [disabled()]));
}

#[test]
fn groups_sponsors_and_properties_are_those_of_the_spec() {
    let rule = json!({"groups": ["Readers"], "profile": ["jobTitle", "department"], "sponsors": ["boss"]});
    let spec = json!({"groups": ["Readers"], "profile": {"jobTitle": "Chief"}, "sponsors": ["boss"]});
    let facts = |deeds: Vec<Deed>| with(invited(rule.clone(), spec.clone()), deeds);
    let join = |group: &str| deed(What::Join { user: user(), group: group.into() });
    let leave = |group: &str| deed(What::Leave { user: user(), group: group.into() });
    let sponsor = |by: &str| deed(What::Sponsor { user: user(), sponsor: by.into() });
    let unsponsor = |by: &str| deed(What::Unsponsor { user: user(), sponsor: by.into() });
    is_right(&facts(vec![join("Readers"), leave("Readers"), sponsor("boss"), unsponsor("boss")]));
    is_right(&facts(vec![update(json!({"jobTitle": "Chief"})), update(json!({"jobTitle": null}))]));
    for wrong in [
        join("Finance"),
        leave("Readers"),
        sponsor("eve"),
        unsponsor("boss"),
        update(json!({"jobTitle": "CFO"})),
        update(json!({"jobTitle": "Chief", "department": "Sales"})),
        update(json!({"mail": "eve@red.example"})),
        deed(What::Join { user: "stranger".into(), group: "Readers".into() }),
        deed(What::Other("deleteMember".into())),
    ] {
        is_wrong(&facts(vec![wrong]));
    }
}

#[test]
fn another_address_is_for_whom_the_team_made() {
    let rule = json!({"redeemAs": "Allowed", "existing": ["Own"]});
    let spec = json!({"redeemAs": "new@red.example", "existing": "Own"});
    let reset = |address: &str| {
        let mut deed = invite(20);
        if let What::Invite { resets, address: to, .. } = &mut deed.what {
            (*resets, *to) = (Some(user()), address.to_owned());
        }
        deed
    };
    let asked = |mut facts: Facts| {
        facts.versions[0].annotations.push("guestlist.dev/reset-redemption".into());
        facts
    };
    let made = || asked(invited(rule.clone(), spec.clone()));
    is_right(&with(made(), [update(json!({"mail": "new@red.example"})), reset("new@red.example")]));
    is_wrong(&with(made(), [reset("eve@red.example")]));
    is_wrong(&with(asked(found(rule.clone(), spec.clone(), ANN)), [reset("new@red.example")]));
    is_right(&with(asked(found(rule.clone(), spec.clone(), ANN)), [reset(ANN)]));
    is_wrong(&with(invited(rule.clone(), spec.clone()), [reset("new@red.example")]));
}

#[test]
fn a_mail_of_the_operators_own_goes_to_whom_the_spec_says() {
    let rule = json!({"ccDomains": ["contoso.com"]});
    let spec = |delivery: &str| json!({"delivery": delivery, "message": {"cc": ["host@contoso.com"]}});
    let mailed = |delivery: &str, to: &str, cc: &str| {
        let mut facts = invited(rule.clone(), spec(delivery));
        facts.mails.push(Mail { at: at(20), to: to.into(), cc: Some(cc.into()), own: true });
        if let What::Invite { mails, .. } = &mut facts.deeds[0].what {
            *mails = false;
        }
        facts
    };
    let host = "host@contoso.com";
    let right = mailed("Mail", ANN, host);
    is_right(&right);
    // Whom nobody was seen to make is nobody's.
    is_wrong(&Facts { deeds: Vec::new(), ..right });
    for (delivery, to, cc) in
        [("Microsoft", ANN, host), ("Mail", "eve@red.example", host), ("Mail", ANN, "eve@contoso.com")]
    {
        is_wrong(&mailed(delivery, to, cc));
    }
}
