//! More than one who wants the same: two resources for one address, two operators for one cluster.

use testbed::stories::{SOON, condition, connected, guest, mails, named, simulator, until_reason, until_state, world};
use testbed::world::WorldConfig;

#[tokio::test(flavor = "multi_thread")]
async fn two_resources_for_one_address_mail_once_and_the_other_takes_over() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    world.apply(&guest("first", "same@fabrikam.com", "")).await.unwrap();
    until_state(&world, "first", "Invited").await;
    world.apply(&guest("second", "same@fabrikam.com", "")).await.unwrap();
    let said = until_reason(&world, "second", "DuplicateAddress").await;
    assert!(said.contains("team/first"), "{said}");
    let second = world.get(&named("second")).await.unwrap();
    assert_eq!(condition(&second, "Stalled").0, "True");
    assert_eq!(mails(&world, "same@fabrikam.com"), 1);

    world.delete(&named("first")).await.unwrap();
    until_state(&world, "second", "Invited").await;
    assert_eq!(mails(&world, "same@fabrikam.com"), 1, "the guest has their mail already");
    assert_eq!(simulator(&world).count("createInvitation"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_at_once_mail_once() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    let both: Vec<String> = (0..30)
        .flat_map(|n| ["a", "b"].map(|side| guest(&format!("{side}{n}"), &format!("same{n}@fabrikam.com"), "")))
        .collect();
    world.apply(&both.join("\n---\n")).await.unwrap();
    for n in 0..10 {
        let (a, b) = tokio::join!(settled(&world, format!("a{n}")), settled(&world, format!("b{n}")));
        assert!(a != b, "one holds the address {n}, the other is told");
        assert_eq!(mails(&world, &format!("same{n}@fabrikam.com")), 1);
    }
}

async fn settled(world: &testbed::world::World, name: String) -> bool {
    let over =
        |guest: &serde_json::Value| ["Invited", "DuplicateAddress"].contains(&condition(guest, "Ready").1.as_str());
    let guest = world.wait_for(&named(&name), "be decided", over, SOON).await.unwrap();
    condition(&guest, "Ready").1 == "Invited"
}

#[tokio::test(flavor = "multi_thread")]
async fn two_operators_without_a_lease_mail_once() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    world.start_operator().unwrap();
    let guests: Vec<String> = (0..40).map(|n| guest(&format!("g{n}"), &format!("g{n}@fabrikam.com"), "")).collect();
    world.apply(&guests.join("\n---\n")).await.unwrap();
    for n in 0..40 {
        until_state(&world, &format!("g{n}"), "Invited").await;
    }
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    for n in 0..40 {
        assert_eq!(mails(&world, &format!("g{n}@fabrikam.com")), 1, "g{n}");
    }
}
