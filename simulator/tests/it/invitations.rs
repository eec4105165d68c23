//! `POST /invitations`: what it answers, what it makes, and everything it refuses.

use entra_simulator::{AllowInvitesFrom, Config, SeedKind, SeedUser, SoftDeleted};
use serde_json::{Value, json};

use crate::support::{Bench, TENANT, invitation};

#[tokio::test]
async fn the_answer_echoes_in_graphs_own_way() {
    let bench = Bench::new().await;
    let reply = bench
        .post(
            "invitations",
            &json!({
                "invitedUserEmailAddress": "Ann@fabrikam.com",
                "inviteRedirectUrl": "http://myapps.microsoft.com",
                "invitedUserMessageInfo": {"messageLanguage": "de-DE", "customizedMessageBody": "Hello"},
            }),
        )
        .await;
    assert_eq!(reply.status, 201);
    let body = &reply.body;
    assert_eq!(body["inviteRedirectUrl"], "http://myapps.microsoft.com/");
    assert_eq!(body["sendInvitationMessage"], false);
    assert_eq!(body["invitedUserType"], "Guest");
    assert_eq!(body["status"], "PendingAcceptance");
    assert_eq!(body["invitedUserDisplayName"], Value::Null);
    assert_eq!(
        body["invitedUserMessageInfo"]["ccRecipients"],
        json!([{"emailAddress": {"name": null, "address": null}}])
    );
    assert_eq!(body["invitedUserMessageInfo"]["customizedMessageBody"], Value::Null);
    assert_eq!(body["invitedUser"]["userPrincipalName"], "Ann_fabrikam.com#EXT#@contoso.onmicrosoft.com");
    assert_ne!(body["invitedUser"]["id"], body["id"]);
    let link = body["inviteRedeemUrl"].as_str().unwrap();
    assert!(link.contains(&format!("user%3d{}", body["id"].as_str().unwrap())), "{link}");
    assert!(link.contains("%25252f") && link.starts_with(bench.sim.url().as_str()), "{link}");
    assert!(bench.sim.invitation_mails("ann@fabrikam.com").is_empty(), "no mail unless asked for");

    for header in ["date", "request-id", "client-request-id", "x-ms-resource-unit"] {
        assert!(reply.headers.contains_key(header), "{header}");
    }
    let user = bench.sim.user(TENANT, "ann@fabrikam.com").unwrap();
    assert_eq!(user.creation_type.as_deref(), Some("Invitation"));
    assert_eq!(user.external_user_state.as_deref(), Some("PendingAcceptance"));
    assert_eq!(user.identities.len(), 1);
}

#[tokio::test]
async fn malformed_requests_are_refused() {
    let bench = Bench::new().await;
    let with = |name: &str, value: Value| {
        let mut body = invitation("ann@fabrikam.com");
        body[name] = value;
        body
    };
    for body in [
        with("invitedUserEmailAddress", Value::Null),
        with("invitedUserEmailAddress", json!("ann+list@fabrikam.com")),
        with("invitedUserEmailAddress", json!("Ann <ann@fabrikam.com>")),
        with("inviteRedirectUrl", Value::Null),
        with("inviteRedirectUrl", json!("myapps")),
        with("inviteRedirectUrl", json!("ftp://example.org/")),
        with("invitedUserType", json!("Admin")),
        with("sendInvitationMessage", json!("yes")),
        with("surprise", json!(1)),
        with("resetRedemption", json!(true)),
        json!([]),
    ] {
        let reply = bench.post("invitations", &body).await;
        assert_eq!((reply.status, reply.code()), (400, "BadRequest"), "{body}");
        assert!(!reply.body["error"]["innerError"]["date"].as_str().unwrap().contains('Z'), "no zone");
    }
    assert!(bench.sim.users(TENANT).is_empty());
}

#[tokio::test]
async fn the_tenants_rules_are_kept() {
    let bench = Bench::new().await;
    let own = bench.invite("boss@contoso.com").await;
    assert_eq!((own.status, own.message()), (400, "Invitee is in inviter tenant"));

    bench.set(|settings| settings.policy.blocked_domains.push("wingtiptoys.com".to_owned()));
    assert_eq!(bench.invite("a@wingtiptoys.com").await.status, 400);
    bench.set(|settings| settings.policy.cross_tenant_blocked_domains.push("adatum.com".to_owned()));
    assert!(bench.invite("a@adatum.com").await.message().contains("cross-tenant access settings"));

    bench.set(|settings| settings.policy.allow_invites_from = AllowInvitesFrom::None);
    let refused = bench.invite("ann@fabrikam.com").await;
    assert_eq!((refused.status, refused.code()), (403, "Forbidden"));
    assert!(refused.message().starts_with("Guest invitations not allowed"));

    bench.set(|settings| settings.policy.suspicious_activity_block = true);
    let blocked = bench.invite("ann@fabrikam.com").await;
    assert_eq!((blocked.status, blocked.code()), (403, "Forbidden"));
    assert!(blocked.message().contains("suspicious activity"));
    assert!(bench.sim.users(TENANT).is_empty());
}

#[tokio::test]
async fn accounts_that_are_there_are_told_apart() {
    let bench = Bench::new().await;
    let seed = |user: SeedUser| bench.sim.seed(TENANT, user);
    let member = seed(SeedUser::new("eve@partner.org", SeedKind::Member));
    let reply = bench.invite("eve@partner.org").await;
    assert_eq!(reply.status, 400);
    assert!(reply.message().contains(&format!("already exists in the directory as objectID: {member}")));

    seed(SeedUser::new("off@partner.org", SeedKind::PendingGuest).disabled());
    let reply = bench.invite("off@partner.org").await;
    assert_eq!(reply.status, 412);
    assert!(reply.message().contains("blocked from signing in"));

    let accepted = seed(SeedUser::new("in@partner.org", SeedKind::AcceptedGuest));
    let reply = bench.invite("in@partner.org").await;
    assert_eq!((reply.status, &reply.body["invitedUser"]["id"]), (201, &json!(accepted)));
    assert_eq!(bench.sim.invitation_mails("in@partner.org").len(), 1);
    bench.set(|settings| settings.variants.accepted_repeat_mails = false);
    assert_eq!(bench.invite("in@partner.org").await.status, 201);
    assert_eq!(bench.sim.invitation_mails("in@partner.org").len(), 1);

    seed(SeedUser::new("con@partner.org", SeedKind::Contact));
    bench.guest("con@partner.org").await;
    let user = bench.sim.user(TENANT, "con@partner.org").unwrap();
    assert_eq!((user.mail, user.proxy_addresses.len()), (None, 0));
    assert_eq!(user.other_mails, ["con@partner.org"]);
}

#[tokio::test]
async fn inviting_a_pending_guest_again_mails_again() {
    let bench = Bench::new().await;
    let first = bench.invite("ann@fabrikam.com").await.body;
    let second = bench.invite("ann@fabrikam.com").await.body;
    assert_eq!(first["invitedUser"]["id"], second["invitedUser"]["id"]);
    assert_ne!(first["id"], second["id"]);
    assert_ne!(first["inviteRedeemUrl"], second["inviteRedeemUrl"]);
    assert_eq!(bench.sim.invitation_mails("ANN@fabrikam.com").len(), 2);
    assert_eq!(bench.sim.users(TENANT).len(), 1);
}

#[tokio::test]
async fn a_soft_deleted_guest_comes_back_by_switch() {
    let bench = Bench::new().await;
    let id = bench.guest("ann@fabrikam.com").await;
    bench.sim.delete_user(TENANT, &id).unwrap();
    bench.set(|settings| settings.variants.soft_deleted = SoftDeleted::Refused);
    assert_eq!(bench.invite("ann@fabrikam.com").await.status, 400);
    bench.set(|settings| settings.variants.soft_deleted = SoftDeleted::Restored);
    assert_eq!(bench.guest("ann@fabrikam.com").await, id);
    bench.sim.delete_user(TENANT, &id).unwrap();
    bench.set(|settings| settings.variants.soft_deleted = SoftDeleted::NewUser);
    assert_ne!(bench.guest("ann@fabrikam.com").await, id);
}

#[tokio::test]
async fn a_user_may_never_appear() {
    let bench = Bench::new().await;
    bench.set(|settings| settings.variants.user_never_appears = true);
    let id = bench.guest("ann@fabrikam.com").await;
    assert_eq!(bench.get(&format!("users/{id}")).await.status, 404);
    assert_eq!(bench.sim.invitation_mails("ann@fabrikam.com").len(), 1);
}

#[tokio::test]
async fn an_apps_own_words_are_lost_and_a_persons_are_not() {
    let mut bench = Bench::new().await;
    let mut body = invitation("ann@fabrikam.com");
    body["invitedUserMessageInfo"] = json!({
        "customizedMessageBody": "Dear Ann",
        "messageLanguage": "de-DE",
        "ccRecipients": [{"emailAddress": {"address": "cc1@x.org"}}, {"emailAddress": {"address": "cc2@x.org"}}],
    });
    assert_eq!(bench.post("invitations", &body).await.status, 201);
    let mail = bench.sim.invitation_mails("ann@fabrikam.com").pop().unwrap();
    assert_eq!((mail.body, mail.inviter.as_str()), (None, "Contoso"));
    assert_eq!((mail.from.as_str(), mail.reply_to), ("invites@contoso.onmicrosoft.com", None));
    assert_eq!(mail.subject, "Contoso invited you to collaborate with contoso.onmicrosoft.com");
    assert_eq!(mail.cc.as_deref(), Some("cc1@x.org"));
    assert_eq!(mail.language, "en-US", "the language is ignored with a body");

    bench.sim.seed(TENANT, SeedUser::new("boss@contoso.com", SeedKind::Member));
    bench.token = bench.sim.delegated_token(TENANT, "boss@contoso.com", &["User.Invite.All"]).unwrap();
    assert_eq!(bench.post("invitations", &body).await.status, 201);
    let mail = bench.sim.invitation_mails("ann@fabrikam.com").pop().unwrap();
    assert_eq!((mail.body.as_deref(), mail.inviter.as_str()), (Some("Dear Ann"), "boss"));
    assert_eq!(mail.reply_to.as_deref(), Some("boss@contoso.com"));
}

#[tokio::test]
async fn a_tenant_with_exchange_invites_from_its_own_domain() {
    for (mail_enabled, from) in [(false, "invites@contoso.onmicrosoft.com"), (true, "invites@contoso.com")] {
        let mut config = Config::default();
        config.tenants[0].primary_domain = Some("contoso.com".to_owned());
        config.tenants[0].mail_enabled = mail_enabled;
        let bench = Bench::with_config(config).await;
        bench.guest("ann@fabrikam.com").await;
        let mail = bench.sim.invitation_mails("ann@fabrikam.com").pop().unwrap();
        assert_eq!(mail.from, from);
        assert_eq!(mail.subject, "Contoso invited you to collaborate with contoso.com");
    }
}

#[tokio::test]
async fn the_mails_language_has_an_order() {
    let bench = Bench::new().await;
    let language = |email: &str| bench.sim.invitation_mails(email).pop().unwrap().language;
    bench.guest("ann@fabrikam.com").await;
    assert_eq!(language("ann@fabrikam.com"), "en-US");
    bench.set(|settings| drop(settings.accounts.entra_languages.insert("fabrikam.com".to_owned(), "fr-FR".to_owned())));
    bench.guest("ann@fabrikam.com").await;
    assert_eq!(language("ann@fabrikam.com"), "fr-FR");
    bench
        .sim
        .change_user(TENANT, "ann@fabrikam.com", |user| {
            user.profile.insert("preferredLanguage".to_owned(), json!("it-IT"));
        })
        .unwrap();
    bench.guest("ann@fabrikam.com").await;
    assert_eq!(language("ann@fabrikam.com"), "it-IT");
    let mut body = invitation("ann@fabrikam.com");
    body["invitedUserMessageInfo"] = json!({"messageLanguage": "de-DE"});
    bench.post("invitations", &body).await;
    assert_eq!(language("ann@fabrikam.com"), "de-DE");
}

#[tokio::test]
async fn members_need_an_app_that_writes_users() {
    let mut body = invitation("ann@fabrikam.com");
    body["invitedUserType"] = json!("Member");
    assert_eq!(Bench::new().await.post("invitations", &body).await.status, 403);
    let bench = Bench::with_roles(&["User.ReadWrite.All"]).await;
    assert_eq!(bench.post("invitations", &body).await.status, 201);
    assert_eq!(bench.sim.user(TENANT, "ann@fabrikam.com").unwrap().user_type.as_deref(), Some("Member"));
}
