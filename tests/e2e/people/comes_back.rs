//! A resource that is renamed, restored, lost or applied again: the person is the same, and is mailed once.

use serde_json::json;
use testbed::stories::{
    TENANT, a_while, calls, guest, mails, named, patched, simulator, until_gone, until_reason, until_state,
};

use super::{of_others, others_until, two_replicas, two_teams, until_person};
use crate::life::{able, kill_the_operator};

/// A rename within the namespace. The new name takes the person over, with all that is known of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_resource_keeps_its_guest() {
    let world = able().await;
    let more = "  deletionPolicy: Delete\n";
    world.apply(&guest("old", "ren@fabrikam.com", more)).await.unwrap();
    until_state(&world, "old", "Invited").await;
    world.apply(&guest("new", "ren@fabrikam.com", more)).await.unwrap();
    let said = until_reason(&world, "new", "DuplicateAddress").await;
    assert!(said.contains("team/old"), "{said}");
    world.delete(&named("old")).await.unwrap();
    until_gone(&world, &named("old")).await;
    let new = until_state(&world, "new", "Invited").await;
    assert_eq!(
        (&new["status"]["guest"]["origin"], &new["status"]["invitation"]["sent"]),
        (&json!("Invited"), &json!(1))
    );
    assert_eq!((mails(&world, "ren@fabrikam.com"), calls(&world, "deleteUser")), (1, 0));
    world.delete(&named("new")).await.unwrap();
    until_gone(&world, &named("new")).await;
    assert!(simulator(&world).user(TENANT, "ren@fabrikam.com").is_none(), "ended as declared");
}

/// A restore. All resources vanish and come back with new uids; the Guests stand.
#[tokio::test(flavor = "multi_thread")]
async fn a_restore_ends_nobody_and_mails_nobody() {
    let world = able().await;
    let names: Vec<String> = (0..4).map(|n| format!("r{n}")).collect();
    let manifests = |names: &[String]| {
        let each = names.iter().map(|name| guest(name, &format!("{name}@fabrikam.com"), "  deletionPolicy: Delete\n"));
        each.collect::<Vec<_>>().join("\n---\n")
    };
    world.apply(&manifests(&names)).await.unwrap();
    for name in &names {
        until_state(&world, name, "Invited").await;
    }
    kill_the_operator(&world).await;
    for name in &names {
        patched(&world, &named(name), json!({"metadata": {"finalizers": null}})).await;
        world.delete(&named(name)).await.unwrap();
    }
    world.apply(&manifests(&names)).await.unwrap();
    world.start_operator().unwrap();
    for name in &names {
        let back = until_state(&world, name, "Invited").await;
        assert_eq!(back["status"]["invitation"]["sent"], 1, "{name} knows of their mail");
        assert_eq!(back["status"]["guest"]["origin"], "Invited", "{name}");
    }
    a_while().await;
    for name in &names {
        assert_eq!(mails(&world, &format!("{name}@fabrikam.com")), 1, "{name}");
    }
    assert_eq!((calls(&world, "deleteUser"), calls(&world, "createInvitation")), (0, names.len()));
    // And they end as declared.
    world.delete(&named("r0")).await.unwrap();
    until_gone(&world, &named("r0")).await;
    assert!(simulator(&world).user(TENANT, "r0@fabrikam.com").is_none());
}

/// The same with two replicas: neither sees the resource go, and one of them begins anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_restore_with_two_replicas_ends_nobody_and_mails_nobody() {
    let (world, leader) = two_replicas().await;
    let manifest = guest("res", "res@fabrikam.com", "  deletionPolicy: Delete\n");
    world.apply(&manifest).await.unwrap();
    until_state(&world, "res", "Invited").await;
    kill_the_operator(&world).await;
    leader.kill();
    leader.wait().await;
    patched(&world, &named("res"), json!({"metadata": {"finalizers": null}})).await;
    world.delete(&named("res")).await.unwrap();
    world.apply(&manifest).await.unwrap();
    world.start_operator().unwrap();
    world.start_operator().unwrap();
    let back = until_state(&world, "res", "Invited").await;
    assert_eq!(
        (&back["status"]["invitation"]["sent"], &back["status"]["guest"]["origin"]),
        (&json!(1), &json!("Invited"))
    );
    a_while().await;
    assert_eq!((mails(&world, "res@fabrikam.com"), calls(&world, "deleteUser")), (1, 0));
}

/// A resource that vanishes, with its finalizer taken off by force, ends nobody. The Guest says so.
#[tokio::test(flavor = "multi_thread")]
async fn who_vanishes_ends_nobody_and_is_told() {
    let world = two_teams().await;
    world.apply(&guest("van", "van@fabrikam.com", "  deletionPolicy: Delete\n")).await.unwrap();
    until_state(&world, "van", "Invited").await;
    kill_the_operator(&world).await;
    patched(&world, &named("van"), json!({"metadata": {"finalizers": null}})).await;
    world.delete(&named("van")).await.unwrap();
    world.start_operator().unwrap();
    until_person(&world, "van@fabrikam.com", "be ownerless", |found| found["record"]["state"] == "Ownerless").await;
    assert!(simulator(&world).user(TENANT, "van@fabrikam.com").is_some());
    // Nobody of another team takes the place.
    world.apply(&of_others("van", "van@fabrikam.com", "")).await.unwrap();
    others_until(&world, "van", "DuplicateAddress").await;
    world.apply(&guest("van", "van@fabrikam.com", "  deletionPolicy: Delete\n")).await.unwrap();
    until_state(&world, "van", "Invited").await;
    assert_eq!((mails(&world, "van@fabrikam.com"), calls(&world, "deleteUser")), (1, 0));
}

/// Deleted and applied again. The same person comes back, without another mail, and goes again.
#[tokio::test(flavor = "multi_thread")]
async fn deleted_and_applied_again_is_the_same_guest() {
    let world = able().await;
    let manifest = guest("ida", "ida@fabrikam.com", "  deletionPolicy: Delete\n");
    world.apply(&manifest).await.unwrap();
    let first = until_state(&world, "ida", "Invited").await;
    world.delete(&named("ida")).await.unwrap();
    until_gone(&world, &named("ida")).await;
    assert!(simulator(&world).user(TENANT, "ida@fabrikam.com").is_none());
    world.apply(&manifest).await.unwrap();
    let again = until_state(&world, "ida", "Invited").await;
    assert_eq!(first["status"]["guest"]["id"], again["status"]["guest"]["id"], "brought back, and not made anew");
    kill_the_operator(&world).await;
    world.start_operator().unwrap();
    world.delete(&named("ida")).await.unwrap();
    until_gone(&world, &named("ida")).await;
    assert!(simulator(&world).user(TENANT, "ida@fabrikam.com").is_none(), "also after a restart");
    assert_eq!((mails(&world, "ida@fabrikam.com"), calls(&world, "restoreDeletedItem")), (1, 1));
}
