//! For every field that may change: set, changed, removed, reverted. After each step the end state, in status and in the
//! directory, is that of a fresh guest with that spec; and nobody is mailed a second time for it.

mod compare;
mod rows;
mod table;

use entra_simulator::{SeedGroup, SeedKind, SeedUser, Simulator};
use serde_json::{Value, json};
use testbed::stories::{ALL, TENANT, connected, every_right, simulator, smtp, world};
use testbed::world::{TenantManifest, World};

use crate::life;
use rows::{Row, endings, mailing, properties, relations};
use table::Table;

#[tokio::test(flavor = "multi_thread")]
async fn properties_groups_and_sponsors_end_as_those_of_a_fresh_guest() {
    let world = able().await;
    let groups = seeded(simulator(&world));
    let rows = properties().into_iter().chain(relations(&groups)).collect();
    Table::start(world, rows).await.walk().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_and_endings_end_as_those_of_a_fresh_guest() {
    let world = able().await;
    seeded(simulator(&world));
    let rows = mailing().into_iter().chain(endings()).collect();
    Table::start(world, rows).await.walk().await;
}

#[test]
fn every_field_that_may_change_is_in_a_row() {
    let crd = include_str!("../../../crds/guestinvitations.guestlist.dev.yaml");
    let crd: Value = serde_saphyr::from_str(crd).unwrap();
    let spec = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"];
    let names = |fields: &Value, prefix: &str| -> Vec<String> {
        fields.as_object().unwrap().keys().map(|name| format!("{prefix}{name}")).collect()
    };
    let mut fields = names(spec, "");
    fields.extend(names(&spec["profile"]["properties"], "profile."));
    fields.retain(|field| !["email", "tenantRef", "userType", "profile"].contains(&field.as_str()));
    let rows: Vec<Row> =
        properties().into_iter().chain(relations(&[String::new()])).chain(mailing()).chain(endings()).collect();
    let missing: Vec<&String> = fields
        .iter()
        .filter(|field| !rows.iter().any(|row| row.what == **field || row.what.starts_with(&format!("{field} ("))))
        .collect();
    assert_eq!((fields.len() > 25, missing), (true, vec![]));
}

/// A world that can do all, and where the operator can mail.
async fn able() -> World {
    let mut config = life::config(&ALL, Value::Null);
    config.tenant = None;
    if let Some(entra) = &mut config.entra {
        entra.smtp = Some("127.0.0.1:0".parse().unwrap());
        entra.settings.throttle.enabled = false;
    }
    let world = world(config).await;
    let smtp = smtp(&world);
    let more = json!({"access": every_right(), "mail": {"smtp": smtp}, "pacing": {"perMinute": 1800, "burst": 150}});
    world.apply_tenant(&TenantManifest { more, ..TenantManifest::default() }).await.unwrap();
    connected(&world).await;
    world
}

/// The ids of the groups.
fn seeded(entra: &Simulator) -> Vec<String> {
    entra.seed(TENANT, SeedUser::new("boss@contoso.com", SeedKind::Member));
    ["Analysts", "Readers", "Hosts"].map(|group| entra.seed_group(TENANT, SeedGroup::new(group))).to_vec()
}
