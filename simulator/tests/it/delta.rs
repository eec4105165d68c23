//! `GET /users/delta`: every user once, then what changed, until the token is too old.

use std::time::Duration;

use entra_simulator::{DeltaState, SeedKind, SeedUser};
use serde_json::{Value, json};

use crate::support::{Bench, Reply, TENANT};

const ROLES: &[&str] = &["User.Invite.All", "User.ReadWrite.All", "User.DeleteRestore.All"];

fn link(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["@odata.deltaLink"].as_str().expect("a deltaLink").to_owned()
}

fn values(reply: &Reply) -> &Vec<Value> {
    reply.body["value"].as_array().unwrap()
}

#[tokio::test]
async fn all_users_come_in_pages_and_then_only_changes() {
    let bench = Bench::with_roles(ROLES).await;
    for number in 0..101 {
        bench.sim.seed(TENANT, SeedUser::new(format!("p{number}@fabrikam.com"), SeedKind::PendingGuest));
    }
    let first = bench.get("users/delta()?$select=mail,jobTitle").await;
    assert_eq!((values(&first).len(), first.body.get("@odata.deltaLink")), (100, None));
    let early = bench.guest("early@fabrikam.com").await;
    let second = bench.get(first.body["@odata.nextLink"].as_str().unwrap()).await;
    assert_eq!(values(&second).len(), 1, "a later guest waits for the next round");
    assert!(values(&second)[0]["id"].is_string() && values(&second)[0].get("displayName").is_none());

    let next = bench.get(&link(&second)).await;
    assert_eq!(values(&next), &vec![json!({"id": early, "mail": "early@fabrikam.com", "jobTitle": null})]);
    let quiet = bench.get(&link(&next)).await;
    assert!(values(&quiet).is_empty());
    assert_eq!(bench.patch(&format!("users/{early}"), &json!({"department": "x"})).await.status, 204);
    let other = bench.get(&link(&quiet)).await;
    assert!(values(&other).is_empty(), "not a property that was selected");
    assert_eq!(bench.patch(&format!("users/{early}"), &json!({"jobTitle": "x"})).await.status, 204);
    let request = bench.request(reqwest::Method::GET, &link(&other)).header("Prefer", "return=minimal");
    assert_eq!(values(&bench.send(request).await), &vec![json!({"id": early, "jobTitle": "x"})]);
    assert_eq!(bench.sim.count("deltaUsers"), 6);
}

#[tokio::test]
async fn deleted_users_come_as_removed() {
    let bench = Bench::with_roles(ROLES).await;
    let id = bench.guest("ann@fabrikam.com").await;
    let start = bench.get("users/microsoft.graph.delta?$deltatoken=latest&$select=id").await;
    assert!(values(&start).is_empty());
    assert_eq!(bench.delete(&format!("users/{id}")).await.status, 204);
    let gone = bench.get(&link(&start)).await;
    assert_eq!(values(&gone), &vec![json!({"id": id, "@removed": {"reason": "changed"}})]);
    assert_eq!(bench.delete(&format!("directory/deletedItems/{id}")).await.status, 204);
    let purged = bench.get(&link(&gone)).await;
    assert_eq!(values(&purged), &vec![json!({"id": id, "@removed": {"reason": "deleted"}})]);
    let bob = bench.guest("bob@fabrikam.com").await;
    bench.sim.delete_user(TENANT, &bob).unwrap();
    assert_eq!(bench.post(&format!("directory/deletedItems/{bob}/restore"), &json!({})).await.status, 200);
    let back = bench.get(&link(&purged)).await;
    assert_eq!(values(&back), &vec![json!({"id": bob})]);
}

#[tokio::test]
async fn only_some_options_are_taken() {
    let bench = Bench::with_roles(ROLES).await;
    let id = bench.guest("ann@fabrikam.com").await;
    bench.guest("bob@fabrikam.com").await;
    let one = bench.get(&format!("users/delta?$select=mail&$filter=id%20eq%20'{id}'%20or%20id%20eq%20'x'")).await;
    assert_eq!(values(&one), &vec![json!({"id": id, "mail": "ann@fabrikam.com"})]);
    let many: Vec<String> = (0..51).map(|number| format!("id eq '{number}'")).collect();
    for wrong in [
        "$top=5".to_owned(),
        "$expand=manager".to_owned(),
        "$orderby=displayName".to_owned(),
        "$filter=userType eq 'Guest'".to_owned(),
        format!("$filter={}", many.join(" or ")),
    ] {
        let reply = bench.get(&format!("users/delta?{}", wrong.replace(' ', "%20"))).await;
        assert_eq!((reply.status, reply.code()), (400, "Request_UnsupportedQuery"), "{wrong}");
    }
    assert_eq!(bench.get("users/delta?$deltatoken=nonsense").await.code(), "Request_BadRequest");
    assert_eq!(bench.get("users?$deltatoken=latest").await.status, 400);
    let basic = Bench::with_roles(&["User.ReadBasic.All"]).await;
    assert_eq!(basic.get("users/delta").await.status, 403);
}

#[tokio::test]
async fn whether_the_state_is_tracked_is_a_switch() {
    let changes = async |how: DeltaState| {
        let bench = Bench::with_roles(ROLES).await;
        bench.set(|settings| settings.variants.delta_state = how);
        let id = bench.guest("ann@fabrikam.com").await;
        let first = bench.get("users/delta?$select=externalUserState,jobTitle").await;
        if how == DeltaState::Refused {
            assert_eq!((first.status, first.code()), (400, "Request_UnsupportedQuery"));
            return (0, Value::Null);
        }
        assert_eq!(values(&first)[0]["externalUserState"], "PendingAcceptance");
        bench.sim.redeem(TENANT, &id, None).unwrap();
        let second = bench.get(&link(&first)).await;
        bench.patch(&format!("users/{id}"), &json!({"jobTitle": "x"})).await;
        let third = bench.get(&link(&second)).await;
        (values(&second).len(), values(&third)[0]["externalUserState"].clone())
    };
    assert_eq!(changes(DeltaState::Tracked).await, (1, json!("Accepted")));
    assert_eq!(changes(DeltaState::Silent).await, (0, json!("Accepted")), "it comes with another change only");
    assert_eq!(changes(DeltaState::Refused).await, (0, Value::Null));
}

#[tokio::test]
async fn changes_come_late_or_twice_and_may_be_ahead_of_a_read() {
    let bench = Bench::with_roles(ROLES).await;
    let start = bench.get("users/delta?$select=mail").await;
    bench.set(|settings| settings.lag.delta = Duration::from_secs(3600));
    let id = bench.guest("ann@fabrikam.com").await;
    let none = bench.get(&link(&start)).await;
    assert!(values(&none).is_empty());
    bench.set(|settings| {
        settings.lag.delta = Duration::ZERO;
        settings.lag.read_after_create = Duration::from_secs(3600);
    });
    let ahead = bench.get(&link(&none)).await;
    assert_eq!(values(&ahead)[0]["id"], json!(id));
    assert_eq!(bench.get(&format!("users/{id}")).await.status, 404);
    bench.set(|settings| settings.variants.delta_replays = true);
    let replayed = bench.get(&link(&ahead)).await;
    assert_eq!(values(&replayed)[0]["id"], json!(id), "once more, although nothing happened");
}

#[tokio::test]
async fn a_token_ends_after_seven_days_or_when_it_is_forgotten() {
    let mut bench = Bench::with_roles(ROLES).await;
    bench.guest("ann@fabrikam.com").await;
    let old = link(&bench.get("users/delta").await);
    bench.set(|settings| settings.clock_offset_seconds = 8 * 24 * 3600);
    bench.token = bench.sign_in().await;
    let expired = bench.get(&old).await;
    assert_eq!((expired.status, expired.code()), (400, "syncStateNotFound"));
    let young = link(&bench.get("users/delta").await);
    assert_eq!(bench.get(&young).await.status, 200);
    bench.sim.expire_delta_tokens();
    bench.set(|settings| settings.variants.delta_expiry_resets = true);
    let gone = bench.get(&young).await;
    assert_eq!((gone.status, gone.code()), (410, "syncStateNotFound"));
    let restart = gone.headers["location"].to_str().unwrap();
    assert_eq!(values(&bench.get(restart).await).len(), 1, "from the beginning");
}
