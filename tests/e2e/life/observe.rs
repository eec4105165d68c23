//! Mode Observe: nothing is written to the directory, and each guest tells what would be done.

use entra_simulator::{SeedKind, SeedUser};
use serde_json::json;
use testbed::stories::{
    ALL, TENANT, a_while, calls, condition, connected, every_right, guest, mails, simulator, until, until_reason,
    until_set, until_state, world,
};
use testbed::world::TenantManifest;

use super::config;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_and_each_guest_tells_what_would_be() {
    let world = world(config(&ALL, json!({"mode": "Observe"}))).await;
    connected(&world).await;
    let simulator = simulator(&world);
    simulator.seed(TENANT, SeedUser::new("old@fabrikam.com", SeedKind::AcceptedGuest));
    world.apply(&guest("new", "new@fabrikam.com", "")).await.unwrap();
    world
        .apply(&guest(
            "old",
            "old@fabrikam.com",
            "  existing: Manage\n  profile: {companyName: Fabrikam}\n  deletionPolicy: Disable\n",
        ))
        .await
        .unwrap();
    world.apply(&guest("same", "old2@fabrikam.com", "  suspend: true\n")).await.unwrap();
    let said = until_reason(&world, "new", "Observing").await;
    assert!(said.contains("would be invited"), "{said}");
    let old = until(&world, "old", "tell what would change", |guest| condition(guest, "Ready").1 == "Observing").await;
    assert!(condition(&old, "Ready").2.contains("companyName"), "{old}");
    assert_eq!(old["status"]["state"], "Accepted", "the guest was found and is followed");
    a_while().await;
    let writes: Vec<String> = simulator
        .journal()
        .iter()
        .filter_map(|entry| match entry {
            entra_simulator::Entry::Request(request) if request.method != "GET" => Some(request.operation.clone()),
            entra_simulator::Entry::Mail(mail) => Some(format!("mail to {}", mail.to)),
            _ => None,
        })
        .filter(|operation| !["token", "batch"].contains(&operation.as_str()))
        .collect();
    assert_eq!(writes, [] as [String; 0], "nothing was written");
    let people = world.kubectl(&["get", "guests", "-o", "name"]).await.unwrap();
    assert_eq!(people.trim(), "", "nobody has a record either");

    let active =
        TenantManifest { more: json!({"mode": "Active", "access": every_right()}), ..TenantManifest::default() };
    world.apply_tenant(&active).await.unwrap();
    until_state(&world, "new", "Invited").await;
    until_set(&world, "old", &["companyName"]).await;
    assert_eq!((mails(&world, "new@fabrikam.com"), calls(&world, "updateUser")), (1, 1));
}
