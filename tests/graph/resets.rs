//! Invitations that reset a redemption, and the redeem link that every invitation brings.

use std::time::Duration;

use entra_simulator::{SeedKind, SeedUser};
use guestlist::api::{Explanation, Reason};
use guestlist::graph::{Class, Invitation, refused_reset};
use serde_json::{Value, json};
use testbed::stories::TENANT;

use crate::bench::{BASIC, Bench, LONG, NOBODY};

pub fn invitation(email: &str) -> Invitation {
    Invitation {
        email: email.into(),
        redirect_url: "https://myapps.microsoft.com".into(),
        display_name: None,
        user_type: "Guest",
        language: Some("de".into()),
        cc: None,
        send: true,
        reset: None,
    }
}

fn reset(email: &str, id: &str) -> Invitation {
    Invitation { reset: Some(id.into()), ..invitation(email) }
}

fn other_mail(address: &str) -> serde_json::Map<String, Value> {
    json!({"otherMails": [address]}).as_object().unwrap().clone()
}

#[tokio::test]
async fn a_reset_names_the_user_and_brings_a_link() {
    let bench = Bench::new().await;
    let id = bench.guest("ann@fabrikam.com");
    bench.graph.update_user(&id, &other_mail("ann@adatum.com"), None).await.unwrap();
    let invited = bench.graph.invite(&reset("ann@adatum.com", &id), None).await.unwrap();
    assert_eq!(invited.user_id, id);
    let sent = bench.sim.requests("createInvitation");
    let body = sent[0].body.as_ref().unwrap();
    assert_eq!((&body["invitedUser"], &body["resetRedemption"]), (&json!({"id": id}), &json!(true)));
    let mails = bench.sim.invitation_mails("ann@adatum.com");
    assert_eq!((mails.len(), mails[0].language.as_str()), (1, "de"));
    let link = invited.redeem_url.as_ref().expect("a link").expose();
    assert_eq!(Some(link), mails[0].redeem_link.as_deref(), "untouched");
    assert!(bench.sim.user(TENANT, &id).unwrap().is_pending());
    let shown = format!("{invited:?}");
    assert!(shown.contains("redacted") && !shown.contains("https"), "{shown}");
}

#[tokio::test]
async fn whoever_mails_for_themselves_gets_the_link_and_no_mail() {
    let bench = Bench::with(BASIC).await;
    let silent = Invitation { send: false, cc: Some("boss@contoso.com".into()), ..invitation("ann@fabrikam.com") };
    let invited = bench.graph.invite(&silent, None).await.unwrap();
    let link = invited.redeem_url.expect("a link");
    assert!(link.expose().starts_with("https://") && !format!("{link:?} {link:#?}").contains("https"));
    assert!(bench.sim.mails("ann@fabrikam.com").is_empty());
    let sent = bench.sim.requests("createInvitation");
    let body = sent[0].body.as_ref().unwrap();
    for absent in ["invitedUserMessageInfo", "invitedUser", "resetRedemption"] {
        assert_eq!(body.get(absent), None);
    }
}

#[tokio::test]
async fn an_address_that_is_not_everywhere_yet_is_worth_a_short_wait() {
    let bench = Bench::new().await;
    let id = bench.guest("ann@fabrikam.com");
    bench.set(|settings| settings.lag.reset_after_change = LONG);
    bench.graph.update_user(&id, &other_mail("ann@adatum.com"), None).await.unwrap();
    let error = bench.graph.invite(&reset("ann@adatum.com", &id), None).await.unwrap_err();
    assert_eq!((error.operation, error.status), ("resetRedemption", Some(400)));
    let refused = refused_reset(&error);
    let expected = (Reason::AddressNotReplicated, Duration::from_secs(15));
    assert_eq!((refused.explanation.reason, refused.retry_after), expected);
    bench.set(|settings| settings.lag.reset_after_change = Duration::ZERO);
    bench.graph.invite(&reset("ann@adatum.com", &id), None).await.unwrap();
    let error = bench.graph.invite(&reset("ann@adatum.com", NOBODY), None).await.unwrap_err();
    assert_eq!(refused_reset(&error).explanation.reason, Reason::NotReplicated);
}

#[tokio::test]
async fn a_missing_permission_and_a_directory_role_bar_a_reset_and_nothing_else() {
    let basic = Bench::with(BASIC).await;
    let full = Bench::new().await;
    let admin = SeedUser { holds_directory_role: true, ..SeedUser::new("ann@fabrikam.com", SeedKind::AcceptedGuest) };
    let cases = [(&basic, basic.guest("ann@fabrikam.com")), (&full, full.sim.seed(TENANT, admin))];
    for (bench, id) in cases {
        let error = bench.graph.invite(&reset("ann@fabrikam.com", &id), None).await.unwrap_err();
        assert_eq!((error.status, error.class), (Some(403), Class::Terminal), "{error}");
        let Explanation { reason, message } = refused_reset(&error).explanation;
        assert_eq!(reason, Reason::PermissionMissing);
        assert!(message.contains("User.ReadWrite.All") && message.contains("directory role"), "{message}");
        assert!(bench.sim.mails("ann@fabrikam.com").is_empty());
    }
}

#[tokio::test]
async fn a_block_of_the_whole_directory_is_one_for_resets_too() {
    let bench = Bench::new().await;
    let id = bench.guest("ann@fabrikam.com");
    bench.set(|settings| settings.policy.suspicious_activity_block = true);
    let error = bench.graph.invite(&reset("ann@fabrikam.com", &id), None).await.unwrap_err();
    assert_eq!(error.class, Class::Blocked);
}
