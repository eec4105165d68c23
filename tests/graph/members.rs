//! One member more or less.

use std::time::Duration;

use entra_simulator::{Fault, FaultAction, SeedGroup};
use guestlist::api::{Explanation, Reason, RelationKind};
use guestlist::graph::{Class, Feature, Reach, RelationChange, refused_write};
use serde_json::json;
use testbed::stories::TENANT;

use crate::bench::{BASIC, Bench, LONG, NOBODY, member, only};

#[tokio::test]
async fn a_member_joins_once_and_leaves_once() {
    let bench = Bench::new().await;
    let (user, group) = (bench.guest("ann@fabrikam.com"), bench.sim.seed_group(TENANT, SeedGroup::new("Analysts")));
    let reference = [member(&group, &user)];
    assert_eq!(only(bench.graph.add_relations(&reference, None).await).unwrap(), RelationChange::Done);
    assert_eq!(bench.sim.members(TENANT, &group).len(), 1);
    assert_eq!(only(bench.graph.add_relations(&reference, None).await).unwrap(), RelationChange::Already);
    assert_eq!(only(bench.graph.remove_relations(&reference, None).await).unwrap(), RelationChange::Done);
    assert!(bench.sim.members(TENANT, &group).is_empty());
    assert_eq!(only(bench.graph.remove_relations(&reference, None).await).unwrap(), RelationChange::Already);

    let asked = bench.asked();
    assert_eq!(bench.operations(), ["addMember", "addMember", "removeMember", "removeMember"]);
    assert!(asked.iter().all(|request| !request.in_batch), "one reference is a request of its own");
    assert_eq!(asked[0].path, format!("/v1.0/groups/{group}/members/$ref"));
    let link = format!("{}v1.0/directoryObjects/{user}", bench.sim.graph_url());
    assert_eq!(asked[0].body, Some(json!({"@odata.id": link})));
    assert_eq!(asked[2].path, format!("/v1.0/groups/{group}/members/{user}/$ref"));
    bench.only_references();
    assert!(bench.sim.user(TENANT, &user).is_some(), "the member itself stays");
}

#[tokio::test]
async fn whoever_is_no_member_is_removed_already_in_either_wording() {
    for not_found in [false, true] {
        let bench = Bench::new().await;
        bench.set(|settings| settings.variants.absent_reference_not_found = not_found);
        let (user, group) = (bench.guest("ann@fabrikam.com"), bench.sim.seed_group(TENANT, SeedGroup::new("Analysts")));
        for reference in [member(&group, &user), member(&group, NOBODY), member(NOBODY, &user)] {
            let removed = only(bench.graph.remove_relations(std::slice::from_ref(&reference), None).await);
            assert_eq!(removed.unwrap(), RelationChange::Already, "{reference:?}");
        }
        bench.only_references();
    }
}

#[tokio::test]
async fn a_guest_who_is_too_young_to_join_is_an_error_until_it_is_not() {
    for bad_request in [false, true] {
        let bench = Bench::new().await;
        bench.set(|settings| {
            settings.lag.write_after_create = LONG;
            settings.variants.young_reference_bad_request = bad_request;
        });
        let group = bench.sim.seed_group(TENANT, SeedGroup::new("Analysts"));
        let invitation = crate::resets::invitation("ann@fabrikam.com");
        let user = bench.graph.invite(&invitation, None).await.unwrap().user_id;
        assert!(bench.graph.user(&user).await.unwrap().is_some(), "it can be read");
        let error = only(bench.graph.add_relations(&[member(&group, &user)], None).await).unwrap_err();
        assert_eq!(error.status, Some(if bad_request { 400 } else { 404 }));
        assert_eq!((error.class, error.reach), (Class::Terminal, Reach::Answered));
        let refused = refused_write(&error, Feature::Relation(RelationKind::Groups), "the group Analysts");
        let Explanation { reason, message } = refused.explanation;
        assert_eq!(reason, Reason::NotReplicated);
        assert!(
            message.starts_with("the group Analysts: ") && refused.retry_after < Duration::from_secs(60),
            "{message}"
        );
        bench.set(|settings| settings.lag.write_after_create = Duration::ZERO);
        assert_eq!(
            only(bench.graph.add_relations(&[member(&group, &user)], None).await).unwrap(),
            RelationChange::Done
        );
    }
}

#[tokio::test]
async fn a_missing_permission_is_the_features_trouble_and_not_the_tenants() {
    let bench = Bench::with(BASIC).await;
    let (user, group) = (bench.guest("ann@fabrikam.com"), bench.sim.seed_group(TENANT, SeedGroup::new("Analysts")));
    for results in [
        bench.graph.add_relations(&[member(&group, &user)], None).await,
        bench.graph.remove_relations(&[member(&group, &user)], None).await,
    ] {
        let error = only(results).unwrap_err();
        assert_eq!((error.status, error.class), (Some(403), Class::Terminal));
        let Explanation { reason, message } =
            refused_write(&error, Feature::Relation(RelationKind::Groups), "the group Analysts").explanation;
        assert_eq!(reason, Reason::PermissionMissing);
        assert!(message.contains("GroupMember.ReadWrite.All"), "{message}");
    }
}

#[tokio::test]
async fn a_lost_answer_may_have_been_the_work() {
    let bench = Bench::new().await;
    let (user, group) = (bench.guest("ann@fabrikam.com"), bench.sim.seed_group(TENANT, SeedGroup::new("Analysts")));
    bench.sim.inject(Fault::new("addMember", FaultAction::CutAfter));
    let error = only(bench.graph.add_relations(&[member(&group, &user)], None).await).unwrap_err();
    assert_eq!((error.class, error.reach), (Class::Transient, Reach::Unknown));
    assert_eq!(only(bench.graph.add_relations(&[member(&group, &user)], None).await).unwrap(), RelationChange::Already);
}

#[tokio::test]
async fn nothing_is_sent_for_what_is_no_object_id() {
    let bench = Bench::new().await;
    let (user, group) = (bench.guest("ann@fabrikam.com"), bench.sim.seed_group(TENANT, SeedGroup::new("Analysts")));
    for odd in ["", "..", "ann@fabrikam.com", "Analysts/members"] {
        for reference in [member(&group, odd), member(odd, &user)] {
            let error = only(bench.graph.remove_relations(std::slice::from_ref(&reference), None).await).unwrap_err();
            assert_eq!((error.class, error.reach), (Class::Terminal, Reach::NotSent), "{reference:?}");
            assert!(odd.is_empty() || !error.to_string().contains(odd), "{error}");
        }
    }
    assert!(bench.asked().is_empty());
    let mixed = [member("", &user), member(&group, &user), member(&group, "")];
    let results = bench.graph.add_relations(&mixed, None).await.unwrap();
    assert!(results[0].is_err() && results[2].is_err());
    assert_eq!(*results[1].as_ref().unwrap(), RelationChange::Done);
    assert!(bench.graph.add_relations(&[], None).await.unwrap().is_empty());
}
