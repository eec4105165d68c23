//! delivery: Mail, and the Secret that keeps the redeem link.

use entra_simulator::{Config, SmtpCredentials};
use serde_json::{Value, json};
use testbed::stories::{
    ALL, SOON, TENANT, a_while, calls, condition, connected, guest, hours_pass, mails, named, simulator, smtp, state,
    until, until_reason, until_state, world,
};
use testbed::world::{TenantManifest, World, WorldConfig};

use super::{annotate, config, patch};

pub async fn mailing(settings: impl FnOnce(&mut Config)) -> World {
    let base = config(&ALL, Value::Null);
    let mut entra = base.entra.clone().unwrap();
    entra.smtp = Some("127.0.0.1:0".parse().unwrap());
    entra.settings.smtp.credentials = Some(SmtpCredentials { user: "invites".into(), password: "mail-pass".into() });
    settings(&mut entra);
    let world = world(WorldConfig { entra: Some(entra), tenant: None, ..base }).await;
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: smtp, namespace: guestlist-system}\nstringData: {username: invites, password: mail-pass}\n";
    world.apply(secret).await.unwrap();
    world.apply_tenant(&tenant(&world, Value::Null)).await.unwrap();
    connected(&world).await;
    world
}

fn tenant(world: &World, template: Value) -> TenantManifest {
    let mut smtp = smtp(world);
    smtp["secretRef"] = json!({"name": "smtp"});
    smtp["replyTo"] = json!("Contoso <host@contoso.com>");
    TenantManifest { more: json!({"mail": {"smtp": smtp, "template": template}}), ..Default::default() }
}

fn own(world: &World, address: &str) -> usize {
    simulator(world).own_mails(address).len()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_mails_the_link_and_the_text_once() {
    let world = mailing(|_| {}).await;
    let more = "  displayName: Ada\n  delivery: Mail\n  message: {language: nl, body: 'Tot dinsdag!'}\n  redeemUrlSecretRef: {name: ada-link}\n";
    world.apply(&guest("ada", "ada@fabrikam.com", more)).await.unwrap();
    let ada = until(&world, "ada", "be mailed", |guest| guest["status"]["invitation"]["sent"] == 1).await;
    assert_eq!(ada["status"]["invitation"]["redeemUrlSecret"], "ada-link");
    a_while().await;
    assert_eq!((own(&world, "ada@fabrikam.com"), mails(&world, "ada@fabrikam.com")), (1, 0));
    let mail = simulator(&world).own_mails("ada@fabrikam.com").remove(0);
    assert!(mail.message_id.unwrap().ends_with("@contoso.com"));
    assert_eq!(mail.reply_to.as_deref(), Some("host@contoso.com"));

    let secret = world.kubectl(&["get", "secret", "-n", "team", "ada-link", "-o", "json"]).await.unwrap();
    let secret: Value = serde_json::from_str(&secret).unwrap();
    assert_eq!(secret["type"], "guestlist.dev/redeem-url");
    assert_eq!(secret["metadata"]["ownerReferences"][0]["name"], "ada");
    let link = mail.redeem_link.unwrap();
    let everything = world.kubectl(&["get", "ginv,events", "-n", "team", "-o", "json"]).await.unwrap()
        + &world.operator().unwrap().log();
    assert!(!everything.contains(&link) && !everything.contains("/redeem?"), "a redeem link got out");

    // A resend carries the same link, as nobody knows whether an old one outlives a new one.
    annotate(&world, "ada", "resend", "1").await;
    until(&world, "ada", "be mailed again", |guest| guest["status"]["invitation"]["sent"] == 2).await;
    assert_eq!((own(&world, "ada@fabrikam.com"), calls(&world, "createInvitation")), (2, 1));
    // A reminder reads as one.
    hours_pass(&world, "ada", 2).await;
    patch(&world, "ada", json!({"reminders": {"after": "1h", "limit": 1}})).await;
    until(&world, "ada", "be reminded", |guest| guest["status"]["invitation"]["reminders"] == 1).await;
    let subjects = simulator(&world).own_mails("ada@fabrikam.com").into_iter().map(|mail| mail.subject);
    let reminders: Vec<bool> = subjects.map(|subject| subject.starts_with("Herinnering")).collect();
    assert_eq!(reminders, [false, false, true]);
    simulator(&world).redeem(TENANT, "ada@fabrikam.com", None).unwrap();
    until_state(&world, "ada", "Accepted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_mail_server_says_decides_whether_it_is_sent_again() {
    let world = mailing(|entra| {
        entra.settings.smtp.greylist = 1;
        entra.settings.smtp.refused_recipients = vec!["deny@fabrikam.com".into()];
    })
    .await;
    // Greylisted once, then taken: one mail.
    world.apply(&guest("grey", "grey@fabrikam.com", "  delivery: Mail\n")).await.unwrap();
    until(&world, "grey", "be mailed", |guest| guest["status"]["invitation"]["sent"] == 1).await;
    assert_eq!(own(&world, "grey@fabrikam.com"), 1);
    // Refused for good: told, not repeated.
    world.apply(&guest("deny", "deny@fabrikam.com", "  delivery: Mail\n")).await.unwrap();
    let said = until_reason(&world, "deny", "MailRefused").await;
    assert!(said.contains("550"), "{said}");
    // Taken, and the answer lost: nothing can tell, so it counts as sent.
    simulator(&world).update_settings(|settings| settings.smtp.greylist = 0);
    simulator(&world).inject(entra_simulator::Fault::new("sendMail", entra_simulator::FaultAction::CutAfter).times(1));
    world.apply(&guest("cut", "cut@fabrikam.com", "  delivery: Mail\n")).await.unwrap();
    let cut = until(&world, "cut", "count as sent", |guest| guest["status"]["invitation"]["sent"] == 1).await;
    assert_eq!(state(&cut), "Invited");
    a_while().await;
    assert_eq!(own(&world, "cut@fabrikam.com"), 1);
    assert_eq!(own(&world, "deny@fabrikam.com"), 0);
    // A wrong password holds them all, and is told.
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: smtp, namespace: guestlist-system}\nstringData: {username: invites, password: wrong}\n";
    world.apply(secret).await.unwrap();
    world.kubectl(&["annotate", "etenant", "default", "look=again"]).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    world.apply(&guest("pwd", "pwd@fabrikam.com", "  delivery: Mail\n")).await.unwrap();
    until_reason(&world, "pwd", "MailSignInFailed").await;
    assert_eq!(own(&world, "pwd@fabrikam.com"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_text_or_no_server_is_told_before_anybody_is_added() {
    let world = mailing(|_| {}).await;
    let wrong = json!({"subject": "Welcome", "text": "Hi {{guest.name}}: {{redeemUrl}}"});
    world.apply_tenant(&tenant(&world, wrong)).await.unwrap();
    taken_up(&world).await;
    world.apply(&guest("bob", "bob@fabrikam.com", "  delivery: Mail\n")).await.unwrap();
    let said = until_reason(&world, "bob", "MailSettingsInvalid").await;
    assert!(said.contains("guest.displayName"), "{said}");
    let etenant = world.get(&testbed::world::Ref::tenant("default")).await.unwrap();
    assert_eq!(condition(&etenant, "Mail").1, "MailSettingsInvalid", "{etenant}");
    assert_eq!(calls(&world, "createInvitation"), 0);
    let own_text = json!({"subject": "Welkom bij {{tenant.displayName}}", "text": "Dag {{guest.displayName}}\n{{message}}\n{{redeemUrl}}"});
    world.apply_tenant(&tenant(&world, own_text)).await.unwrap();
    taken_up(&world).await;
    until(&world, "bob", "be mailed", |guest| guest["status"]["invitation"]["sent"] == 1).await;
    let mail = simulator(&world).own_mails("bob@fabrikam.com").remove(0);
    assert!(mail.subject.starts_with("Welkom bij "), "{}", mail.subject);

    let said = world
        .apply(&guest("msg", "msg@fabrikam.com", "  delivery: Microsoft\n  message: {body: Hello}\n"))
        .await
        .unwrap_err();
    assert!(said.to_string().contains("set delivery: Mail"), "{said}");
    world.apply(&guest("dflt", "dflt@fabrikam.com", "  message: {body: Hello}\n")).await.unwrap();
    until_reason(&world, "dflt", "MessageNotDelivered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_of_a_mail_by_microsoft_is_kept_and_a_foreign_secret_is_left_alone() {
    let world = super::able().await;
    let foreign =
        "apiVersion: v1\nkind: Secret\nmetadata: {name: theirs, namespace: team}\nstringData: {redeemUrl: x}\n";
    world.apply(foreign).await.unwrap();
    world.apply(&guest("sue", "sue@fabrikam.com", "  redeemUrlSecretRef: {name: sue-link}\n")).await.unwrap();
    until(&world, "sue", "keep the link", |guest| guest["status"]["invitation"]["redeemUrlSecret"] == "sue-link").await;
    world.apply(&guest("tom", "tom@fabrikam.com", "  redeemUrlSecretRef: {name: theirs}\n")).await.unwrap();
    let said = until_reason(&world, "tom", "SecretNotOurs").await;
    assert!(said.contains("no mail leaves until it can be. Name another one"), "{said}");
    assert_eq!((mails(&world, "sue@fabrikam.com"), mails(&world, "tom@fabrikam.com")), (1, 0));
    let kept =
        world.kubectl(&["get", "secret", "-n", "team", "theirs", "-o", "jsonpath={.data.redeemUrl}"]).await.unwrap();
    assert_eq!(kept.trim(), "eA==");
    let tom = world.get(&named("tom")).await.unwrap();
    assert_eq!(condition(&tom, "Reconciling").0, "True", "tried again by itself");
}

/// Waits until the operator has read the EntraTenant as it is now.
async fn taken_up(world: &World) {
    let read = |tenant: &Value| tenant["status"]["observedGeneration"] == tenant["metadata"]["generation"];
    world.wait_for(&testbed::world::Ref::tenant("default"), "be taken up", read, SOON).await.unwrap();
}
