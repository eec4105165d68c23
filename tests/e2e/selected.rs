//! Two operators share the directories of a cluster by labels of the EntraTenants. Each works with its own, and leaves the guests of the
//! other alone.

use std::sync::Arc;

use serde_json::{Value, json};
use testbed::operator::Operator;
use testbed::stories::{
    SOON, a_while, condition, guest, guest_list, mails, named, named_list, patched, patient, simulator, state, until,
    until_reason_of_tenant, until_state, world,
};
use testbed::world::{Ref, TenantManifest, World, WorldConfig};

const OTHER: &str = "66666666-7777-8888-9999-000000000000";

/// Applies the EntraTenant `name` of a directory, in a shard.
async fn apply_tenant(world: &World, name: &str, tenant_id: &str, shard: &str) {
    let tenant = TenantManifest { name: name.into(), tenant_id: tenant_id.into(), ..TenantManifest::default() };
    world.apply(&tenant.yaml(simulator(world).url(), simulator(world).ca_pem()).unwrap()).await.unwrap();
    put_into(world, name, shard).await;
}

async fn put_into(world: &World, tenant: &str, shard: &str) {
    patched(world, &Ref::tenant(tenant), json!({"metadata": {"labels": {"shard": shard}}})).await;
}

fn operator_of(world: &World, shard: &str) -> Arc<Operator> {
    let mut args = patient();
    args.push(format!("--tenant-selector=shard={shard}"));
    world.start_operator_with(&args).unwrap()
}

/// A guest of the second directory.
fn of_other(name: &str) -> String {
    guest(name, &format!("{name}@fabrikam.com"), "  tenantRef: {name: other}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_operator_works_with_the_directories_of_its_selector() {
    let mut entra = entra_simulator::Config::default();
    let mut second = entra.tenants[0].clone();
    second.id = OTHER.into();
    entra.tenants.push(second);
    let world =
        world(WorldConfig { entra: Some(entra), tenant: None, operator: false, ..WorldConfig::default() }).await;
    let first = TenantManifest::default().tenant_id;
    apply_tenant(&world, "default", &first, "a").await;
    apply_tenant(&world, "other", OTHER, "b").await;
    let (_a, b) = (operator_of(&world, "a"), operator_of(&world, "b"));
    until_reason_of_tenant(&world, "default", "Connected").await;
    until_reason_of_tenant(&world, "other", "Connected").await;

    world.apply(&guest("ann", "ann@fabrikam.com", "")).await.unwrap();
    world.apply(&of_other("bob")).await.unwrap();
    let entries = [json!({"email": "cas@fabrikam.com"}), json!({"email": "dan@fabrikam.com"})];
    let list = guest_list("many", &json!({"tenantRef": {"name": "other"}}), &entries);
    world.apply(&list.to_string()).await.unwrap();
    for name in ["ann", "bob"] {
        until_state(&world, name, "Invited").await;
    }
    let all = |list: &Value| list["status"]["guests"]["invited"] == 2;
    world.wait_for(&named_list("many"), "have its guests invited", all, SOON).await.unwrap();
    for name in ["ann", "bob", "cas", "dan"] {
        assert_eq!(mails(&world, &format!("{name}@fabrikam.com")), 1, "{name}");
    }

    // A selector splits no directory: of two EntraTenants of one directory the older one works, whoever works with it.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    apply_tenant(&world, "twin", &first, "b").await;
    let said = condition(&until_reason_of_tenant(&world, "twin", "DirectoryTaken").await, "Ready").2;
    assert!(said.contains("The EntraTenant default"), "{said}");

    // Nobody works with the second directory now, and the first operator leaves it alone.
    b.kill();
    b.wait().await;
    world.apply(&of_other("eve")).await.unwrap();
    let resend = json!({"metadata": {"annotations": {"guestlist.dev/resend": "please"}}});
    patched(&world, &named("bob"), resend).await;
    a_while().await;
    let eve = world.get(&named("eve")).await.unwrap();
    assert_eq!((state(&eve), &eve["metadata"]["finalizers"], mails(&world, "eve@fabrikam.com")), ("", &Value::Null, 0));
    assert_eq!(mails(&world, "bob@fabrikam.com"), 1);

    // It is given the directory, and takes over what is declared and what was asked for. Nobody is mailed a second time unasked.
    put_into(&world, "other", "a").await;
    until_state(&world, "eve", "Invited").await;
    until(&world, "bob", "be mailed again", |guest| guest["status"]["invitation"]["sent"] == 2).await;
    a_while().await;
    let counts = ["ann", "bob", "cas", "dan", "eve"].map(|name| mails(&world, &format!("{name}@fabrikam.com")));
    assert_eq!(counts, [1, 2, 1, 1, 1]);

    // And lets go of one that is taken from it.
    put_into(&world, "default", "c").await;
    world.apply(&guest("flo", "flo@fabrikam.com", "")).await.unwrap();
    world.apply(&of_other("gus")).await.unwrap();
    until_state(&world, "gus", "Invited").await;
    a_while().await;
    assert_eq!((state(&world.get(&named("flo")).await.unwrap()), mails(&world, "flo@fabrikam.com")), ("", 0));
}
