//! Users among the deleted items, and back.

use entra_simulator::SeedGroup;
use guestlist::api::Reason;
use guestlist::graph::{Class, Feature, refused_write};
use testbed::stories::TENANT;

use crate::bench::{BASIC, Bench, NOBODY};

#[tokio::test]
async fn a_deleted_user_is_found_by_any_of_its_addresses() {
    let bench = Bench::with(BASIC).await;
    let id = bench.guest("ann.o'hara@fabrikam.com");
    bench.sim.change_user(TENANT, &id, |user| user.other_mails.push("ann@adatum.com".into())).unwrap();
    assert!(bench.graph.deleted_by_address("ann.o'hara@fabrikam.com").await.unwrap().is_empty(), "it is alive");
    assert_eq!(bench.graph.deleted_user(&id).await.unwrap(), None);
    bench.sim.delete_user(TENANT, &id).unwrap();
    for address in ["ann.o'hara@fabrikam.com", "Ann@Adatum.com"] {
        let found = bench.graph.deleted_by_address(address).await.unwrap();
        assert_eq!(found.len(), 1, "{address}");
        assert_eq!(
            (found[0].user.id.as_str(), found[0].user.creation_type.as_deref()),
            (id.as_str(), Some("Invitation"))
        );
        assert!(found[0].deleted_at.is_some());
    }
    assert!(bench.graph.deleted_by_address("bob@adatum.com").await.unwrap().is_empty());
    let found = bench.graph.deleted_user(&id).await.unwrap().expect("the deleted user");
    assert_eq!(found.user.mail.as_deref(), Some("ann.o'hara@fabrikam.com"));
    assert_eq!(found.user.external_user_state.as_deref(), Some("Accepted"));
    assert!(found.user.created_date_time.is_some() && found.deleted_at.is_some());
    assert_eq!(bench.graph.deleted_user(NOBODY).await.unwrap(), None);
    assert_eq!(bench.graph.deleted_user("ann@adatum.com").await.unwrap(), None);
}

#[tokio::test]
async fn every_page_is_read_in_plain_and_in_advanced_mode() {
    for (empty_first, advanced) in [(false, false), (true, false), (true, true)] {
        let bench = Bench::with(BASIC).await;
        bench.set(|settings| {
            settings.variants.empty_first_page = empty_first;
            settings.variants.or_over_collections_needs_advanced = advanced;
        });
        for _ in 0..12 {
            let id = bench.guest("ann@fabrikam.com");
            bench.sim.delete_user(TENANT, &id).unwrap();
        }
        assert_eq!(bench.graph.deleted_by_address("ann@fabrikam.com").await.unwrap().len(), 12);
    }
}

#[tokio::test]
async fn a_restored_user_is_who_it_was() {
    let bench = Bench::new().await;
    let id = bench.guest("ann@fabrikam.com");
    let members = vec![id.clone()];
    let group = bench.sim.seed_group(TENANT, SeedGroup { members, ..SeedGroup::new("Analysts") });
    assert_eq!(bench.graph.restore_user(&id, None).await.unwrap(), None, "nothing to restore");
    assert!(bench.graph.delete_user(&id, None).await.unwrap());
    assert!(bench.sim.members(TENANT, &group).is_empty());
    let user = bench.graph.restore_user(&id, None).await.unwrap().expect("the user");
    assert_eq!((user.id.as_str(), user.mail.as_deref()), (id.as_str(), Some("ann@fabrikam.com")));
    assert_eq!(bench.sim.members(TENANT, &group).len(), 1, "the membership comes back");
    assert_eq!(bench.graph.deleted_user(&id).await.unwrap(), None);
    assert_eq!(bench.graph.restore_user(NOBODY, None).await.unwrap(), None);
}

#[tokio::test]
async fn a_sign_in_name_that_was_given_away_bars_the_way_back() {
    let bench = Bench::new().await;
    let id = bench.guest("ann@fabrikam.com");
    bench.sim.delete_user(TENANT, &id).unwrap();
    bench.guest("ann@fabrikam.com");
    let error = bench.graph.restore_user(&id, None).await.unwrap_err();
    assert_eq!(refused_write(&error, Feature::Delete, "the guest").explanation.reason, Reason::ObjectConflict);
}

#[tokio::test]
async fn restoring_needs_a_permission_of_its_own() {
    let bench = Bench::with(BASIC).await;
    let id = bench.guest("ann@fabrikam.com");
    bench.sim.delete_user(TENANT, &id).unwrap();
    let error = bench.graph.restore_user(&id, None).await.unwrap_err();
    assert_eq!((error.status, error.class), (Some(403), Class::Terminal));
}
