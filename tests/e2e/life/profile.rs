//! Properties of the user: only what differs is written.

use serde_json::{Value, json};
use testbed::stories::{
    SOON, TENANT, a_while, calls, connected, guest, simulator, until_reason, until_set, until_state, world,
};

use super::{able, config, patch};

#[tokio::test(flavor = "multi_thread")]
async fn only_what_differs_is_written_and_drift_is_put_right() {
    let world = able().await;
    let simulator = simulator(&world);
    let more = "  displayName: Lee Gu\n  profile: {companyName: Fabrikam, department: Sales, usageLocation: nl, businessPhone: '+31 20 1'}\n";
    world.apply(&guest("lee", "lee@fabrikam.com", more)).await.unwrap();
    let given = ["businessPhones", "companyName", "department", "displayName", "usageLocation"];
    until_set(&world, "lee", &given).await;
    let shown =
        |name: &str| simulator.user(TENANT, "lee@fabrikam.com").unwrap().profile.get(name).cloned().unwrap_or_default();
    assert_eq!((shown("companyName"), shown("usageLocation")), (json!("Fabrikam"), json!("NL")));
    let bodies = |world: &testbed::world::World| -> Vec<Value> {
        testbed::stories::simulator(world)
            .requests("updateUser")
            .into_iter()
            .filter_map(|request| request.body)
            .collect()
    };
    assert_eq!(bodies(&world).len(), 1, "one PATCH for all: {:?}", bodies(&world));
    assert!(bodies(&world)[0].get("displayName").is_none(), "the invitation gave the name already");
    a_while().await;
    assert_eq!(calls(&world, "updateUser"), 1, "NL is nl, and nothing else differs");

    // Somebody changes one; the next sweep puts just that right.
    simulator
        .change_user(TENANT, "lee@fabrikam.com", |user| {
            user.profile.insert("department".into(), json!("Other"));
        })
        .unwrap();
    let deadline = std::time::Instant::now() + SOON;
    while shown("department") != "Sales" {
        assert!(std::time::Instant::now() < deadline, "drift was not put right");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert_eq!(bodies(&world).last().unwrap(), &json!({"department": "Sales"}));

    // Changed, removed, reverted.
    patch(&world, "lee", json!({"displayName": "Lee Gu-Jansen", "profile": {"department": null}})).await;
    until_set(&world, "lee", &["businessPhones", "companyName", "displayName", "usageLocation"]).await;
    assert_eq!(bodies(&world).last().unwrap(), &json!({"displayName": "Lee Gu-Jansen", "department": null}));
    assert!(shown("department").is_null());
    patch(&world, "lee", json!({"displayName": null, "profile": {"department": "Sales"}})).await;
    until_set(&world, "lee", &["businessPhones", "companyName", "department", "usageLocation"]).await;
    let name = simulator.user(TENANT, "lee@fabrikam.com").unwrap().display_name;
    assert_eq!(name.as_deref(), Some("lee"), "as an invitation without a name makes it");
    a_while().await;
    assert_eq!(calls(&world, "updateUser"), 4, "{:?}", bodies(&world));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_permission_that_a_profile_lacks_is_named() {
    let world = world(config(&["User.Invite.All", "User.Read.All"], Value::Null)).await;
    connected(&world).await;
    world.apply(&guest("max", "max@fabrikam.com", "  profile: {companyName: Fabrikam}\n")).await.unwrap();
    let said = until_reason(&world, "max", "PermissionMissing").await;
    assert!(said.contains("User.ReadWrite.All"), "{said}");
    a_while().await;
    assert_eq!(calls(&world, "updateUser"), 1, "not hammered");
    world.apply(&guest("ned", "ned@fabrikam.com", "")).await.unwrap();
    until_state(&world, "ned", "Invited").await;
}
