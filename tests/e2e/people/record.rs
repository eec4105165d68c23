//! What the Guest's record decides and what it costs: a status is told and never believed.

use std::time::Duration;

use entra_simulator::{SeedKind, SeedUser};
use serde_json::{Value, json};
use testbed::stories::{
    ALL, TENANT, a_while, calls, connected, guest, mails, named, simulator, until, until_gone, until_state, world,
};

use crate::life::{able, annotate, config};

/// What stands in a status is told and never believed.
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_status_changes_nothing() {
    let world = able().await;
    simulator(&world).seed(TENANT, SeedUser::new("boss@contoso.com", SeedKind::Member));
    let boss = simulator(&world).user(TENANT, "boss@contoso.com").unwrap().id;
    world.apply(&guest("eve", "eve@fabrikam.com", "  deletionPolicy: Delete\n")).await.unwrap();
    let eve = until_state(&world, "eve", "Invited").await;
    annotate(&world, "eve", "resend", "old").await;
    until(&world, "eve", "be mailed again", |guest| guest["status"]["invitation"]["sent"] == 2).await;
    let forge = |status: Value| {
        let patch = json!({"status": status}).to_string();
        let world = &world;
        async move {
            let args = ["patch", "ginv", "-n", "team", "eve", "--subresource=status", "--type=merge", "-p", &patch];
            world.kubectl(&args).await.unwrap();
        }
    };
    let forged = json!({"guest": {"id": boss, "origin": "Invited"}, "invitation": {"sent": 0, "attempt": null}, "lastHandled": null});
    for status in [forged, Value::Null] {
        forge(status).await;
        let back = until(&world, "eve", "be told rightly", |guest| {
            guest["status"]["guest"]["id"] == eve["status"]["guest"]["id"] && guest["status"]["invitation"]["sent"] == 2
        })
        .await;
        assert_eq!(back["status"]["lastHandled"]["resend"], "old");
    }
    a_while().await;
    assert_eq!(mails(&world, "eve@fabrikam.com"), 2);
    world.delete(&named("eve")).await.unwrap();
    until_gone(&world, &named("eve")).await;
    assert!(simulator(&world).user(TENANT, "boss@contoso.com").is_some());
    assert!(simulator(&world).user(TENANT, "eve@fabrikam.com").is_none());
}

/// What is written for one guest: the intent, the outcome, and what is told. Then what the directory shows, and at rest nothing.
#[tokio::test(flavor = "multi_thread")]
async fn three_writes_a_guest_and_none_at_rest() {
    fn of_guests(path: &str) -> bool {
        path.contains("/guestinvitations") || path.contains("/guests")
    }
    let mut config = config(&ALL, Value::Null);
    (config.interposed, config.counted) = (true, of_guests);
    let world = world(config).await;
    connected(&world).await;
    let hidden = Duration::from_secs(8);
    simulator(&world)
        .update_settings(|settings| (settings.lag.listing, settings.lag.read_after_create) = (hidden, hidden));
    let writes = || {
        let all = world.effects.list().into_iter().filter(|effect| effect.port == "kube");
        all.map(|effect| {
            format!("{} {}", effect.method, if effect.path.contains("/guests") { "Guest" } else { "status" })
        })
        .collect::<Vec<_>>()
    };
    world.effects.reset();
    world.apply(&guest("tri", "tri@fabrikam.com", "")).await.unwrap();
    until_state(&world, "tri", "Invited").await;
    assert_eq!(writes(), ["POST Guest", "PUT Guest", "PATCH status"]);
    until(&world, "tri", "be shown", |guest| guest["status"]["redemption"]["state"].is_string()).await;
    a_while().await;
    assert_eq!(writes()[3..], ["PUT Guest", "PATCH status"], "what the directory shows");
    world.effects.reset();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(writes(), [] as [String; 0], "at rest nothing is written");
    assert_eq!((mails(&world, "tri@fabrikam.com"), calls(&world, "createInvitation")), (1, 1));
}
