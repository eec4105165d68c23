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
    nothing_is_wrong(&taken(vanished(wish()), "b", own.clone()));
    let undone = Wish { policy: Policy::Delete, bound: true, ..wish() };
    is_told(&taken(vanished(undone), "b", own), "whose claim vanished");
}
