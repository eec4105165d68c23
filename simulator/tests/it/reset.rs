//! `POST /invitations` with `invitedUser.id`: resets and conversions, by every rule of their pages.

use std::time::Duration;

use entra_simulator::{SeedGroup, SeedKind, SeedUser, StateAfterReset};
use serde_json::{Value, json};

use crate::support::{Bench, Reply, TENANT, invitation};

const LONG: Duration = Duration::from_secs(3600);
const WRITER: &[&str] = &["User.ReadWrite.All"];

fn named(id: &str, email: &str, reset: bool) -> Value {
    let mut body = invitation(email);
    body["invitedUser"] = json!({ "id": id });
    body["resetRedemption"] = json!(reset);
    body
}

async fn reset(bench: &Bench, id: &str, email: &str) -> Reply {
    bench.post("invitations", &named(id, email, true)).await
}

fn accepted(bench: &Bench) -> String {
    bench.sim.seed(TENANT, SeedUser::new("ann@fabrikam.com", SeedKind::AcceptedGuest))
}

#[tokio::test]
async fn a_reset_keeps_the_guest_and_forgets_how_it_signed_in() {
    let bench = Bench::with_roles(WRITER).await;
    let id = accepted(&bench);
    let members = vec!["ann@fabrikam.com".to_owned()];
    bench.sim.seed_group(TENANT, SeedGroup { members, ..SeedGroup::new("Partners") });
    let before = bench.sim.user(TENANT, &id).unwrap();
    assert_eq!(bench.patch(&format!("users/{id}"), &json!({"otherMails": ["ann@adatum.com"]})).await.status, 204);
    let reply = reset(&bench, &id, "ann@adatum.com").await;
    assert_eq!((reply.status, &reply.body["resetRedemption"]), (201, &json!(true)));
    assert_eq!((&reply.body["invitedUser"]["id"], &reply.body["status"]), (&json!(id), &json!("PendingAcceptance")));
    let after = bench.sim.user(TENANT, &id).unwrap();
    assert!(after.is_pending() && after.identities.len() == 1);
    assert_eq!(after.user_principal_name, before.user_principal_name);
    assert!(after.external_user_state_change_date_time > before.external_user_state_change_date_time);
    assert_eq!(bench.sim.members(TENANT, "Partners").len(), 1, "groups are kept");
    assert_eq!(bench.sim.invitation_mails("ann@adatum.com").len(), 1);
    assert!(bench.sim.invitation_mails("ann@fabrikam.com").is_empty());

    bench.sim.redeem(TENANT, "ann@adatum.com", None).unwrap();
    let again = bench.sim.user(TENANT, &id).unwrap();
    assert_eq!((again.external_user_state.as_deref(), again.identities.len()), (Some("Accepted"), 2));
}

#[tokio::test]
async fn the_address_has_to_be_on_the_user_and_known_everywhere() {
    let bench = Bench::with_roles(WRITER).await;
    let id = accepted(&bench);
    let unknown = reset(&bench, &id, "ann@adatum.com").await;
    assert_eq!((unknown.status, unknown.code()), (400, "BadRequest"));
    assert!(unknown.message().contains("doesn't match any emails on the user object"));
    bench.set(|settings| settings.lag.reset_after_change = LONG);
    assert_eq!(bench.patch(&format!("users/{id}"), &json!({"mail": "ann@adatum.com"})).await.status, 204);
    assert_eq!(reset(&bench, &id, "ann@adatum.com").await.status, 400, "not known everywhere yet");
    assert!(!bench.sim.user(TENANT, &id).unwrap().is_pending());
    bench.set(|settings| settings.lag.reset_after_change = Duration::ZERO);
    assert_eq!(reset(&bench, &id, "ann@adatum.com").await.status, 201);
    assert_eq!(reset(&bench, "nobody", "ann@adatum.com").await.status, 404);
    let mut nameless = invitation("ann@adatum.com");
    nameless["resetRedemption"] = json!(true);
    assert_eq!(bench.post("invitations", &nameless).await.status, 400);
    bench.sim.change_user(TENANT, &id, |user| user.account_enabled = false).unwrap();
    assert_eq!(reset(&bench, &id, "ann@adatum.com").await.status, 412);
    let outcomes: Vec<_> = bench.sim.requests("createInvitation").iter().map(|request| request.status()).collect();
    assert_eq!(outcomes, [400, 400, 201, 404, 400, 412].map(Some));
}

#[tokio::test]
async fn not_everybody_may_reset_everybody() {
    let denied = (403, "Forbidden", "Generic authorization exception.");
    fn said(reply: &Reply) -> (u16, &str, &str) {
        (reply.status, reply.code(), reply.message())
    }
    let small = Bench::new().await;
    let id = accepted(&small);
    assert_eq!(said(&reset(&small, &id, "ann@fabrikam.com").await), denied, "User.Invite.All is not enough");

    let mut bench = Bench::with_roles(WRITER).await;
    let mut admin = SeedUser::new("root@fabrikam.com", SeedKind::AcceptedGuest);
    admin.holds_directory_role = true;
    let root = bench.sim.seed(TENANT, admin);
    assert_eq!(said(&reset(&bench, &root, "root@fabrikam.com").await), denied);
    let member = bench.sim.seed(TENANT, SeedUser::new("eve@partner.org", SeedKind::Member));
    assert_eq!(reset(&bench, &member, "eve@partner.org").await.status, 400, "no guest, nothing to reset");

    let ann = accepted(&bench);
    bench.sim.seed(TENANT, SeedUser::new("boss@contoso.com", SeedKind::Member));
    bench.token = bench.sim.delegated_token(TENANT, "boss@contoso.com", &["User.ReadWrite.All"]).unwrap();
    assert_eq!(said(&reset(&bench, &ann, "ann@fabrikam.com").await), denied, "a person needs a directory role");
    bench.sim.change_user(TENANT, "boss@contoso.com", |user| user.holds_directory_role = true).unwrap();
    assert_eq!(reset(&bench, &ann, "ann@fabrikam.com").await.status, 201);
}

#[tokio::test]
async fn when_a_reset_shows_is_a_switch() {
    let states = async |after: StateAfterReset| {
        let bench = Bench::with_roles(WRITER).await;
        let id = accepted(&bench);
        bench.set(|settings| {
            settings.variants.state_after_reset = after;
            settings.lag.reset_state = Duration::from_millis(400);
        });
        assert_eq!(reset(&bench, &id, "ann@fabrikam.com").await.status, 201);
        let read = async || {
            let user = bench.get(&format!("users/{id}?$select=externalUserState,identities")).await.body;
            let listed = bench.get("users?$select=externalUserState").await.body["value"][0].clone();
            assert_eq!(user["externalUserState"], listed["externalUserState"]);
            (user["externalUserState"].as_str().unwrap().to_owned(), user["identities"].as_array().unwrap().len())
        };
        if after == StateAfterReset::WithListing {
            bench.set(|settings| settings.lag.listing = LONG);
        }
        let first = read().await;
        bench.set(|settings| settings.lag.listing = Duration::ZERO);
        tokio::time::sleep(Duration::from_millis(450)).await;
        let second = read().await;
        bench.sim.redeem(TENANT, &id, None).unwrap();
        assert_eq!(read().await, ("Accepted".to_owned(), 2), "{after:?}");
        (first, second)
    };
    let (old, new) = (("Accepted".to_owned(), 2), ("PendingAcceptance".to_owned(), 1));
    assert_eq!(states(StateAfterReset::AtOnce).await, (new.clone(), new.clone()));
    assert_eq!(states(StateAfterReset::AfterLag).await, (old.clone(), new.clone()));
    assert_eq!(states(StateAfterReset::WithListing).await, (old, new));
    let unchanged = ("Accepted".to_owned(), 1);
    assert_eq!(states(StateAfterReset::Unchanged).await, (unchanged.clone(), unchanged));
}

#[tokio::test]
async fn an_internal_account_becomes_a_guest_and_stays_what_it_was() {
    let bench = Bench::with_roles(WRITER).await;
    let id = bench.sim.seed(TENANT, SeedUser::new("eve@partner.org", SeedKind::Member));
    let convert =
        async |bench: &Bench, id: &str, email: &str| bench.post("invitations", &named(id, email, false)).await;
    bench.sim.change_user(TENANT, &id, |user| user.other_mails.push("eve@adatum.com".to_owned())).unwrap();
    assert_eq!(convert(&bench, &id, "eve@adatum.com").await.status, 400, "only `mail` counts");
    let reply = convert(&bench, &id, "eve@partner.org").await;
    assert_eq!((reply.status, &reply.body["resetRedemption"]), (201, &json!(false)));
    let user = bench.sim.user(TENANT, &id).unwrap();
    assert!(user.is_pending() && user.user_type.as_deref() == Some("Member"));
    assert_eq!(bench.sim.invitation_mails("eve@partner.org").len(), 1);
    assert_eq!(convert(&bench, &id, "eve@partner.org").await.status, 201, "from now on it is any other repeat");

    let mut synced = SeedUser::new("syn@partner.org", SeedKind::Member);
    synced.properties.insert("onPremisesUserPrincipalName".to_owned(), json!("syn@corp.local"));
    let synced = bench.sim.seed(TENANT, synced);
    assert_eq!(convert(&bench, &synced, "syn@partner.org").await.status, 400);
    let own = bench.sim.seed(TENANT, SeedUser::new("boss@contoso.com", SeedKind::Member));
    assert_eq!(convert(&bench, &own, "boss@contoso.com").await.message(), "Invitee is in inviter tenant");

    let small = Bench::new().await;
    let id = small.sim.seed(TENANT, SeedUser::new("eve@partner.org", SeedKind::Member));
    assert_eq!(convert(&small, &id, "eve@partner.org").await.status, 403);
    small.set(|settings| settings.variants.convert_needs_user_write = false);
    assert_eq!(convert(&small, &id, "eve@partner.org").await.status, 201);
    let guest = accepted(&small);
    assert_eq!(convert(&small, &guest, "ann@fabrikam.com").await.status, 201);
    assert!(!small.sim.user(TENANT, &guest).unwrap().is_pending(), "without a reset nothing is reset");
}
