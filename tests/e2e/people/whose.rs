//! Whose a person is, and what is done for and to whom we found or somebody else disabled.

use entra_simulator::{SeedGroup, SeedKind, SeedUser};
use serde_json::json;
use testbed::stories::{
    TENANT, a_while, calls, condition, guest, mails, named, simulator, state, until, until_gone, until_state,
};

use super::{of_others, others_until, person, two_teams, until_person};
use crate::life::{able, annotate, patch};

#[tokio::test(flavor = "multi_thread")]
async fn one_record_a_person_that_says_whose_they_are() {
    let world = two_teams().await;
    world.apply(&guest("ann", "ann@fabrikam.com", "")).await.unwrap();
    let ann = until_state(&world, "ann", "Invited").await;
    let record = person(&world, "ann@fabrikam.com").await;
    assert_eq!(record["metadata"]["name"], ann["status"]["guestName"]);
    assert_eq!(
        (&record["record"]["owner"]["namespace"], &record["record"]["owner"]["name"]),
        (&json!("team"), &json!("ann"))
    );
    assert_eq!((&record["record"]["invitation"]["sent"], &record["record"]["state"]), (&json!(1), &json!("Invited")));
    assert_eq!(record["record"]["user"]["id"], ann["status"]["guest"]["id"]);
    // Another team is told that the person is somebody's, and nothing more.
    world.apply(&of_others("ann", "ann@fabrikam.com", "")).await.unwrap();
    let theirs = others_until(&world, "ann", "DuplicateAddress").await;
    let said = condition(&theirs, "Ready").2;
    assert!(said.contains("another namespace") && !said.contains("team/"), "{said}");
    assert!(theirs["status"]["guest"].is_null() && theirs["status"]["redemption"].is_null(), "{theirs}");
    simulator(&world).redeem(TENANT, "ann@fabrikam.com", None).unwrap();
    until_state(&world, "ann", "Accepted").await;
    until_person(&world, "ann@fabrikam.com", "have accepted", |found| found["record"]["state"] == "Accepted").await;
    world.delete(&named("ann")).await.unwrap();
    until_person(&world, "ann@fabrikam.com", "be released", |found| {
        found["record"]["owner"]["uid"].is_null() && found["record"]["owner"]["namespace"] == "team"
    })
    .await;
    // Released, the person may be followed by anybody, without a mail.
    others_until(&world, "ann", "Followed").await;
    assert_eq!((mails(&world, "ann@fabrikam.com"), calls(&world, "createInvitation")), (1, 1));
}

/// The address that another team's guest has moved to is that guest.
#[tokio::test(flavor = "multi_thread")]
async fn the_address_that_a_guest_moved_to_is_still_that_guest() {
    let world = two_teams().await;
    world.apply(&guest("mia", "mia@fabrikam.com", "  redeemAs: mia@adatum.com\n")).await.unwrap();
    until_state(&world, "mia", "Invited").await;
    simulator(&world).redeem(TENANT, "mia@fabrikam.com", None).unwrap();
    until_state(&world, "mia", "Accepted").await;
    annotate(&world, "mia", "reset-redemption", "moved").await;
    until(&world, "mia", "be reset", |guest| guest["status"]["lastHandled"]["resetRedemption"] == "moved").await;
    simulator(&world).redeem(TENANT, "mia@adatum.com", None).unwrap();
    until_state(&world, "mia", "Accepted").await;
    let posts = calls(&world, "createInvitation");
    world.apply(&of_others("mia", "mia@adatum.com", "")).await.unwrap();
    others_until(&world, "mia", "DuplicateAddress").await;
    let reset = "guestlist.dev/reset-redemption=mine";
    world.kubectl(&["annotate", "ginv", "-n", "others", "mia", reset]).await.unwrap();
    a_while().await;
    assert_eq!(calls(&world, "createInvitation"), posts, "nobody is mailed or reset");
    assert_eq!(state(&world.get(&named("mia")).await.unwrap()), "Accepted");
}

/// Whom somebody else made is followed, and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn whom_we_found_is_neither_changed_nor_ended() {
    let world = two_teams().await;
    let group = simulator(&world).seed_group(TENANT, SeedGroup::new("Analysts"));
    simulator(&world).seed(TENANT, SeedUser::new("bob@fabrikam.com", SeedKind::AcceptedGuest));
    let more = "  displayName: Somebody Else\n  deletionPolicy: Disable\n  groups: [Analysts]\n";
    world.apply(&guest("bob", "bob@fabrikam.com", more)).await.unwrap();
    let bob = until(&world, "bob", "be in the group", |guest| condition(guest, "Ready").1 == "Followed").await;
    let said = condition(&bob, "Ready").2;
    assert!(said.contains("displayName and profile") && said.contains("deletionPolicy"), "{said}");
    assert_eq!(simulator(&world).members(TENANT, &group).len(), 1, "its own groups it keeps");
    // Another team may follow the same person.
    world.apply(&of_others("bob", "bob@fabrikam.com", "  groups: [Analysts]\n")).await.unwrap();
    others_until(&world, "bob", "Followed").await;
    world.delete(&named("bob")).await.unwrap();
    until_gone(&world, &named("bob")).await;
    a_while().await;
    let there = simulator(&world).user(TENANT, "bob@fabrikam.com").unwrap();
    assert!(there.account_enabled && there.display_name.as_deref() != Some("Somebody Else"));
    assert_eq!(simulator(&world).members(TENANT, &group).len(), 1, "the other team wants them there");
    assert_eq!(
        (calls(&world, "createInvitation"), calls(&world, "updateUser"), calls(&world, "deleteUser")),
        (0, 0, 0)
    );
}

/// Only whom the operator disabled is enabled again.
#[tokio::test(flavor = "multi_thread")]
async fn whom_an_administrator_disabled_stays_disabled() {
    let world = able().await;
    for name in ["ours", "theirs"] {
        let more = "  deletionPolicy: Disable\n";
        world.apply(&guest(name, &format!("{name}@fabrikam.com"), more)).await.unwrap();
        until_state(&world, name, "Invited").await;
        simulator(&world).redeem(TENANT, &format!("{name}@fabrikam.com"), None).unwrap();
        until_state(&world, name, "Accepted").await;
    }
    let enabled = |name: &str| simulator(&world).user(TENANT, &format!("{name}@fabrikam.com")).unwrap().account_enabled;
    simulator(&world).change_user(TENANT, "theirs@fabrikam.com", |user| user.account_enabled = false).unwrap();
    for name in ["ours", "theirs"] {
        patch(&world, name, json!({"accessUntil": "2020-01-01T00:00:00Z"})).await;
        until(&world, name, "end", |guest| guest["status"]["ended"]["how"] == "Disabled").await;
    }
    assert!(!enabled("ours") && !enabled("theirs"));
    for name in ["ours", "theirs"] {
        patch(&world, name, json!({"accessUntil": null})).await;
        until(&world, name, "be taken back", |guest| guest["status"]["ended"].is_null()).await;
    }
    a_while().await;
    assert!(enabled("ours") && !enabled("theirs"), "what an administrator did stands");
}
