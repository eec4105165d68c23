//! The links that the operator mails: in its own namespace, and never another one than Graph gave.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use testbed::stories::{
    SOON, TENANT, calls, condition, guest, named, patched, simulator, until, until_reason, until_state,
};
use testbed::world::{Ref, World};

use super::annotate;
use super::own_mail::mailing;

const OPERATORS: &str = "guestlist-system";

/// The operator's own Secret with the link of the guest `name`.
async fn own_secret(world: &World, name: &str) -> Ref {
    let guest = world.get(&named(name)).await.unwrap();
    let person = guest["status"]["guestName"].as_str().unwrap();
    Ref::new("v1", "Secret", OPERATORS, &format!("{person}-redeem-url"))
}

async fn record(world: &World, name: &str) -> Value {
    let guest = world.get(&named(name)).await.unwrap();
    let person = Ref::new("guestlist.dev/v1alpha1", "GuestRecord", "", guest["status"]["guestName"].as_str().unwrap());
    world.get(&person).await.unwrap()["record"].clone()
}

async fn link_in(world: &World, secret: &Ref) -> String {
    let secret = world.get(secret).await.unwrap();
    let bytes = BASE64_STANDARD.decode(secret["data"]["redeemUrl"].as_str().unwrap()).unwrap();
    String::from_utf8(bytes).unwrap()
}

async fn change(world: &World, secret: &Ref, link: &str) {
    patched(world, secret, json!({"stringData": {"redeemUrl": link}})).await;
}

/// The links of the operator's mails to `address`; nothing where a mail has none that leads to the sign-in.
fn mailed(world: &World, address: &str) -> Vec<Option<String>> {
    simulator(world).own_mails(address).into_iter().map(|mail| mail.redeem_link).collect()
}

async fn mailed_again(world: &World, name: &str, times: u64) {
    annotate(world, name, "resend", &times.to_string()).await;
    until(world, name, "be mailed again", |guest| guest["status"]["invitation"]["sent"] == times).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_somebody_has_changed_is_never_mailed() {
    let world = mailing(|_| {}).await;
    for name in ["ada", "bob"] {
        world.apply(&guest(name, &format!("{name}@fabrikam.com"), "  delivery: Mail\n")).await.unwrap();
        until(&world, name, "be mailed", |guest| guest["status"]["invitation"]["sent"] == 1).await;
    }
    let (secret, other) = (own_secret(&world, "ada").await, own_secret(&world, "bob").await);
    let kept = world.get(&secret).await.unwrap();
    let owner = &kept["metadata"]["ownerReferences"][0];
    assert_eq!((&kept["type"], &owner["kind"]), (&json!("guestlist.dev/redeem-url"), &json!("GuestRecord")));
    assert_eq!(kept["metadata"]["labels"]["app.kubernetes.io/managed-by"], "guestlist");
    // The team has neither a Secret nor a word of one.
    let ada = world.get(&named("ada")).await.unwrap();
    assert!(ada["status"]["invitation"]["redeemUrlSecret"].is_null(), "{ada}");
    let beside = world.kubectl(&["get", "secret", "-n", "team", "-o", "name"]).await.unwrap();
    assert_eq!(beside.trim(), "");
    let first = link_in(&world, &secret).await;
    assert_eq!(mailed(&world, "ada@fabrikam.com"), [Some(first.clone())]);

    // To another site, to another guest's link, and away.
    let stolen = link_in(&world, &other).await;
    let mut links = vec![first];
    for (times, forged) in [(2, Some("https://evil.example/redeem?rd=x")), (3, Some(&stolen)), (4, None)] {
        let before = record(&world, "ada").await["linkDigest"].clone();
        match forged {
            Some(link) => change(&world, &secret, link).await,
            None => world.delete(&secret).await.unwrap(),
        }
        mailed_again(&world, "ada", times).await;
        links.push(link_in(&world, &secret).await);
        let sent = mailed(&world, "ada@fabrikam.com");
        assert_eq!(sent, links.iter().cloned().map(Some).collect::<Vec<_>>(), "{forged:?}");
        assert_ne!(record(&world, "ada").await["linkDigest"], before, "a new link was made");
    }
    let distinct: std::collections::BTreeSet<&String> = links.iter().collect();
    assert_eq!((distinct.len(), links.contains(&stolen)), (4, false));
    let all = simulator(&world).own_mails("ada@fabrikam.com");
    assert!(!format!("{all:?}").contains("evil.example"));
    assert_eq!(calls(&world, "createInvitation"), 2 + 3, "one for each guest, one for each new link");
    simulator(&world).redeem(TENANT, "ada@fabrikam.com", None).unwrap();
    until_state(&world, "ada", "Accepted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_for_the_team_and_is_not_what_is_mailed() {
    let world = mailing(|_| {}).await;
    let with_copy = |name: &str| format!("  delivery: Mail\n  redeemUrlSecretRef: {{name: {name}}}\n");
    world.apply(&guest("ada", "ada@fabrikam.com", &with_copy("one"))).await.unwrap();
    until(&world, "ada", "be mailed", |guest| guest["status"]["invitation"]["sent"] == 1).await;
    let copy = |name: &str| Ref::new("v1", "Secret", "team", name);
    let link = link_in(&world, &own_secret(&world, "ada").await).await;
    assert_eq!(link_in(&world, &copy("one")).await, link);

    change(&world, &copy("one"), "https://evil.example/redeem?rd=x").await;
    mailed_again(&world, "ada", 2).await;
    assert_eq!(mailed(&world, "ada@fabrikam.com"), [Some(link.clone()), Some(link.clone())]);
    // Another copy is made from the operator's own Secret, and not from the one before.
    world.apply(&guest("ada", "ada@fabrikam.com", &with_copy("two"))).await.unwrap();
    until(&world, "ada", "have the copy", |guest| guest["status"]["invitation"]["redeemUrlSecret"] == "two").await;
    assert_eq!(link_in(&world, &copy("two")).await, link);
    assert_eq!(calls(&world, "createInvitation"), 1);
}

/// Found by random lives: the copy under the old name is another GuestInvitation's. The new one said that it may not put its link there, which
/// it was never to do, and nothing else was done for the person.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_a_person_over_does_not_stop_at_the_copy_of_the_name_before() {
    let world = mailing(|_| {}).await;
    let with_copy = |name: &str| format!("  redeemUrlSecretRef: {{name: {name}}}\n");
    world.apply(&guest("ada", "ada@fabrikam.com", &with_copy("one"))).await.unwrap();
    until(&world, "ada", "have the copy", |guest| guest["status"]["invitation"]["redeemUrlSecret"] == "one").await;
    let more = format!("{}  profile: {{jobTitle: Countess}}\n", with_copy("two"));
    world.apply(&guest("lady", "ada@fabrikam.com", &more)).await.unwrap();
    until_reason(&world, "lady", "DuplicateAddress").await;
    world.delete(&named("ada")).await.unwrap();
    until_state(&world, "lady", "Invited").await;
    until(&world, "lady", "be at rest", |guest| condition(guest, "Ready").0 == "True").await;
    let user = simulator(&world).user(TENANT, "ada@fabrikam.com").unwrap();
    assert_eq!(user.profile.get("jobTitle"), Some(&json!("Countess")));
    assert_eq!(calls(&world, "createInvitation"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_of_another_kind_in_the_place_of_the_link_is_left_alone_and_told() {
    let world = mailing(|_| {}).await;
    world.apply(&guest("ada", "ada@fabrikam.com", "  delivery: Mail\n")).await.unwrap();
    until(&world, "ada", "be mailed", |guest| guest["status"]["invitation"]["sent"] == 1).await;
    let secret = own_secret(&world, "ada").await;
    world.delete(&secret).await.unwrap();
    let other = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": secret.name, "namespace": OPERATORS},
        "stringData": {"redeemUrl": "https://evil.example/redeem"},
    });
    world.apply(&other.to_string()).await.unwrap();
    annotate(&world, "ada", "resend", "1").await;
    let said = until_reason(&world, "ada", "SecretNotOurs").await;
    assert!(said.contains("has to delete it"), "{said}");
    assert_eq!(mailed(&world, "ada@fabrikam.com").len(), 1);
    world.delete(&secret).await.unwrap();
    let again = |guest: &Value| guest["status"]["invitation"]["sent"] == 2;
    world.wait_for(&named("ada"), "be mailed again", again, SOON).await.unwrap();
    assert_eq!(mailed(&world, "ada@fabrikam.com")[1], Some(link_in(&world, &secret).await));
}
