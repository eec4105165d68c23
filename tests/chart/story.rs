//! A rich story by the installed operator: a mail by Microsoft, an own mail, a group, a redeem link, a list, requests, and the end.

use entra_simulator::SeedGroup;
use serde_json::{Value, json};
use testbed::Moment;
use testbed::stories::{
    ALL, SOON, TENANT, allowed, changed, condition, connected, guest_list, guest_with, helm, is_current, named_list,
    patched, simulator, smtp, until, until_gone,
};
use testbed::world::{Ref, World};

/// An Entra for it, with a mail server.
pub fn entra() -> entra_simulator::Config {
    let mut entra = allowed(&ALL);
    entra.smtp = Some("127.0.0.1:0".parse().unwrap());
    entra
}

fn invited(guest: &Value) -> bool {
    guest["status"]["state"] == "Invited"
}

async fn ask(world: &World, name: &str, key: &str, value: &str) {
    changed(world, name, json!({"metadata": {"annotations": {format!("guestlist.dev/{key}"): value}}})).await;
}

/// A guest who is written by somebody else just before the operator writes: it reads them again before it decides anew.
async fn overtaken(world: &World) {
    let mut held = world.effects.hold(world.effects.list().len() + 1, Moment::Before);
    world.apply(&guest_with("overtaken", "overtaken@fabrikam.com", json!({}))).await.unwrap();
    held.reached(SOON).await.unwrap();
    ask(world, "overtaken", "reconcile", "1").await;
    held.release();
    until(world, "overtaken", "be invited", invited).await;
    assert_eq!(simulator(world).invitation_mails("overtaken@fabrikam.com").len(), 1);
}

/// Tells it.
pub async fn tell(world: &World) {
    connected(world).await;
    overtaken(world).await;
    patched(world, &Ref::tenant("default"), json!({"spec": {"mail": {"smtp": smtp(world)}}})).await;
    world.wait_for(&Ref::tenant("default"), "be taken up", is_current, SOON).await.unwrap();

    let readers = simulator(world).seed_group(TENANT, SeedGroup::new("Wiki readers"));
    let group = json!({"groups": ["Wiki readers"], "deletionPolicy": "Delete"});
    world.apply(&guest_with("ada", "ada@fabrikam.com", group)).await.unwrap();
    world.apply(&guest_with("own", "own@fabrikam.com", json!({"delivery": "Mail"}))).await.unwrap();
    let link = json!({"redeemUrlSecretRef": {"name": "lin-link"}});
    world.apply(&guest_with("lin", "lin@fabrikam.com", link)).await.unwrap();
    let in_group = |guest: &Value| invited(guest) && guest["status"]["groups"][0]["state"] == "Added";
    until(world, "ada", "be invited and in the group", in_group).await;
    until(world, "own", "be mailed", |guest| guest["status"]["invitation"]["sent"] == 1).await;
    until(world, "lin", "keep the link", |guest| guest["status"]["invitation"]["redeemUrlSecret"] == "lin-link").await;
    assert_eq!(simulator(world).members(TENANT, &readers).len(), 1);
    for (address, microsoft, own) in
        [("ada@fabrikam.com", 1, 0), ("own@fabrikam.com", 0, 1), ("lin@fabrikam.com", 1, 0)]
    {
        let mails = (simulator(world).invitation_mails(address).len(), simulator(world).own_mails(address).len());
        assert_eq!(mails, (microsoft, own), "{address}");
    }

    // A second mail brings the link anew; two requests that send nothing are one Event that counts.
    ask(world, "lin", "resend", "1").await;
    until(world, "lin", "be mailed again", |guest| guest["status"]["invitation"]["sent"] == 2).await;
    simulator(world).redeem(TENANT, "ada@fabrikam.com", None).unwrap();
    until(world, "ada", "be Accepted", |guest| guest["status"]["state"] == "Accepted").await;
    for value in ["1", "2"] {
        ask(world, "ada", "resend", value).await;
        until(world, "ada", "have handled it", |guest| guest["status"]["lastHandled"]["resend"] == value).await;
    }

    // Whoever can write Secrets of the operator's namespace changes a link. It is not mailed; a new one is made and kept in its place.
    let own = world.get(&Ref::guest("team", "own")).await.unwrap();
    let secret = format!("{}-redeem-url", own["status"]["guestName"].as_str().unwrap());
    let secret = Ref::new("v1", "Secret", helm::NAMESPACE, &secret);
    patched(world, &secret, json!({"stringData": {"redeemUrl": "https://evil.example/redeem"}})).await;
    ask(world, "own", "resend", "1").await;
    until(world, "own", "be mailed again", |guest| guest["status"]["invitation"]["sent"] == 2).await;
    let mails = simulator(world).own_mails("own@fabrikam.com");
    assert!(mails.iter().all(|mail| mail.redeem_link.is_some()), "{mails:?}");

    list(world).await;

    // The end: the guest leaves the directory with the resource.
    let ada = world.get(&Ref::guest("team", "ada")).await.unwrap();
    let record = ada["status"]["guestName"].as_str().unwrap();
    world.delete(&Ref::guest("team", "ada")).await.unwrap();
    until_gone(world, &Ref::guest("team", "ada")).await;
    assert!(simulator(world).user(TENANT, "ada@fabrikam.com").is_none(), "off-boarded");
    forgotten(world, record).await;
}

/// Whoever was deleted 30 days ago is forgotten. No test waits so long: an administrator puts the end into the past.
async fn forgotten(world: &World, record: &str) {
    let record = Ref::new("guestlist.dev/v1alpha1", "GuestRecord", "", record);
    let ended = |guest: &Value| guest["record"]["ended"]["how"] == "Deleted" && guest["record"]["ending"].is_null();
    world.wait_for(&record, "say that the user was deleted", ended, SOON).await.unwrap();
    patched(world, &record, json!({"record": {"ended": {"at": "2020-01-01T00:00:00Z"}}})).await;
    until_gone(world, &record).await;
}

/// A list that gets a guest, changes them and loses them.
async fn list(world: &World) {
    let list = |template: Value, guests: &[Value]| guest_list("analysts", &template, guests).to_string();
    let name = named_list("analysts");
    let two = [json!({"email": "two@fabrikam.com"})];
    let one = [json!({"email": "one@fabrikam.com"}), two[0].clone()];
    world.apply(&list(json!({}), &one)).await.unwrap();
    let invited = |count: usize| move |list: &Value| list["status"]["guests"]["invited"] == count;
    world.wait_for(&name, "have invited two", invited(2), SOON).await.unwrap();
    world.apply(&list(json!({"displayName": "Analyst"}), &one)).await.unwrap();
    let settled = |list: &Value| is_current(list) && condition(list, "Ready").0 == "True";
    world.wait_for(&name, "settle", settled, SOON).await.unwrap();
    world.apply(&list(json!({"displayName": "Analyst"}), &two)).await.unwrap();
    world
        .wait_for(&name, "have one", |list| list["status"]["guests"]["total"] == 1 && settled(list), SOON)
        .await
        .unwrap();
}
