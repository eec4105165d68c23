//! Looking groups up, by id and by a name that may hold anything.

use entra_simulator::SeedGroup;
use guestlist::graph::Class;
use testbed::stories::TENANT;

use crate::bench::{BASIC, Bench, NOBODY};

#[tokio::test]
async fn a_group_is_found_by_its_id_alone() {
    let bench = Bench::new().await;
    let id = bench.sim.seed_group(TENANT, SeedGroup::unified("Analysts"));
    let group = bench.graph.group(&id).await.unwrap().expect("the group");
    assert_eq!((group.id.as_str(), group.display_name.as_deref()), (id.as_str(), Some("Analysts")));
    assert_eq!(group.group_types, ["Unified"]);
    assert_eq!((group.security_enabled, group.mail_enabled), (Some(false), Some(true)));
    assert_eq!((group.on_premises_sync_enabled, group.obstacle()), (None, None));
    assert_eq!(bench.graph.group(NOBODY).await.unwrap(), None);
    let asked = bench.asked().len();
    for odd in ["", "Analysts", "..", "a/b"] {
        assert_eq!(bench.graph.group(odd).await.unwrap(), None, "{odd}");
    }
    assert_eq!(bench.asked().len(), asked, "what is no id is not asked for");
}

#[tokio::test]
async fn a_dynamic_groups_rule_is_read() {
    let bench = Bench::new().await;
    let group_types = vec!["DynamicMembership".to_owned()];
    let id = bench.sim.seed_group(TENANT, SeedGroup { group_types, ..SeedGroup::new("Everybody") });
    let group = bench.graph.group(&id).await.unwrap().expect("the group");
    assert!(group.membership_rule.is_some(), "{group:?}");
}

#[tokio::test]
async fn names_may_hold_anything_and_mean_several() {
    let bench = Bench::new().await;
    for name in ["O'Brien's ''team''", "R&D + 50% #1?", "Ünïcode / süd", "a\\b\"c", "x eq 'y'"] {
        let id = bench.sim.seed_group(TENANT, SeedGroup::new(name));
        let found = bench.graph.groups_named(name).await.unwrap();
        assert_eq!(found.iter().map(|group| &group.id).collect::<Vec<_>>(), [&id], "{name}");
    }
    assert!(bench.graph.groups_named("' or startsWith(displayName,'O").await.unwrap().is_empty());
    let mut twins =
        [bench.sim.seed_group(TENANT, SeedGroup::new("Twins")), bench.sim.seed_group(TENANT, SeedGroup::new("twins"))];
    let mut found: Vec<String> =
        bench.graph.groups_named("Twins").await.unwrap().into_iter().map(|group| group.id).collect();
    twins.sort();
    found.sort();
    assert_eq!(found, twins);
}

#[tokio::test]
async fn more_than_a_page_is_read_to_its_end() {
    for empty_first in [false, true] {
        let bench = Bench::new().await;
        bench.set(|settings| settings.variants.empty_first_page = empty_first);
        for _ in 0..23 {
            bench.sim.seed_group(TENANT, SeedGroup::new("Same"));
        }
        assert_eq!(bench.graph.groups_named("Same").await.unwrap().len(), 23);
    }
}

#[tokio::test]
async fn without_the_permission_it_is_the_features_trouble() {
    let bench = Bench::with(BASIC).await;
    let id = bench.sim.seed_group(TENANT, SeedGroup::new("Analysts"));
    for error in [bench.graph.group(&id).await.unwrap_err(), bench.graph.groups_named("Analysts").await.unwrap_err()] {
        assert_eq!((error.status, error.class), (Some(403), Class::Terminal), "{error}");
    }
}
