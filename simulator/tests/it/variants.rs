//! What no document settles, each way it may be: repeats, automatic redemption, refusals, restricted tenants, purges.

use entra_simulator::{
    AllowInvitesFrom, AppConfig, AutomaticRedemption, Config, MailKind, SeedGroup, SeedKind, SeedUser, Variants,
};
use serde_json::{Value, json};

use crate::support::{Bench, TENANT};

#[tokio::test]
async fn the_admin_api_takes_every_variant() {
    let bench = Bench::new().await;
    let url = bench.sim.url().join("_simulator/settings").unwrap();
    for (name, variants) in Variants::all() {
        let reply = bench.client.put(url.clone()).json(&json!({ "variants": variants })).send().await.unwrap();
        assert_eq!((reply.status().as_u16(), bench.sim.settings().variants), (200, variants), "{name}");
    }
}

#[tokio::test]
async fn a_repeat_may_be_silent_or_refused() {
    let bench = Bench::new().await;
    let ann = bench.guest("ann@fabrikam.com").await;
    bench.set(|settings| settings.variants.pending_repeat_mails = false);
    let repeat = bench.invite("ann@fabrikam.com").await;
    assert_eq!((repeat.status, &repeat.body["invitedUser"]["id"]), (201, &json!(ann)));
    assert_eq!(bench.sim.invitation_mails("ann@fabrikam.com").len(), 1, "asked for, and not sent");

    bench.sim.redeem(TENANT, "ann@fabrikam.com", None).unwrap();
    bench.set(|settings| settings.variants.accepted_repeat_refused = true);
    let refused = bench.invite("ann@fabrikam.com").await;
    assert_eq!((refused.status, refused.code()), (400, "BadRequest"));
    assert!(refused.message().contains(&format!("already exists in the directory as objectID: {ann}")));
    assert_eq!(bench.sim.mails("ann@fabrikam.com").len(), 1);
}

#[tokio::test]
async fn automatic_redemption_asks_for_nothing() {
    let invited = async |state: AutomaticRedemption| {
        let bench = Bench::new().await;
        bench.set(|settings| {
            settings.variants.automatic_redemption = state;
            settings.policy.automatic_redemption_domains.push("fabrikam.com".to_owned());
        });
        let invited = bench.invite("ann@fabrikam.com").await.body;
        let completed = state == AutomaticRedemption::Accepted;
        assert_eq!(invited["status"], if completed { "Completed" } else { "PendingAcceptance" });
        let id = invited["invitedUser"]["id"].as_str().unwrap().to_owned();
        bench.guest("lee@outlook.com").await;
        assert_eq!(bench.sim.mails("lee@outlook.com")[0].kind, MailKind::Invitation);
        assert!(bench.sim.invitation_mails("ann@fabrikam.com").is_empty());
        let mail = bench.sim.mails("ann@fabrikam.com").pop().unwrap();
        assert_eq!(mail.kind, MailKind::Notification);
        let link = mail.redeem_link.unwrap();
        let user = bench.get(&format!("users/{id}?$select=externalUserState,creationType,identities")).await.body;
        assert_eq!(user["creationType"], "Invitation");
        assert_eq!(bench.guest("ann@fabrikam.com").await, id, "a repeat finds the same user");
        let page = bench.client.get(&link).send().await.unwrap();
        let form = format!("{}/sign-in", page.url());
        let fields = [("email", "ann@fabrikam.com"), ("password", "x")];
        let end = bench.client.post(form).form(&fields).send().await.unwrap().text().await.unwrap();
        assert!(end.contains("You’re signed in"), "no consent: {end}");
        (user["externalUserState"].clone(), bench.sim.user(TENANT, &id).unwrap().external_user_state)
    };
    let accepted = Some("Accepted".to_owned());
    assert_eq!(invited(AutomaticRedemption::Pending).await, (json!("PendingAcceptance"), accepted.clone()));
    assert_eq!(invited(AutomaticRedemption::Unset).await, (Value::Null, None));
    assert_eq!(invited(AutomaticRedemption::Accepted).await, (json!("Accepted"), accepted));
}

#[tokio::test]
async fn refusals_come_in_two_wordings() {
    let bench = Bench::new().await;
    bench.sim.seed_group(TENANT, SeedGroup { mail: Some("all@partner.org".to_owned()), ..SeedGroup::unified("All") });
    bench.set(|settings| {
        settings.policy.blocked_domains.push("adatum.com".to_owned());
        settings.accounts.group_addresses.push("team@fabrikam.com".to_owned());
    });
    let addresses = ["ann@adatum.com", "team@fabrikam.com", "all@partner.org", "ann+list@fabrikam.com"];
    let mut texts = Vec::new();
    for (forbidden, status, code) in [(false, 400, "BadRequest"), (true, 403, "Forbidden")] {
        bench.set(|settings| settings.variants.refusals_forbidden = forbidden);
        for address in addresses {
            let reply = bench.invite(address).await;
            assert_eq!((reply.status, reply.code()), (status, code), "{address}");
            texts.push(reply.message().to_owned());
        }
    }
    assert!(texts[..4].iter().all(|text| !texts[4..].contains(text)));
    assert!(bench.sim.users(TENANT).is_empty());
    assert_eq!(bench.sim.count("createInvitation"), 8);
}

#[tokio::test]
async fn a_restricted_tenant_may_refuse_apps_without_the_role() {
    let with = async |guest_inviter: bool| {
        let mut config = Config::default();
        config.tenants[0].apps = vec![AppConfig { guest_inviter, ..AppConfig::default() }];
        config.settings.policy.allow_invites_from = AllowInvitesFrom::AdminsAndGuestInviters;
        let bench = Bench::with_config(config).await;
        let open = bench.invite("ann@fabrikam.com").await.status;
        bench.set(|settings| settings.variants.restricted_invites_refuse_apps = true);
        (open, bench.invite("ann@fabrikam.com").await.status)
    };
    assert_eq!(with(false).await, (201, 403));
    assert_eq!(with(true).await, (201, 201));
}

#[tokio::test]
async fn an_app_may_not_be_let_delete_for_good() {
    let bench = Bench::with_roles(&["User.Read.All", "User.DeleteRestore.All"]).await;
    let id = bench.sim.seed(TENANT, SeedUser::new("ann@fabrikam.com", SeedKind::PendingGuest));
    bench.sim.delete_user(TENANT, &id).unwrap();
    let item = format!("directory/deletedItems/{id}");
    bench.set(|settings| settings.variants.app_purge_refused = true);
    let refused = bench.delete(&item).await;
    assert_eq!((refused.status, refused.code()), (403, "Authorization_RequestDenied"));
    assert_eq!(bench.get(&item).await.status, 200);
    bench.set(|settings| settings.variants.app_purge_refused = false);
    assert_eq!(bench.delete(&item).await.status, 204);
    assert_eq!(bench.get(&item).await.status, 404);
}
