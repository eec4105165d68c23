//! The directory as clients see it runs behind the truth, each view by its own lag.

use std::time::Duration;

use entra_simulator::{SeedKind, SeedUser};
use serde_json::json;

use crate::support::{Bench, TENANT};

const LONG: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_listing_lags_while_a_read_does_not() {
    let bench = Bench::new().await;
    bench.set(|settings| settings.lag.listing = LONG);
    let id = bench.guest("ann@fabrikam.com").await;
    assert_eq!(bench.get(&format!("users/{id}")).await.status, 200);
    let filter = [("$filter", "mail eq 'ann@fabrikam.com'")];
    assert_eq!(bench.users(&filter).await.body["value"], json!([]));
    bench.set(|settings| settings.lag.listing = Duration::from_millis(200));
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!(bench.users(&filter).await.emails(), ["ann@fabrikam.com"]);
}

#[tokio::test]
async fn a_deleted_user_is_listed_for_a_while() {
    let bench = Bench::new().await;
    let seed = SeedUser::new("ann@fabrikam.com", SeedKind::PendingGuest);
    let id = bench.sim.seed(TENANT, seed);
    bench.set(|settings| settings.lag.listing = LONG);
    bench.sim.delete_user(TENANT, &id).unwrap();
    assert_eq!(bench.get("users").await.emails(), ["ann@fabrikam.com"]);
    assert_eq!(bench.get(&format!("users/{id}")).await.status, 404);
    bench.set(|settings| settings.lag.listing = Duration::ZERO);
    assert_eq!(bench.get("users").await.body["value"], json!([]));
}

#[tokio::test]
async fn a_new_user_is_not_there_at_first() {
    let bench = Bench::with_roles(&["User.Invite.All", "User.ReadWrite.All"]).await;
    bench.set(|settings| {
        settings.lag.read_after_create = LONG;
        settings.lag.write_after_create = LONG;
    });
    let path = format!("users/{}", bench.guest("ann@fabrikam.com").await);
    let change = json!({"jobTitle": "x"});
    assert_eq!(bench.get(&path).await.code(), "Request_ResourceNotFound");
    bench.set(|settings| settings.lag.read_after_create = Duration::ZERO);
    assert_eq!(bench.get(&path).await.status, 200);
    let early = bench.patch(&path, &change).await;
    let found = (early.status, early.code());
    assert_eq!(found, (404, "Directory_ObjectNotFound"), "a read proves nothing");
    bench.set(|settings| settings.lag.write_after_create = Duration::ZERO);
    assert_eq!(bench.patch(&path, &change).await.status, 204);
}

#[tokio::test]
async fn a_redemption_shows_late_in_a_listing() {
    let bench = Bench::new().await;
    let id = bench.guest("ann@fabrikam.com").await;
    bench.set(|settings| settings.lag.state_in_listing = LONG);
    bench.sim.redeem(TENANT, "ann@fabrikam.com", None).unwrap();
    let listed = bench.get("users?$select=externalUserState,identities").await.body["value"][0].clone();
    assert_eq!(listed["externalUserState"], "PendingAcceptance");
    assert_eq!(listed["identities"].as_array().unwrap().len(), 1);
    let read = bench.get(&format!("users/{id}?$select=externalUserState,identities")).await.body;
    assert_eq!(read["externalUserState"], "Accepted");
    assert_eq!(read["identities"][1]["issuer"], "ExternalAzureAD");
    bench.set(|settings| settings.lag.state_in_listing = Duration::ZERO);
    let listed = bench.get("users?$select=externalUserState").await;
    assert_eq!(listed.body["value"][0]["externalUserState"], "Accepted");
}

#[tokio::test]
async fn an_advanced_query_has_an_index_of_its_own() {
    let bench = Bench::new().await;
    bench.set(|settings| settings.lag.advanced = LONG);
    bench.guest("ann@fabrikam.com").await;
    assert_eq!(bench.get("users").await.emails(), ["ann@fabrikam.com"]);
    assert_eq!(bench.users_eventual(&[("$count", "true")]).await.body["@odata.count"], 0);
}
