//! To whom a person may pass.

use super::*;

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
    let late = |wish: Wish| Wish { access_until: Some(25_000), ..wish };
    let given = |life: &Life| wrong(life).iter().any(|told| told.contains("may not have them"));
    assert!(!given(&taken(vanished(wish()), "a", late(wish()))), "the namespace's own guest, to end them");
    assert!(given(&taken(vanished(wish()), "b", late(own.clone()))));
    nothing_is_wrong(&taken(vanished(wish()), "b", own.clone()));
    let undone = Wish { policy: Policy::Delete, bound: true, ..wish() };
    is_told(&taken(vanished(undone), "b", own), "whose claim vanished");
}

#[test]
fn the_address_of_somebody_who_is_gone_is_free() {
    let taken = |left: Option<Moment>| {
        let life = recorded(deleted(invited(wish()), 20_000), 40_000, |record| {
            *record = Record { open: true, ..super::record("b", Some("d"), None) };
        });
        with(life, |life| {
            life.claims.push(claim("b", "d", [(30_000, Some(wish()))]));
            life.end.told.push(told("d", "Queued"));
            life.deeds.extend(left.map(|at| deed(at, "u", What::Deleted)));
        })
    };
    let given = |life: &Life| wrong(life).iter().any(|told| told.contains("may not have them"));
    assert!(!given(&taken(Some(35_000))));
    assert!(given(&taken(Some(45_000))) && given(&taken(None)));
}
