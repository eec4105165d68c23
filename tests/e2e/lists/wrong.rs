//! What is wrong with a list or an entry is said, and the others go on.

use serde_json::{Value, json};
use testbed::stories::{condition, connected, guest_list, mails, world};
use testbed::world::WorldConfig;

use super::{
    address, all_mails, children, declare, entries, until_count, until_followed, until_invited, until_list, versions,
};

#[tokio::test(flavor = "multi_thread")]
async fn two_lists_with_one_address_say_so() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    declare(&world, "first", &json!({}), &entries(["same@fabrikam.com".into(), "a@fabrikam.com".into()])).await;
    until_count(&world, "first", "invited", 2).await;
    declare(&world, "second", &json!({}), &entries(["b@fabrikam.com".into(), "same@fabrikam.com".into()])).await;
    let second = until_list(&world, "second", "DuplicateAddress").await;
    assert_eq!(condition(&second, "Stalled").0, "True");
    let looks = second["status"]["needsAttention"].as_array().unwrap();
    assert_eq!((looks.len(), &looks[0]["email"]), (1, &json!("same@fabrikam.com")));
    let said = looks[0]["message"].as_str().unwrap();
    assert!(said.contains("team/first-same-fabrikam-com-") && said.contains("GuestList team/first"), "{said}");
    let said = condition(&second, "Ready").2;
    assert!(said.contains("Of 2 guests, 1 need a look") && said.contains("same@fabrikam.com"), "{said}");
    assert_eq!(second["status"]["guests"]["refused"], 1);
    assert_eq!(all_mails(&world, ["same@fabrikam.com".into(), "b@fabrikam.com".into()]), [1, 1]);

    // The first gives the address up.
    declare(&world, "first", &json!({}), &entries(["a@fabrikam.com".into()])).await;
    let second = until_count(&world, "second", "invited", 2).await;
    assert_eq!(condition(&second, "Ready").0, "True");
    assert_eq!(mails(&world, "same@fabrikam.com"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_server_says_what_is_wrong_with_a_list() {
    let world = world(WorldConfig { operator: false, tenant: None, ..Default::default() }).await;
    let many = entries((0..1001).map(address));
    let entry = |more: Value| {
        let mut entry = json!({"email": "bob@example.com"});
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        vec![entry]
    };
    let refusals: [(Vec<Value>, Value, &str); 9] = [
        (entries(["bob@example.com".into(), "bob@example.com".into()]), json!({}), "bob@example.com"),
        (many, json!({}), "1000"),
        (entries(["bob+x@example.com".into()]), json!({}), "plus addressing"),
        (entries(["Bob@Example.com".into()]), json!({}), "bob@example.com"),
        (vec![json!({"displayName": "Bob"})], json!({}), "email"),
        (entry(json!({"redirectUrl": "ftp://example.com"})), json!({}), "https://"),
        (entry(json!({"colour": "blue"})), json!({}), "colour"),
        (Vec::new(), json!({"email": "bob@example.com"}), "email"),
        (Vec::new(), json!({"message": {"language": "en_US"}}), "en-US"),
    ];
    for (guests, template, part) in refusals {
        let shown = format!("{template} {guests:?}").chars().take(200).collect::<String>();
        let error = world.apply(&guest_list("bad", &template, &guests).to_string()).await.err();
        let error = error.unwrap_or_else(|| panic!("{shown} was taken")).to_string();
        assert!(error.contains(part), "{shown}: {error}");
    }

    // A thousand of the longest addresses are within what the API server spends on rules.
    let domain = format!("{}examples.com", format!("{}.", "d".repeat(58)).repeat(3));
    let long = |n: usize| {
        json!({
            "email": format!("{n:04}{}@{domain}", "l".repeat(60)),
            "displayName": "x".repeat(100),
            "redirectUrl": format!("https://example.com/{}", "y".repeat(200)),
        })
    };
    let array: Vec<Value> = (0..1000).map(long).collect();
    assert_eq!(array[0]["email"].as_str().unwrap().len(), 254);
    declare(&world, "long", &json!({}), &array).await;
    world.plane.namespace("partners").await.unwrap();
    world.apply(&testbed::workspace::text("examples/lists/analysts.yaml").unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_an_entry_is_said_and_the_others_go_on() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    // What a list lets through and a guest does not.
    let mut array = entries((0..4).map(address));
    array[1]["message"] = json!({"cc": ["host@localhost"]});
    declare(&world, "mixed", &json!({}), &array).await;
    let mixed = until_list(&world, "mixed", "EntryRefused").await;
    assert_eq!(condition(&mixed, "Stalled").0, "True");
    let look = &mixed["status"]["needsAttention"][0];
    assert_eq!(look["email"], address(1));
    let said = look["message"].as_str().unwrap();
    assert_eq!(
        said,
        "The API server refuses this guest: spec.message.cc[0]: the part after the @ must be a full domain name, such as example.com, each part of it at most 63 characters"
    );
    let mixed = until_invited(&world, "mixed", 3).await;
    assert_eq!(
        mixed["status"]["guests"],
        json!({"total": 4, "pending": 0, "invited": 3, "accepted": 0, "expired": 0, "withdrawn": 0, "refused": 1, "failed": 0})
    );
    assert_eq!(all_mails(&world, (0..4).map(address)), [1, 0, 1, 1]);
    array[1]["message"] = json!({"language": "en-US"});
    declare(&world, "mixed", &json!({}), &array).await;
    until_count(&world, "mixed", "invited", 4).await;
    until_list(&world, "mixed", "Applied").await;

    // What cannot change is not made anew: that would mail everybody again.
    until_followed(&world, "mixed").await;
    let before = children(&world, "mixed").await;
    declare(&world, "mixed", &json!({"tenantRef": {"name": "other"}}), &array).await;
    let moved = until_list(&world, "mixed", "ChangeRefused").await;
    let said = moved["status"]["needsAttention"][0]["message"].as_str().unwrap();
    assert!(said.contains("the tenant of an invitation cannot change"), "{said}");
    assert_eq!(versions(&children(&world, "mixed").await), versions(&before));
    assert_eq!(moved["status"]["guests"]["invited"], 4);
    declare(&world, "mixed", &json!({}), &array).await;
    until_list(&world, "mixed", "Applied").await;
    assert_eq!(all_mails(&world, (0..4).map(address)), [1; 4]);
}
