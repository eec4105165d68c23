//! What the directory says, and in which order: null, values that nobody can hold, clocks that differ, users who are gone at once.

use std::time::{Duration, Instant};

use entra_simulator::{Fault, FaultAction, ScriptedAnswer, SeedKind, SeedUser};
use serde_json::{Value, json};
use testbed::stories::{
    ALL, SOON, TENANT, a_while, calls, condition, connected, guest, mails, named, repeated, settling_in, simulator,
    until, until_reason, until_set, until_state, until_tenant, within, world,
};
use testbed::world::{Ref, World, WorldConfig};

use crate::life::{able, annotate, config, patch};

/// A world whose settling time no story waits for.
async fn patient_world() -> World {
    let world = world(WorldConfig { operator_args: settling_in("300s"), ..config(&ALL, Value::Null) }).await;
    connected(&world).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_is_made_an_internal_user_is_told_of_and_not_mailed() {
    let world = able().await;
    for (name, accepted) in [("ina", true), ("ida", false)] {
        let address = format!("{name}@fabrikam.com");
        world.apply(&guest(name, &address, "")).await.unwrap();
        until(&world, name, "be seen", |guest| guest["status"]["redemption"]["state"].is_string()).await;
        if accepted {
            simulator(&world).redeem(TENANT, &address, None).unwrap();
            until_state(&world, name, "Accepted").await;
        }
        simulator(&world).convert_to_internal(TENANT, &address).unwrap();
        let said = until_reason(&world, name, "InternalUser").await;
        assert!(said.contains("internal user") && said.contains("delete this resource"), "{said}");
        // Neither a reminder that is due nor a mail that is asked for leaves, and the operator comes to rest.
        patch(&world, name, json!({"reminders": {"after": "1m", "limit": 3}})).await;
        annotate(&world, name, "resend", "please").await;
        until(&world, name, "have looked at the request", |guest| guest["status"]["lastHandled"]["resend"] == "please")
            .await;
        simulator(&world).clear_journal();
        a_while().await;
        let told = until_reason(&world, name, "InternalUser").await;
        assert_eq!(told, said);
        assert_eq!(mails(&world, &address), 0, "since the journal was cleared");
        let alone = simulator(&world).requests("getUser").iter().filter(|read| !read.in_batch).count();
        assert!(alone <= 1, "{alone} reads of one user");
        assert_eq!(calls(&world, "createInvitation"), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_value_that_cannot_be_held_does_not_stop_the_sweep() {
    let world = able().await;
    let odd = json!({"createdDateTime": "9999-12-31T23:59:59.9999999Z"});
    let properties = serde_json::from_value(odd).unwrap();
    simulator(&world)
        .seed(TENANT, SeedUser { properties, ..SeedUser::new("odd@fabrikam.com", SeedKind::PendingGuest) });
    for name in ["odd", "even"] {
        world.apply(&guest(name, &format!("{name}@fabrikam.com"), "")).await.unwrap();
        until_state(&world, name, "Invited").await;
    }
    for name in ["even", "odd"] {
        simulator(&world).redeem(TENANT, &format!("{name}@fabrikam.com"), None).unwrap();
        until_state(&world, name, "Accepted").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_comes_after_its_time_whatever_the_clocks_say() {
    for offset in [-600, 600] {
        let world = able().await;
        simulator(&world).update_settings(|settings| settings.clock_offset_seconds = offset);
        world.apply(&guest("eve", "eve@fabrikam.com", "  reminders: {after: 1m, limit: 1}\n")).await.unwrap();
        let told = until(&world, "eve", "tell when it reminds", |guest| {
            guest["status"]["invitation"]["nextSendAt"].is_string() && guest["status"]["redemption"].is_object()
        })
        .await;
        let began = Instant::now();
        let at = |name: &str| told["status"]["invitation"][name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        assert_eq!(at("nextSendAt").duration_since(at("lastSentAt")).as_secs(), 60, "{told}");
        tokio::time::sleep(Duration::from_secs(20)).await;
        assert_eq!(mails(&world, "eve@fabrikam.com"), 1, "{offset} s: a reminder before its time");
        until(&world, "eve", "be reminded", |guest| guest["status"]["invitation"]["reminders"] == 1).await;
        assert!(began.elapsed() < Duration::from_secs(80), "{offset} s: {:?}", began.elapsed());
        assert_eq!(mails(&world, "eve@fabrikam.com"), repeated(2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_changes_right_after_our_own_write_is_put_right() {
    let world = patient_world().await;
    let simulator = simulator(&world);
    world.apply(&guest("lee", "lee@fabrikam.com", "  profile: {department: Sales}\n")).await.unwrap();
    until_set(&world, "lee", &["department"]).await;
    let shown = || simulator.user(TENANT, "lee@fabrikam.com").unwrap().property("department");
    for round in 0..2 {
        // One sweep has shown our write; what differs after it is somebody else's.
        let swept = calls(&world, "listUsers");
        within(SOON, "a sweep", || calls(&world, "listUsers") >= swept + 2).await;
        simulator
            .change_user(TENANT, "lee@fabrikam.com", |user| {
                drop(user.profile.insert("department".into(), json!("Other")))
            })
            .unwrap();
        if round == 1 {
            annotate(&world, "lee", "reconcile", "now").await;
        }
        within(Duration::from_secs(20), "put right", || shown() == "Sales").await;
    }
    assert_eq!(calls(&world, "updateUser"), 3);
}

/// While no read shows our write, a difference is taken for our own change that lags.
#[tokio::test(flavor = "multi_thread")]
async fn a_listing_that_lags_behind_our_write_makes_no_second_one() {
    let world = patient_world().await;
    world.apply(&guest("lee", "lee@fabrikam.com", "")).await.unwrap();
    until(&world, "lee", "be seen", |guest| guest["status"]["redemption"]["state"].is_string()).await;
    simulator(&world).update_settings(|settings| settings.lag.listing = Duration::from_secs(600));
    patch(&world, "lee", json!({"profile": {"department": "Sales"}})).await;
    until_set(&world, "lee", &["department"]).await;
    a_while().await;
    a_while().await;
    assert_eq!(calls(&world, "updateUser"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_before_anybody_saw_them_is_gone() {
    let world = patient_world().await;
    let hidden = Duration::from_secs(600);
    simulator(&world).update_settings(|settings| {
        (settings.lag.listing, settings.lag.advanced, settings.lag.read_after_create) = (hidden, hidden, hidden);
    });
    for (name, more) in [("quiet", ""), ("waiting", "  profile: {department: Sales}\n")] {
        let address = format!("{name}@fabrikam.com");
        world.apply(&guest(name, &address, more)).await.unwrap();
        until_state(&world, name, "Invited").await;
        simulator(&world).delete_user(TENANT, &address).unwrap();
        until_reason(&world, name, "GuestGone").await;
        assert_eq!(mails(&world, &address), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_deleted_while_they_are_looked_up_leaves_nothing_to_say() {
    let world = able().await;
    let slow = Fault::new("listUsers", FaultAction::Delay { ms: 2000 }).about("brief@fabrikam.com").forever();
    simulator(&world).inject(slow);
    world.apply(&guest("brief", "brief@fabrikam.com", "")).await.unwrap();
    let looks = || {
        simulator(&world)
            .requests("listUsers")
            .iter()
            .any(|look| look.query.as_deref().unwrap_or_default().contains("brief"))
    };
    within(SOON, "a look", looks).await;
    world.delete(&named("brief")).await.unwrap();
    a_while().await;
    a_while().await;
    let log = world.operator().unwrap().log();
    assert!(!log.contains("no end after") && !log.contains("could not be brought forward"), "{log}");
    assert_eq!(calls(&world, "createInvitation"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_full_is_one_condition_of_the_tenant() {
    let world = able().await;
    let text = "The directory object quota limit for the Tenant has been exceeded. Please ask your administrator to increase the quota limit or delete objects to reduce the used quota.";
    let full = ScriptedAnswer::error(403, "Directory_QuotaExceeded", text);
    simulator(&world).inject(Fault::new("createInvitation", full.into()).forever());
    for n in 0..5 {
        world.apply(&guest(&format!("g{n}"), &format!("g{n}@fabrikam.com"), "")).await.unwrap();
    }
    let said = until_tenant(&world, "Ready", "DirectoryFull").await;
    assert!(said.contains("as many objects as it may") && said.contains("tried again"), "{said}");
    for n in 0..5 {
        let told = until_reason(&world, &format!("g{n}"), "DirectoryFull").await;
        assert_eq!(told, said);
    }
    simulator(&world).clear_journal();
    a_while().await;
    a_while().await;
    let asked = calls(&world, "createInvitation");
    assert!(asked <= 2, "{asked} requests to a full directory");
    let tenant = world.get(&Ref::tenant("default")).await.unwrap();
    assert_eq!(condition(&tenant, "Authenticated").0, "True");
    simulator(&world).clear_faults();
    world.kubectl(&["annotate", "etenant", "default", "guestlist.dev/resume=now"]).await.unwrap();
    for n in 0..5 {
        until_state(&world, &format!("g{n}"), "Invited").await;
        assert_eq!(mails(&world, &format!("g{n}@fabrikam.com")), 1);
    }
    until_tenant(&world, "Ready", "Connected").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_a_proxy_answers_is_told_apart() {
    let world = world(WorldConfig { tenant: None, ..config(&ALL, Value::Null) }).await;
    let page = "<html><head><title>Sign in to the proxy</title></head></html>";
    for (answer, words) in [
        (ScriptedAnswer::text(200, "text/html", page), ["such as a proxy", "HTTPS_PROXY"]),
        (ScriptedAnswer::text(407, "text/html", page), ["HTTP 407", "HTTPS_PROXY"]),
        (ScriptedAnswer::sign_in_error(400, 90_033, "A transient error has occurred."), ["AADSTS90033", "by itself"]),
        (ScriptedAnswer::text(429, "text/html", page).retry_after(1.0), ["HTTP 429", "wait"]),
    ] {
        simulator(&world).clear_faults();
        simulator(&world).inject(Fault::new("token", answer.into()).forever());
        world.apply_tenant(&testbed::world::TenantManifest::default()).await.unwrap();
        let holds = |tenant: &Value| {
            let said = condition(tenant, "Ready").2;
            words.iter().all(|word| said.contains(word))
        };
        let tenant = world.wait_for(&Ref::tenant("default"), &format!("tell {words:?}"), holds, SOON).await.unwrap();
        let said = condition(&tenant, "Ready").2;
        assert!(!said.contains("network policies") && !said.contains("expected value"), "{said}");
    }
    simulator(&world).clear_faults();
    connected(&world).await;
}
