//! Reading users: what comes with them, and how many pages it takes.

use entra_simulator::{Fault, ScriptedAnswer, SeedKind, SeedUser};
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
    assert_eq!(bench.sim.count("batch"), 2);
}

#[tokio::test]
async fn one_value_that_cannot_be_held_is_unknown_and_takes_no_listing_along() {
    let bench = Bench::with(BASIC).await;
    let properties = [("createdDateTime".to_owned(), json!("9999-12-31T23:59:59.9999999Z"))].into();
    let odd =
        bench.sim.seed(TENANT, SeedUser { properties, ..SeedUser::new("odd@fabrikam.com", SeedKind::PendingGuest) });
    bench.guest("even@fabrikam.com");
    let mut listed = Vec::new();
    bench.graph.each_invited(|page| listed.extend(page)).await.unwrap();
    let unreadable: Vec<_> =
        listed.iter().map(|user| (user.created_date_time.is_some(), user.unreadable.clone())).collect();
    assert_eq!(unreadable, [(false, vec!["createdDateTime"]), (true, Vec::new())]);
    assert_eq!(bench.graph.user(&odd).await.unwrap().unwrap().mail.as_deref(), Some("odd@fabrikam.com"));
    assert_eq!(bench.graph.find_by_address("odd@fabrikam.com").await.unwrap().users.len(), 1);
}

/// A proxy's page for an address that it does not know, where Graph would say that there is no such user.
#[tokio::test]
async fn a_page_of_a_proxy_does_not_say_that_a_user_is_gone() {
    let bench = Bench::with(BASIC).await;
    let id = bench.guest("ann@fabrikam.com");
    let page = ScriptedAnswer::text(404, "text/html", "<html><title>Not found</title></html>");
    bench.sim.inject(Fault::new("getUser", page.into()).times(2));
    let error = bench.graph.user(&id).await.unwrap_err();
    assert!(error.foreign && error.to_string().contains("a page of HTML"), "{error}");
    assert_eq!(bench.graph.users(std::slice::from_ref(&id)).await.unwrap(), [], "an item of a batch neither");
    assert!(bench.graph.user(&id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_date_to_wait_for_is_meant_on_graphs_clock() {
    for offset in [-7200, 0, 7200] {
        let bench = Bench::with(BASIC).await;
        bench.set(|settings| settings.clock_offset_seconds = offset);
        let until = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(offset + 30);
        let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&until).unwrap();
        let busy = ScriptedAnswer::error(429, "TooManyRequests", "Slow down.").header("Retry-After", &date);
        bench.sim.inject(Fault::new("getUser", busy.into()));
        let id = bench.guest("ann@fabrikam.com");
        let wait = bench.graph.user(&id).await.unwrap_err().retry_after.unwrap();
        assert!((28..=31).contains(&wait.as_secs()), "{offset}: {wait:?}");
    }
}
