//! What is told beside a status: Events and metrics.

use std::net::TcpListener;
use std::time::Duration;

use entra_simulator::StateAfterReset;
use kube::api::ListParams;
use serde_json::{Value, json};
use testbed::stories::{
    TENANT, a_while, guest, guest_list, mails, named_list, patient, simulator, until, until_gone, until_state,
};
use testbed::world::{Ref, World};

use super::own_mail::mailing;
use super::{able, annotate, kill_the_operator};

/// The Events about GuestInvitations: each reason as often as it was told, with its type.
async fn events(world: &World) -> Vec<(String, String, u64)> {
    let api = world.plane.api_of("events.k8s.io/v1", "Event", "team").await.unwrap();
    let found = api.list(&ListParams::default()).await.unwrap();
    let told = |event: kube::api::DynamicObject| {
        let text = |key: &str| event.data[key].as_str().unwrap_or_default().to_owned();
        (text("reason"), text("type"), event.data["series"]["count"].as_u64().unwrap_or(1))
    };
    found.items.into_iter().map(told).collect()
}

async fn times(world: &World, reason: &str) -> u64 {
    events(world).await.iter().filter(|(told, ..)| told == reason).map(|(.., times)| times).sum()
}

/// The directory shows the old acceptance for a while after a reset. That is no news.
#[tokio::test(flavor = "multi_thread")]
async fn an_acceptance_that_was_reset_is_not_told_again() {
    let world = able().await;
    simulator(&world).update_settings(|settings| {
        settings.variants.state_after_reset = StateAfterReset::AfterLag;
        settings.lag.reset_state = Duration::from_secs(6);
    });
    world.apply(&guest("eva", "eva@fabrikam.com", "")).await.unwrap();
    until_state(&world, "eva", "Invited").await;
    simulator(&world).redeem(TENANT, "eva@fabrikam.com", None).unwrap();
    until_state(&world, "eva", "Accepted").await;
    assert_eq!(times(&world, "Accepted").await, 1);

    annotate(&world, "eva", "reset-redemption", "1").await;
    let reset = |guest: &Value| {
        guest["status"]["lastHandled"]["resetRedemption"] == "1" && guest["status"]["state"] == "Accepted"
    };
    until(&world, "eva", "show the old acceptance", reset).await;
    until_state(&world, "eva", "Invited").await;
    assert_eq!(times(&world, "Accepted").await, 1, "{:?}", events(&world).await);
    assert_eq!(mails(&world, "eva@fabrikam.com"), 2);

    simulator(&world).redeem(TENANT, "eva@fabrikam.com", None).unwrap();
    until_state(&world, "eva", "Accepted").await;
    a_while().await;
    assert_eq!(times(&world, "Accepted").await, 2, "{:?}", events(&world).await);
}

/// Nobody doubts a mail whose answer came, whichever resource has the guest afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn who_goes_over_to_a_list_is_no_reason_to_warn() {
    let world = able().await;
    for name in ["ann", "ben"] {
        world.apply(&guest(name, &format!("{name}@fabrikam.com"), "")).await.unwrap();
        until_state(&world, name, "Invited").await;
    }
    simulator(&world).redeem(TENANT, "ben@fabrikam.com", None).unwrap();
    until_state(&world, "ben", "Accepted").await;
    let entries = ["ann", "ben"].map(|name| json!({"email": format!("{name}@fabrikam.com")}));
    world.apply(&guest_list("team", &json!({}), &entries).to_string()).await.unwrap();
    for name in ["ann", "ben"] {
        world.delete(&Ref::guest("team", name)).await.unwrap();
        until_gone(&world, &Ref::guest("team", name)).await;
    }
    let taken = |list: &Value| {
        let guests = &list["status"]["guests"];
        (guests["invited"].as_u64(), guests["accepted"].as_u64()) == (Some(1), Some(1))
    };
    world.wait_for(&named_list("team"), "have both", taken, testbed::stories::SOON).await.unwrap();
    a_while().await;
    let warned: Vec<_> = events(&world).await.into_iter().filter(|(_, kind, _)| kind != "Normal").collect();
    assert_eq!(warned, [], "{:?}", events(&world).await);
    assert_eq!(["ann", "ben"].map(|name| mails(&world, &format!("{name}@fabrikam.com"))), [1, 1]);
    assert_eq!(times(&world, "Accepted").await, 1, "{:?}", events(&world).await);
}

/// Graph makes the user without a mail, and the operator's mail is the invitation.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_own_mail_counts_as_an_invitation() {
    let world = mailing(|_| {}).await;
    kill_the_operator(&world).await;
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let args: Vec<String> = patient().into_iter().chain(["--http-address".into(), address.clone()]).collect();
    world.start_operator_with(&args).unwrap();
    world.apply(&guest("ada", "ada@fabrikam.com", "  delivery: Mail\n")).await.unwrap();
    until(&world, "ada", "be mailed", |guest| guest["status"]["invitation"]["sent"] == 1).await;
    annotate(&world, "ada", "resend", "1").await;
    until(&world, "ada", "be mailed again", |guest| guest["status"]["invitation"]["sent"] == 2).await;
    assert_eq!(simulator(&world).own_mails("ada@fabrikam.com").len(), 2);
    let page = reqwest::get(format!("http://{address}/metrics")).await.unwrap().text().await.unwrap();
    let mut sent: Vec<&str> =
        page.lines().filter(|line| line.starts_with("guestlist_invitations_sent_total")).collect();
    sent.sort_unstable();
    let of = |kind: &str| format!("guestlist_invitations_sent_total{{tenant=\"default\",kind=\"{kind}\"}} 1");
    assert_eq!(sent, [of("invite"), of("resend")]);
}

/// Somebody waits in vain for what a slip of the pen does not ask for.
#[tokio::test(flavor = "multi_thread")]
async fn an_annotation_of_ours_that_means_nothing_is_told() {
    let world = able().await;
    world.apply(&guest("ann", "ann@fabrikam.com", "")).await.unwrap();
    until_state(&world, "ann", "Invited").await;
    annotate(&world, "ann", "reinvite", "1").await;
    let says =
        |words: &'static str| move |object: &Value| testbed::stories::condition(object, "Ready").2.contains(words);
    let told = "The annotation guestlist.dev/reinvite means nothing here; known are guestlist.dev/resend, ";
    until(&world, "ann", "tell of the annotation", says(told)).await;
    world.kubectl(&["annotate", "etenant", "default", "guestlist.dev/resum=1"]).await.unwrap();
    let told = says("guestlist.dev/resum means nothing here; known is guestlist.dev/resume.");
    world.wait_for(&Ref::tenant("default"), "tell of the annotation", told, testbed::stories::SOON).await.unwrap();
    assert_eq!(mails(&world, "ann@fabrikam.com"), 1);
    world.kubectl(&["annotate", "ginv", "-n", "team", "ann", "guestlist.dev/reinvite-"]).await.unwrap();
    let silent = |object: &Value| !testbed::stories::condition(object, "Ready").2.contains("means nothing");
    until(&world, "ann", "be silent again", silent).await;
}

/// A person who means lists means no other kind.
#[tokio::test(flavor = "multi_thread")]
async fn guestlist_means_lists_alone_to_kubectl() {
    let world = able().await;
    world.apply(&guest("ann", "ann@fabrikam.com", "")).await.unwrap();
    let entries = [json!({"email": "ben@fabrikam.com"})];
    world.apply(&guest_list("team", &json!({}), &entries).to_string()).await.unwrap();
    let described = world.kubectl(&["describe", "guestlist", "-n", "team", "team"]).await.unwrap();
    assert!(described.contains("ben@fabrikam.com"), "{described}");
    let all = world.kubectl(&["get", "guestlist-all", "-A", "-o", "name"]).await.unwrap();
    for kind in ["guestinvitation.", "guestlist.", "entratenant."] {
        assert!(all.contains(kind), "{kind}: {all}");
    }
    world.kubectl(&["delete", "guestlist", "-n", "team", "--all", "--wait=false"]).await.unwrap();
    world.get(&Ref::guest("team", "ann")).await.unwrap();
    assert!(world.get(&Ref::tenant("default")).await.unwrap()["metadata"]["deletionTimestamp"].is_null());
}
