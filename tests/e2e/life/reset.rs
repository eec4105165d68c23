//! Resetting the redemption: the same user, groups kept, perhaps another address.

use std::time::Duration;

use entra_simulator::SeedGroup;
use serde_json::{Value, json};
use testbed::stories::{TENANT, calls, connected, guest, mails, simulator, until, until_reason, until_state, world};

use super::{able, annotate, config, patch};

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_moved_redeems_anew_as_the_same_user() {
    let world = able().await;
    let group = simulator(&world).seed_group(TENANT, SeedGroup::new("Analysts"));
    world.apply(&guest("eva", "eva@fabrikam.com", "  groups: [Analysts]\n")).await.unwrap();
    until_state(&world, "eva", "Invited").await;
    simulator(&world).redeem(TENANT, "eva@fabrikam.com", None).unwrap();
    let before = until(&world, "eva", "be in the group", |guest| {
        guest["status"]["groups"][0]["state"] == "Added" && guest["status"]["state"] == "Accepted"
    })
    .await;
    // The address that was just written is not seen by the reset for a while.
    simulator(&world).update_settings(|settings| settings.lag.reset_after_change = Duration::from_secs(8));
    patch(&world, "eva", json!({"redeemAs": "eva@adatum.com"})).await;
    annotate(&world, "eva", "reset-redemption", "1").await;
    let reset = until(&world, "eva", "be reset", |guest| {
        guest["status"]["lastHandled"]["resetRedemption"] == "1" && guest["status"]["state"] == "Invited"
    })
    .await;
    assert_eq!(reset["status"]["guest"]["id"], before["status"]["guest"]["id"]);
    assert_eq!(mails(&world, "eva@adatum.com"), 1);
    assert_eq!(simulator(&world).members(TENANT, &group).len(), 1, "the group is kept");
    assert_eq!(simulator(&world).users(TENANT).iter().filter(|user| user.creation_type.is_some()).count(), 1);

    simulator(&world).redeem(TENANT, "eva@adatum.com", None).unwrap();
    until_state(&world, "eva", "Accepted").await;
    assert_eq!(mails(&world, "eva@fabrikam.com"), 1, "the old address got the first mail only");
    assert_eq!(mails(&world, "eva@adatum.com"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_permission_that_a_reset_lacks_is_named() {
    let world = world(config(&["User.Invite.All", "User.Read.All"], Value::Null)).await;
    connected(&world).await;
    world.apply(&guest("fay", "fay@fabrikam.com", "")).await.unwrap();
    until_state(&world, "fay", "Invited").await;
    annotate(&world, "fay", "reset-redemption", "1").await;
    let said = until_reason(&world, "fay", "PermissionMissing").await;
    assert!(said.contains("User.ReadWrite.All"), "{said}");
    assert_eq!(mails(&world, "fay@fabrikam.com"), 1);
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(calls(&world, "createInvitation"), 2, "a missing permission is not hammered");
    // The rest of the tenant goes on.
    world.apply(&guest("gus", "gus@fabrikam.com", "")).await.unwrap();
    until_state(&world, "gus", "Invited").await;
}
