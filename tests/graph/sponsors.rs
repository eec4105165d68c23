//! Who answers for a guest.

use std::time::Duration;

use entra_simulator::{DefaultSponsor, SeedGroup, SeedKind, SeedUser};
use guestlist::api::{Reason, RelationKind};
use guestlist::graph::{Class, Feature, RelationChange, refused_write};
use testbed::stories::TENANT;

use crate::bench::{BASIC, Bench, LONG, NOBODY, only, sponsor};

fn person(bench: &Bench, name: &str) -> String {
    bench.sim.seed(TENANT, SeedUser::new(format!("{name}@contoso.com"), SeedKind::Member))
}

#[tokio::test]
async fn people_and_groups_come_and_go() {
    let bench = Bench::new().await;
    let (guest, ann) = (bench.guest("guest@fabrikam.com"), person(&bench, "ann"));
    let team = bench.sim.seed_group(TENANT, SeedGroup::new("Team"));
    assert!(bench.graph.related(RelationKind::Sponsors, &guest).await.unwrap().is_empty());
    let both = [sponsor(&guest, &ann), sponsor(&guest, &team)];
    let added = bench.graph.add_relations(&both, None).await.unwrap();
    assert!(added.iter().all(|result| *result.as_ref().unwrap() == RelationChange::Done));
    assert_eq!(only(bench.graph.add_relations(&both[..1], None).await).unwrap(), RelationChange::Already);
    let mut sponsors = bench.graph.related(RelationKind::Sponsors, &guest).await.unwrap();
    let mut wanted = [ann.clone(), team];
    sponsors.sort();
    wanted.sort();
    assert_eq!(sponsors, wanted);
    assert_eq!(only(bench.graph.remove_relations(&both[..1], None).await).unwrap(), RelationChange::Done);
    for not_found in [false, true] {
        bench.set(|settings| settings.variants.absent_reference_not_found = not_found);
        assert_eq!(only(bench.graph.remove_relations(&both[..1], None).await).unwrap(), RelationChange::Already);
    }
    assert_eq!(bench.graph.related(RelationKind::Sponsors, &guest).await.unwrap().len(), 1);
    bench.only_references();
    assert!(bench.sim.user(TENANT, &ann).is_some(), "the sponsor itself stays");
}

#[tokio::test]
async fn a_sixth_is_too_many() {
    let bench = Bench::new().await;
    let guest = bench.guest("guest@fabrikam.com");
    let people: Vec<_> =
        ["a", "b", "c", "d", "e", "f"].iter().map(|name| sponsor(&guest, &person(&bench, name))).collect();
    let added = bench.graph.add_relations(&people[..5], None).await.unwrap();
    assert!(added.iter().all(Result::is_ok));
    let error = only(bench.graph.add_relations(&people[5..], None).await).unwrap_err();
    assert_eq!(
        refused_write(&error, Feature::Relation(RelationKind::Sponsors), "the sponsor f").explanation.reason,
        Reason::TooManySponsors
    );
}

#[tokio::test]
async fn whoever_is_not_there_can_neither_have_nor_be_one() {
    let bench = Bench::new().await;
    let (guest, ann) = (bench.guest("guest@fabrikam.com"), person(&bench, "ann"));
    for reference in [sponsor(&guest, NOBODY), sponsor(NOBODY, &ann)] {
        let error = only(bench.graph.add_relations(std::slice::from_ref(&reference), None).await).unwrap_err();
        assert_eq!((error.status, error.class), (Some(404), Class::Terminal), "{reference:?}");
    }
    assert_eq!(bench.graph.related(RelationKind::Sponsors, NOBODY).await.unwrap_err().status, Some(404));
    bench.set(|settings| settings.lag.write_after_create = LONG);
    let young = bench.graph.invite(&crate::resets::invitation("young@fabrikam.com"), None).await.unwrap().user_id;
    let error = only(bench.graph.add_relations(&[sponsor(&young, &ann)], None).await).unwrap_err();
    assert_eq!(
        refused_write(&error, Feature::Relation(RelationKind::Sponsors), "the sponsor ann").explanation.reason,
        Reason::NotReplicated
    );
    bench.set(|settings| settings.lag.write_after_create = Duration::ZERO);
    assert_eq!(only(bench.graph.add_relations(&[sponsor(&young, &ann)], None).await).unwrap(), RelationChange::Done);
}

#[tokio::test]
async fn an_application_can_be_one_by_default() {
    let bench = Bench::new().await;
    bench.set(|settings| settings.variants.default_sponsor = DefaultSponsor::ServicePrincipal);
    let user = bench.graph.invite(&crate::resets::invitation("ann@fabrikam.com"), None).await.unwrap().user_id;
    assert_eq!(bench.graph.related(RelationKind::Sponsors, &user).await.unwrap().len(), 1);
}

#[tokio::test]
async fn reading_needs_less_than_writing() {
    let bench = Bench::with(BASIC).await;
    let (guest, ann) = (bench.guest("guest@fabrikam.com"), person(&bench, "ann"));
    assert!(bench.graph.related(RelationKind::Sponsors, &guest).await.unwrap().is_empty());
    let error = only(bench.graph.add_relations(&[sponsor(&guest, &ann)], None).await).unwrap_err();
    assert_eq!((error.status, error.class), (Some(403), Class::Terminal));
    assert_eq!(
        refused_write(&error, Feature::Relation(RelationKind::Sponsors), "the sponsor ann").explanation.reason,
        Reason::PermissionMissing
    );
}
