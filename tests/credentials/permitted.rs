//! The condition Permitted: which permission is missing, for which guests, and that a grant is noticed.

use std::time::Duration;

use entra_simulator::SeedGroup;
use serde_json::{Value, json};
use testbed::stories::{APP, SOON, TENANT, condition, connected, guest, kstatus, named, simulator, until_state, world};
use testbed::world::{Ref, TenantManifest, WorldConfig};

#[tokio::test(flavor = "multi_thread")]
async fn the_missing_permission_of_each_used_feature_is_named_until_it_is_granted() {
    let more = json!({"access": [{"groups": ["Readers"]}]});
    let tenant = TenantManifest { more, ..TenantManifest::default() };
    let world = world(WorldConfig { tenant: Some(tenant), ..Default::default() }).await;
    connected(&world).await;
    simulator(&world).seed_group(TENANT, SeedGroup::new("Readers"));
    world.apply(&guest("plain", "plain@fabrikam.com", "")).await.unwrap();
    until_state(&world, "plain", "Invited").await;
    let tenant = world.get(&Ref::tenant("default")).await.unwrap();
    assert_eq!(condition(&tenant, "Permitted").0, "True", "{}", condition(&tenant, "Permitted").2);

    for n in 0..3 {
        let name = format!("reader{n}");
        world.apply(&guest(&name, &format!("{name}@fabrikam.com"), "  groups: [Readers]\n")).await.unwrap();
    }
    let all = |tenant: &Value| condition(tenant, "Permitted").2.contains("(3 guests have groups)");
    let tenant = world.wait_for(&Ref::tenant("default"), "name what is missing", all, SOON).await.unwrap();
    kstatus(&tenant);
    let (status, reason, said) = condition(&tenant, "Permitted");
    assert_eq!((status.as_str(), reason.as_str()), ("False", "PermissionMissing"));
    assert!(said.contains("GroupMember.ReadWrite.All (3 guests have groups)"), "{said}");
    assert!(!said.contains("User."), "what is granted is not named: {said}");
    assert_eq!(condition(&tenant, "Ready").0, "True", "the others go on");

    // A token carries what was granted when it was made: a new one is asked for by itself.
    simulator(&world).change_app(TENANT, APP, |app| app.roles.push("GroupMember.ReadWrite.All".into())).unwrap();
    let granted = |tenant: &Value| condition(tenant, "Permitted").0 == "True";
    let patient = Duration::from_secs(150);
    world.wait_for(&Ref::tenant("default"), "be permitted", granted, patient).await.unwrap();
    world.kubectl(&["annotate", "ginv", "-n", "team", "reader0", "guestlist.dev/reconcile=now"]).await.unwrap();
    let member = |guest: &Value| condition(guest, "Ready").0 == "True";
    world.wait_for(&named("reader0"), "be a member", member, SOON).await.unwrap();
}
