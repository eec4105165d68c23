//! Groups whose members the operator cannot change, seen beforehand and refused all the same.

use entra_simulator::SeedGroup;
use guestlist::api::{Explanation, Reason, RelationKind};
use guestlist::graph::{Feature, Obstacle, RelationChange, refused_write};
use testbed::stories::TENANT;

use crate::bench::{ALL, Bench, member, only};

fn kinds(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn what_stands_in_the_way_is_seen_before_and_named_after() {
    let bench = Bench::new().await;
    let user = bench.guest("ann@fabrikam.com");
    let new = || SeedGroup::new("Analysts");
    for (seed, obstacle, reason, word) in [
        (
            SeedGroup { group_types: kinds(&["DynamicMembership"]), ..new() },
            Some(Obstacle::Dynamic),
            Reason::PermissionMissing,
            "dynamic",
        ),
        (
            SeedGroup { on_premises_sync_enabled: true, ..new() },
            Some(Obstacle::OnPremises),
            Reason::OnPremises,
            "only there",
        ),
        (
            SeedGroup { is_assignable_to_role: true, ..new() },
            Some(Obstacle::RoleAssignable),
            Reason::PermissionMissing,
            "RoleManagement.ReadWrite.Directory",
        ),
        (
            SeedGroup { mail_enabled: Some(true), security_enabled: Some(true), ..new() },
            None,
            Reason::MailEnabledGroup,
            "Exchange",
        ),
        (
            SeedGroup { guests_not_allowed: true, ..SeedGroup::unified("Analysts") },
            None,
            Reason::GuestsNotAllowed,
            "Microsoft 365",
        ),
    ] {
        let id = bench.sim.seed_group(TENANT, seed);
        let group = bench.graph.group(&id).await.unwrap().expect("the group");
        assert_eq!(group.obstacle(), obstacle, "{group:?}");
        let error = only(bench.graph.add_relations(&[member(&id, &user)], None).await).unwrap_err();
        let refused = refused_write(&error, Feature::Relation(RelationKind::Groups), "the group Analysts");
        let message = refused.explanation.message;
        assert_eq!(refused.explanation.reason, reason, "{message}");
        assert!(message.contains(word), "{message}");
        assert!(bench.sim.members(TENANT, &id).is_empty());
    }
    bench.only_references();
}

#[tokio::test]
async fn the_permission_for_roles_takes_its_obstacle_away() {
    let roles = [ALL, &["RoleManagement.ReadWrite.Directory"]].concat();
    let bench = Bench::with(&roles).await;
    let user = bench.guest("ann@fabrikam.com");
    let group = bench.sim.seed_group(TENANT, SeedGroup { is_assignable_to_role: true, ..SeedGroup::new("Admins") });
    assert_eq!(only(bench.graph.add_relations(&[member(&group, &user)], None).await).unwrap(), RelationChange::Done);
}

#[tokio::test]
async fn an_older_page_demands_one_permission_more() {
    let bench = Bench::with(&["User.Invite.All", "User.Read.All", "GroupMember.ReadWrite.All"]).await;
    bench.set(|settings| settings.variants.membership_needs_user_write = true);
    let (user, group) = (bench.guest("ann@fabrikam.com"), bench.sim.seed_group(TENANT, SeedGroup::new("Analysts")));
    let error = only(bench.graph.add_relations(&[member(&group, &user)], None).await).unwrap_err();
    let Explanation { reason, message } =
        refused_write(&error, Feature::Relation(RelationKind::Groups), "the group Analysts").explanation;
    assert_eq!(reason, Reason::PermissionMissing);
    assert!(message.contains("may need User.ReadWrite.All"), "{message}");
}
