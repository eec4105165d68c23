//! Relations: groups and sponsors.

use std::time::Duration;

use entra_simulator::{SeedGroup, SeedKind, SeedUser};
use serde_json::{Value, json};
use testbed::stories::{
    TENANT, a_while, calls, condition, connected, guest, simulator, until, until_reason, until_state, world,
};

use super::{able, config, patch};

fn states(guest: &Value, field: &str) -> Vec<String> {
    let relations = guest["status"][field].as_array().cloned().unwrap_or_default();
    relations.iter().map(|relation| relation["state"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_we_added_is_removed() {
    let world = able().await;
    let simulator = simulator(&world);
    let ids: Vec<String> = ["Analysts", "Wiki readers", "All guests"]
        .map(|name| simulator.seed_group(TENANT, SeedGroup::new(name)))
        .to_vec();
    let holds = |group: &str| simulator.members(TENANT, group).len();
    // The directory does not know the guest for a reference yet when it answers 201.
    simulator.update_settings(|settings| settings.lag.write_after_create = Duration::from_secs(4));
    world.apply(&guest("hal", "hal@fabrikam.com", &format!("  groups: [Analysts, {}]\n", ids[1]))).await.unwrap();
    until(&world, "hal", "be in both", |guest| states(guest, "groups") == ["Added", "Added"]).await;
    assert_eq!((holds(&ids[0]), holds(&ids[1])), (1, 1));
    let hal = simulator.user(TENANT, "hal@fabrikam.com").unwrap().id;

    // Somebody else put the guest into a third one, which is declared later and then no more.
    simulator.add_member(TENANT, &ids[2], &hal).unwrap();
    patch(&world, "hal", json!({"groups": ["Analysts", "All guests"]})).await;
    until(&world, "hal", "leave one and find one", |guest| states(guest, "groups") == ["Added", "Present"]).await;
    assert_eq!((holds(&ids[0]), holds(&ids[1]), holds(&ids[2])), (1, 0, 1));
    patch(&world, "hal", json!({"groups": null})).await;
    until(&world, "hal", "have no groups declared", |guest| states(guest, "groups").is_empty()).await;
    assert_eq!((holds(&ids[0]), holds(&ids[1]), holds(&ids[2])), (0, 0, 1), "what others did stays");
    // Reverted, it is as a fresh one would be.
    patch(&world, "hal", json!({"groups": ["Analysts"]})).await;
    until(&world, "hal", "be back", |guest| states(guest, "groups") == ["Added"]).await;
    assert_eq!(calls(&world, "deleteMember"), 0, "no member was ever deleted for a reference");
    assert!(simulator.user(TENANT, &hal).is_some());

    // Already a member is success: the answer to the addition got lost, and the operator with it.
    let cut = entra_simulator::Fault::new("addMember", entra_simulator::FaultAction::CutAfter).times(1);
    simulator.inject(cut);
    patch(&world, "hal", json!({"groups": ["Analysts", "Wiki readers"]})).await;
    until(&world, "hal", "be in both again", |guest| states(guest, "groups") == ["Added", "Added"]).await;
    patch(&world, "hal", json!({"groups": []})).await;
    until(&world, "hal", "leave both", |guest| states(guest, "groups").is_empty()).await;
    assert_eq!((holds(&ids[0]), holds(&ids[1])), (0, 0), "what we added we remove, even if its answer was lost");
    let (adds, removes) = (calls(&world, "addMember"), calls(&world, "removeMember"));
    a_while().await;
    assert_eq!((calls(&world, "addMember"), calls(&world, "removeMember")), (adds, removes), "nothing at rest");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_takes_nobody_is_explained_and_not_hammered() {
    let world = able().await;
    let simulator = simulator(&world);
    simulator
        .seed_group(TENANT, SeedGroup { group_types: vec!["DynamicMembership".into()], ..SeedGroup::new("By rule") });
    simulator.seed_group(TENANT, SeedGroup { on_premises_sync_enabled: true, ..SeedGroup::new("From site") });
    simulator.seed_group(TENANT, SeedGroup { is_assignable_to_role: true, ..SeedGroup::new("Admins") });
    simulator.seed_group(TENANT, SeedGroup::new("Twice"));
    simulator.seed_group(TENANT, SeedGroup::new("Twice"));
    let open = simulator.seed_group(TENANT, SeedGroup::new("Open"));
    for (name, group, reason) in [
        ("rule", "By rule", "DynamicGroup"),
        ("site", "From site", "OnPremisesGroup"),
        ("twice", "Twice", "GroupAmbiguous"),
        ("roles", "Admins", "PermissionMissing"),
        ("none", "No such", "GroupNotFound"),
    ] {
        let more = format!("  groups: [Open, {group}]\n");
        world.apply(&guest(name, &format!("{name}@fabrikam.com"), &more)).await.unwrap();
        let said = until_reason(&world, name, reason).await;
        assert!(said.contains(group), "{said}");
        assert!(name != "roles" || said.contains("RoleManagement.ReadWrite.Directory"), "{said}");
        let refused =
            until(&world, name, "be in the other group", |guest| states(guest, "groups") == ["Added", "Refused"]).await;
        assert_eq!(condition(&refused, "Stalled").0, "True", "{refused}");
        assert_eq!(refused["status"]["state"], "Invited", "the guest is there all the same");
    }
    assert_eq!(simulator.members(TENANT, &open).len(), 5);
    let before = (calls(&world, "listGroups"), calls(&world, "getGroup"), calls(&world, "addMember"));
    a_while().await;
    assert_eq!((calls(&world, "listGroups"), calls(&world, "getGroup"), calls(&world, "addMember")), before);
    // The group appears; whoever asks is heard at once.
    simulator.seed_group(TENANT, SeedGroup::new("No such"));
    super::annotate(&world, "none", "reconcile", "1").await;
    until(&world, "none", "be in both", |guest| states(guest, "groups") == ["Added", "Added"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sponsors_come_and_go() {
    let world = able().await;
    let simulator = simulator(&world);
    let boss = simulator.seed(TENANT, SeedUser::new("boss@contoso.com", SeedKind::Member));
    let team = simulator.seed_group(TENANT, SeedGroup::new("Hosts"));
    world.apply(&guest("ida", "ida@fabrikam.com", "  sponsors: [boss@contoso.com, Hosts]\n")).await.unwrap();
    until(&world, "ida", "have both", |guest| states(guest, "sponsors") == ["Added", "Added"]).await;
    let sponsors = || simulator.user(TENANT, "ida@fabrikam.com").unwrap().related("sponsors").to_vec();
    assert!(sponsors().contains(&boss) && sponsors().contains(&team));
    patch(&world, "ida", json!({"sponsors": ["Hosts"]})).await;
    until(&world, "ida", "have one", |guest| states(guest, "sponsors") == ["Added"]).await;
    assert!(!sponsors().contains(&boss) && sponsors().contains(&team));
    patch(&world, "ida", json!({"sponsors": ["nobody@contoso.com"]})).await;
    until_reason(&world, "ida", "SponsorNotFound").await;
    assert!(!sponsors().contains(&team));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_permission_that_groups_lack_is_named() {
    let world = world(config(&["User.Invite.All", "User.Read.All"], Value::Null)).await;
    connected(&world).await;
    simulator(&world).seed_group(TENANT, SeedGroup::new("Analysts"));
    world.apply(&guest("joe", "joe@fabrikam.com", "  groups: [Analysts]\n")).await.unwrap();
    let said = until_reason(&world, "joe", "PermissionMissing").await;
    assert!(said.contains("GroupMember.Read"), "{said}");
    world.apply(&guest("kim", "kim@fabrikam.com", "")).await.unwrap();
    until_state(&world, "kim", "Invited").await;
}
