//! Resend on request, and reminders.

use serde_json::{Value, json};
use testbed::stories::{
    ALL, TENANT, a_while, calls, connected, guest, mails, repeated, simulator, until, until_state, world,
};

use super::{able, annotate, config, patch};

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

#[tokio::test(flavor = "multi_thread")]
async fn reminders_go_out_in_time_up_to_their_limit() {
    let world = able().await;
    // What Graph sends now carries a time two hours ago, so that a reminder after an hour is due at once.
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
    simulator(&world).update_settings(|settings| settings.clock_offset_seconds = -7200);
    annotate(&world, "bea", "resend", "now").await;
    let reminded =
        until(&world, "bea", "be reminded twice", |guest| guest["status"]["invitation"]["reminders"] == 2).await;
    assert!(reminded["status"]["invitation"]["nextSendAt"].is_null(), "{reminded}");
    a_while().await;
    assert_eq!(mails(&world, "bea@fabrikam.com"), repeated(4), "the invitation, the resend and two reminders");
    assert_eq!(mails(&world, "cyd@fabrikam.com"), 1, "who has accepted is not reminded");
    assert_eq!(calls(&world, "createInvitation"), 5);
    // A higher limit goes on, and none stops.
    patch(&world, "bea", json!({"reminders": {"after": "1h", "limit": 3}})).await;
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
    simulator(&world).update_settings(|settings| settings.clock_offset_seconds = -7200);
    let cut = entra_simulator::Fault::new("createInvitation", entra_simulator::FaultAction::CutAfter).skip(1).times(1);
    simulator(&world).inject(cut);
    world.apply(&guest("dan", "dan@fabrikam.com", "")).await.unwrap();
    until(&world, "dan", "count the reminder as sent", |guest| guest["status"]["invitation"]["reminders"] == 1).await;
    a_while().await;
    assert_eq!(mails(&world, "dan@fabrikam.com"), repeated(2), "the invitation and one reminder");
}
