//! Resend on request, and reminders.

use serde_json::{Value, json};
use testbed::stories::{
    ALL, TENANT, a_while, calls, connected, guest, hours_pass, mails, named, repeated, simulator, until, until_gone,
    until_reason, until_state, world,
};

use super::{able, annotate, config, kill_the_operator, patch};

fn sent(guest: &Value) -> u64 {
    guest["status"]["invitation"]["sent"].as_u64().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_value_mails_once_and_only_while_pending() {
    let world = able().await;
    world.apply(&guest("ann", "ann@fabrikam.com", "")).await.unwrap();
    until_state(&world, "ann", "Invited").await;
    for (value, mails_by_then) in [("1", 2), ("1", 2), ("2", 3)] {
        annotate(&world, "ann", "resend", value).await;
        let handled =
            |guest: &Value| guest["status"]["lastHandled"]["resend"] == value && sent(guest) == mails_by_then as u64;
        until(&world, "ann", "have acted on the annotation", handled).await;
        a_while().await;
        assert_eq!(mails(&world, "ann@fabrikam.com"), repeated(mails_by_then), "after {value}");
    }
    let users = simulator(&world).users(TENANT);
    assert_eq!(users.iter().filter(|user| user.mail.as_deref() == Some("ann@fabrikam.com")).count(), 1);

    simulator(&world).redeem(TENANT, "ann@fabrikam.com", None).unwrap();
    // Accepted in the directory, and the operator may not have swept yet: it looks before it mails.
    annotate(&world, "ann", "resend", "3").await;
    let handled = |guest: &Value| guest["status"]["lastHandled"]["resend"] == "3";
    let accepted = until(&world, "ann", "have acted on the annotation", handled).await;
    assert_eq!(sent(&accepted), 3, "who has accepted is never mailed");
    assert_eq!(mails(&world, "ann@fabrikam.com"), repeated(3));
    assert_eq!(calls(&world, "createInvitation"), 3);
}

/// An editor annotated a guest 88 times, and 39 mails went to one person within a minute.
#[tokio::test(flavor = "multi_thread")]
async fn one_person_is_mailed_only_so_often_whoever_asks_and_however_often() {
    let limit = json!({"pacing": {"perGuest": {"interval": "30s", "perDay": 3}}});
    let world = world(config(&ALL, limit)).await;
    connected(&world).await;
    world.apply(&guest("lee", "lee@fabrikam.com", "  deletionPolicy: Delete\n")).await.unwrap();
    until_state(&world, "lee", "Invited").await;
    for value in 0..4 {
        annotate(&world, "lee", "resend", &value.to_string()).await;
    }
    let said = until_reason(&world, "lee", "MailedLately").await;
    assert!(said.contains("spec.pacing.perGuest"), "{said}");
    let waiting = world.get(&named("lee")).await.unwrap();
    assert!(waiting["status"]["invitation"]["nextSendAt"].is_string(), "{waiting}");
    assert_eq!(mails(&world, "lee@fabrikam.com"), 1);
    // Nor does a restart forget it.
    kill_the_operator(&world).await;
    world.start_operator().unwrap();
    until(&world, "lee", "be mailed once for all", |guest| sent(guest) == 2).await;
    // Nor does another life of the guest: they are deleted, and declared anew.
    world.delete(&named("lee")).await.unwrap();
    until_gone(&world, &named("lee")).await;
    world.apply(&guest("lee", "lee@fabrikam.com", "  deletionPolicy: Delete\n")).await.unwrap();
    until_state(&world, "lee", "Invited").await;
    annotate(&world, "lee", "resend", "again").await;
    until(&world, "lee", "be mailed a third time", |guest| guest["status"]["lastHandled"]["resend"] == "again").await;
    annotate(&world, "lee", "resend", "and again").await;
    let said = until_reason(&world, "lee", "MailedLately").await;
    assert_eq!(mails(&world, "lee@fabrikam.com"), 3, "{said}");
    let asked = simulator(&world).requests("createInvitation");
    let apart = asked.windows(2).map(|pair| pair[1].at.duration_since(pair[0].at).as_secs());
    assert!(apart.clone().all(|apart| apart >= 29), "{:?}", apart.collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn reminders_go_out_in_time_up_to_their_limit() {
    let world = able().await;
    world.apply(&guest("bea", "bea@fabrikam.com", "  reminders: {after: 1h, limit: 2}\n")).await.unwrap();
    world.apply(&guest("cyd", "cyd@fabrikam.com", "  reminders: {after: 1h, limit: 2}\n")).await.unwrap();
    let bea = until_state(&world, "bea", "Invited").await;
    until_state(&world, "cyd", "Invited").await;
    let next =
        until(&world, "bea", "tell when it reminds", |guest| guest["status"]["invitation"]["nextSendAt"].is_string())
            .await;
    let at = |text: &Value| text.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let wait =
        at(&next["status"]["invitation"]["nextSendAt"]).duration_since(at(&next["status"]["invitation"]["lastSentAt"]));
    assert_eq!(wait.as_secs(), 3600, "{bea}");
    a_while().await;
    assert_eq!(mails(&world, "bea@fabrikam.com"), 1, "no reminder before its time");

    simulator(&world).redeem(TENANT, "cyd@fabrikam.com", None).unwrap();
    until_state(&world, "cyd", "Accepted").await;
    annotate(&world, "bea", "resend", "now").await;
    until(&world, "bea", "be mailed again", |guest| sent(guest) == 2).await;
    hours_pass(&world, "bea", 2).await;
    until(&world, "bea", "be reminded", |guest| guest["status"]["invitation"]["reminders"] == 1).await;
    hours_pass(&world, "bea", 2).await;
    let reminded =
        until(&world, "bea", "be reminded twice", |guest| guest["status"]["invitation"]["reminders"] == 2).await;
    assert!(reminded["status"]["invitation"]["nextSendAt"].is_null(), "{reminded}");
    a_while().await;
    assert_eq!(mails(&world, "bea@fabrikam.com"), repeated(4), "the invitation, the resend and two reminders");
    assert_eq!(mails(&world, "cyd@fabrikam.com"), 1, "who has accepted is not reminded");
    assert_eq!(calls(&world, "createInvitation"), 5);
    // A higher limit goes on, and none stops.
    patch(&world, "bea", json!({"reminders": {"after": "1h", "limit": 3}})).await;
    hours_pass(&world, "bea", 2).await;
    until(&world, "bea", "be reminded once more", |guest| guest["status"]["invitation"]["reminders"] == 3).await;
    patch(&world, "bea", json!({"reminders": null})).await;
    a_while().await;
    assert_eq!(mails(&world, "bea@fabrikam.com"), repeated(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_default_reminds_and_a_lost_answer_counts_as_sent() {
    let more = json!({"defaults": {"reminders": {"after": "1h", "limit": 1}}});
    let world = world(config(&ALL, more)).await;
    connected(&world).await;
    let cut = entra_simulator::Fault::new("createInvitation", entra_simulator::FaultAction::CutAfter).skip(1).times(1);
    simulator(&world).inject(cut);
    world.apply(&guest("dan", "dan@fabrikam.com", "")).await.unwrap();
    hours_pass(&world, "dan", 2).await;
    until(&world, "dan", "count the reminder as sent", |guest| guest["status"]["invitation"]["reminders"] == 1).await;
    a_while().await;
    assert_eq!(mails(&world, "dan@fabrikam.com"), repeated(2), "the invitation and one reminder");
}
