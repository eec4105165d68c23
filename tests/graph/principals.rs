//! From a name, an address or an id to the user or group that is meant.

use entra_simulator::{SeedGroup, SeedKind, SeedUser};
use guestlist::graph::{Class, Principal, PrincipalKind};
use testbed::stories::TENANT;

use crate::bench::{BASIC, Bench, NOBODY};

fn named(bench: &Bench, email: &str, name: &str) -> String {
    let display_name = Some(name.to_owned());
    bench.sim.seed(TENANT, SeedUser { display_name, ..SeedUser::new(email, SeedKind::Member) })
}

const ALL: [PrincipalKind; 2] = [PrincipalKind::User, PrincipalKind::Group];

fn principal(id: &str, kind: PrincipalKind, name: &str) -> Principal {
    Principal { id: id.into(), kind, display_name: Some(name.into()) }
}

#[tokio::test]
async fn an_id_is_a_users_or_a_groups() {
    let bench = Bench::new().await;
    let ann = named(&bench, "ann@contoso.com", "Ann");
    let team = bench.sim.seed_group(TENANT, SeedGroup::new("Team"));
    let found = bench.graph.principals_named(&ann, &ALL).await.unwrap();
    assert_eq!(found, [principal(&ann, PrincipalKind::User, "Ann")]);
    assert_eq!(bench.operations(), ["getUser"], "a user's id needs no look at groups");
    let found = bench.graph.principals_named(&team.to_uppercase(), &ALL).await.unwrap();
    assert_eq!(found, [principal(&team, PrincipalKind::Group, "Team")]);
    assert!(bench.graph.principals_named(NOBODY, &ALL).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_address_is_a_users_by_sign_in_name_or_mail() {
    let bench = Bench::with(BASIC).await;
    let ann = named(&bench, "ann.o'hara@contoso.com", "Ann");
    let guest = bench.guest("bob@fabrikam.com");
    bench.sim.change_user(TENANT, &ann, |user| user.mail = Some("a.ohara@contoso.com".into())).unwrap();
    let upn = bench.sim.user(TENANT, &guest).unwrap().user_principal_name;
    assert!(upn.contains("#EXT#"));
    for (text, id) in [
        ("ann.o'hara@contoso.com", &ann),
        ("A.Ohara@contoso.com", &ann),
        ("bob@fabrikam.com", &guest),
        (upn.as_str(), &guest),
    ] {
        let found = bench.graph.principals_named(text, &ALL).await.unwrap();
        assert_eq!(found.iter().map(|found| &found.id).collect::<Vec<_>>(), [id], "{text}");
    }
    assert!(bench.graph.principals_named("nobody@contoso.com", &ALL).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_name_can_mean_users_and_groups() {
    let bench = Bench::new().await;
    let ann = named(&bench, "ann@contoso.com", "O'Brien");
    let bob = named(&bench, "bob@contoso.com", "o'brien");
    let team = bench.sim.seed_group(TENANT, SeedGroup::new("O'Brien"));
    let found = bench.graph.principals_named("O'Brien", &ALL).await.unwrap();
    let mut ids: Vec<&str> = found.iter().map(|found| found.id.as_str()).collect();
    let mut wanted = [ann.as_str(), bob.as_str(), team.as_str()];
    ids.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(ids, wanted);
    assert_eq!(found.iter().filter(|found| found.kind == PrincipalKind::Group).count(), 1);
}

#[tokio::test]
async fn a_name_needs_the_permission_to_read_groups() {
    let bench = Bench::with(BASIC).await;
    named(&bench, "ann@contoso.com", "Ann");
    let error = bench.graph.principals_named("Ann", &ALL).await.unwrap_err();
    assert_eq!((error.operation, error.status, error.class), ("listGroups", Some(403), Class::Terminal));
}
