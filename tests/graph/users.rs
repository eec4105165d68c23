//! Reading users: what comes with them, and how many pages it takes.

use entra_simulator::{SeedKind, SeedUser};
use serde_json::json;
use testbed::stories::TENANT;

use crate::bench::{BASIC, Bench};

#[tokio::test]
async fn the_listing_brings_the_profile_in_as_many_pages_as_before() {
    let bench = Bench::with(BASIC).await;
    let properties = [("companyName".to_owned(), json!("Fabrikam")), ("usageLocation".to_owned(), json!("DE"))].into();
    bench.sim.seed(TENANT, SeedUser { properties, ..SeedUser::new("ann@fabrikam.com", SeedKind::PendingGuest) });
    bench.guests(998);
    let pages = async || {
        let mut pages = Vec::new();
        bench.graph.each_invited(|page| pages.push(page)).await.unwrap();
        pages
    };
    let users = pages().await;
    assert_eq!(users.iter().map(Vec::len).collect::<Vec<_>>(), [999]);
    let ann = &users[0][0];
    assert_eq!((ann.company_name.as_deref(), ann.usage_location.as_deref()), (Some("Fabrikam"), Some("DE")));
    assert_eq!(ann.proxy_addresses, Some(vec!["SMTP:ann@fabrikam.com".to_owned()]));
    assert!(ann.other_mails.is_some() && ann.business_phones.is_empty());
    bench.guest("bob@fabrikam.com");
    assert_eq!(pages().await.len(), 2);
}

#[tokio::test]
async fn a_look_up_finds_the_same_in_plain_and_in_advanced_mode() {
    for advanced in [false, true] {
        let bench = Bench::with(BASIC).await;
        bench.set(|settings| {
            settings.variants.empty_first_page = true;
            settings.variants.or_over_collections_needs_advanced = advanced;
        });
        for _ in 0..12 {
            bench.guest("ann.o'hara@fabrikam.com");
        }
        assert_eq!(bench.graph.find_by_address("ann.o'hara@fabrikam.com").await.unwrap().users.len(), 12);
    }
}

#[tokio::test]
async fn users_by_id_come_in_batches_with_their_profile() {
    let bench = Bench::with(BASIC).await;
    let mut ids = bench.guests(21);
    ids.push(crate::bench::NOBODY.into());
    let users = bench.graph.users(&ids).await.unwrap();
    assert_eq!(users.len(), 22);
    for (id, user) in &users {
        let known = id != crate::bench::NOBODY;
        assert_eq!(user.as_ref().map(|user| &user.id), known.then_some(id));
        assert!(!known || user.as_ref().unwrap().display_name.is_some());
    }
    assert_eq!(bench.sim.requests("batch").len(), 2);
}
