//! Two resources for one person, of which one or both go.

use serde_json::Value;
use testbed::stories::{SOON, TENANT, calls, condition, guest, mails, named, simulator, until_gone, until_state};
use testbed::world::World;

use super::{of_others, others_until, two_replicas, two_teams};
use crate::life::able;

/// A suspended resource neither keeps a person from being ended nor another team from inviting.
#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_rival_holds_nobody_and_inherits_nobody() {
    a_suspended_rival_holds_nobody_and_inherits_nobody_in(&two_teams().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_rival_holds_nobody_and_inherits_nobody_with_two_replicas() {
    a_suspended_rival_holds_nobody_and_inherits_nobody_in(&two_replicas().await.0).await;
}

async fn a_suspended_rival_holds_nobody_and_inherits_nobody_in(world: &World) {
    world.apply(&of_others("kim", "kim@fabrikam.com", "  suspend: true\n")).await.unwrap();
    others_until(world, "kim", "Suspended").await;
    world.apply(&guest("kim", "kim@fabrikam.com", "  deletionPolicy: Delete\n")).await.unwrap();
    until_state(world, "kim", "Invited").await;
    world.delete(&named("kim")).await.unwrap();
    until_gone(world, &named("kim")).await;
    assert!(simulator(world).user(TENANT, "kim@fabrikam.com").is_none(), "ended as declared");
    assert_eq!((mails(world, "kim@fabrikam.com"), calls(world, "deleteUser")), (1, 1));
}

/// Two resources for one address, deleted together.
#[tokio::test(flavor = "multi_thread")]
async fn two_that_go_together_leave_nobody_behind() {
    two_that_go_together_leave_nobody_behind_in(&able().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_go_together_leave_nobody_behind_with_two_replicas() {
    two_that_go_together_leave_nobody_behind_in(&two_replicas().await.0).await;
}

async fn two_that_go_together_leave_nobody_behind_in(world: &World) {
    for name in ["one", "two"] {
        world.apply(&guest(name, "duo@fabrikam.com", "  deletionPolicy: Delete\n")).await.unwrap();
    }
    let decided = |guest: &Value| ["Invited", "DuplicateAddress"].contains(&condition(guest, "Ready").1.as_str());
    for name in ["one", "two"] {
        world.wait_for(&named(name), "be decided", decided, SOON).await.unwrap();
    }
    world.kubectl(&["delete", "ginv", "-n", "team", "one", "two", "--wait=false"]).await.unwrap();
    until_gone(world, &named("one")).await;
    until_gone(world, &named("two")).await;
    assert!(simulator(world).user(TENANT, "duo@fabrikam.com").is_none());
    assert_eq!((mails(world, "duo@fabrikam.com"), calls(world, "deleteUser")), (1, 1));
}
