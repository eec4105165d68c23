//! Single users: read, change, delete, restore; and the organisation.

use entra_simulator::{SeedKind, SeedUser};
use serde_json::{Value, json};

use crate::support::{Bench, TENANT};

const ALL: &[&str] = &["User.Invite.All", "User.ReadWrite.All", "User.DeleteRestore.All", "Organization.Read.All"];

#[tokio::test]
async fn a_user_is_read_by_id_and_by_name() {
    let bench = Bench::new().await;
    let id = bench.guest("ann@fabrikam.com").await;
    let reply = bench.get(&format!("users/{id}?$select=externalUserState,identities")).await;
    assert_eq!(reply.body["externalUserState"], "PendingAcceptance");
    assert_eq!(reply.body["identities"][0]["signInType"], "userPrincipalName");
    let byname = bench.get("users/ann_fabrikam.com%23EXT%23@contoso.onmicrosoft.com").await;
    assert_eq!(byname.body["id"], json!(id));
    assert!(byname.body.get("userType").is_none());
    let missing = bench.get("users/nobody").await;
    assert_eq!((missing.status, missing.code()), (404, "Request_ResourceNotFound"));
    let text = "Resource 'nobody' does not exist or one of its queried reference-property objects are not present.";
    assert_eq!(missing.message(), text);
}

#[tokio::test]
async fn changes_are_checked_before_any_is_made() {
    let bench = Bench::with_roles(ALL).await;
    let path = format!("users/{}", bench.guest("ann@fabrikam.com").await);
    let good =
        json!({"companyName": "Fabrikam", "jobTitle": "Analyst", "usageLocation": "DE", "accountEnabled": false});
    assert_eq!(bench.patch(&path, &good).await.status, 204);
    let user = bench.get(&format!("{path}?$select=companyName,jobTitle,accountEnabled")).await.body;
    assert_eq!((&user["companyName"], &user["accountEnabled"]), (&json!("Fabrikam"), &json!(false)));
    for bad in [
        json!({"jobTitle": "kept?", "externalUserState": "Accepted"}),
        json!({"jobTitle": "kept?", "creationType": "x"}),
        json!({"displayName": null}),
        json!({"displayName": ""}),
        json!({"givenName": "x".repeat(65)}),
        json!({"usageLocation": "Germany"}),
        json!({"accountEnabled": "no"}),
        json!({"userType": "Visitor"}),
        json!({"otherMails": "ann@x.org"}),
        json!({"businessPhones": ["1", "2"]}),
        json!({"shoeSize": 9}),
    ] {
        let reply = bench.patch(&path, &bad).await;
        assert_eq!((reply.status, reply.code()), (400, "Request_BadRequest"), "{bad}");
    }
    assert_eq!(bench.patch(&path, &json!({"aboutMe": "x"})).await.status, 403);
    assert_eq!(bench.get(&path).await.body["jobTitle"], "Analyst");
    assert_eq!(bench.patch(&path, &json!({"jobTitle": null})).await.status, 204);
    assert_eq!(bench.get(&path).await.body["jobTitle"], Value::Null);
}

#[tokio::test]
async fn mail_rewrites_the_proxy_addresses_or_clashes() {
    let bench = Bench::with_roles(ALL).await;
    let path = format!("users/{}", bench.guest("ann@fabrikam.com").await);
    assert_eq!(bench.patch(&path, &json!({"mail": "ann@adatum.com"})).await.status, 204);
    let user = bench.get(&format!("{path}?$select=mail,proxyAddresses")).await.body;
    assert_eq!(user["proxyAddresses"], json!(["SMTP:ann@adatum.com", "smtp:ann@fabrikam.com"]));
    bench.sim.seed(TENANT, SeedUser::new("taken@x.org", SeedKind::Contact));
    let reply = bench.patch(&path, &json!({"mail": "taken@x.org"})).await;
    assert_eq!((reply.status, &reply.body["error"]["details"][0]["code"]), (400, &json!("ObjectConflict")));
    bench.set(|settings| settings.variants.mail_clash_refused = false);
    assert_eq!(bench.patch(&path, &json!({"mail": "taken@x.org"})).await.status, 204);
    let user = bench.get(&format!("{path}?$select=mail,proxyAddresses")).await.body;
    assert_eq!((&user["mail"], user["proxyAddresses"].as_array().unwrap().len()), (&json!("taken@x.org"), 2));
}

#[tokio::test]
async fn narrower_permissions_go_for_their_own_property() {
    let bench = Bench::with_roles(&["User.Invite.All", "User.Read.All", "User.EnableDisableAccount.All"]).await;
    let path = format!("users/{}", bench.guest("ann@fabrikam.com").await);
    assert_eq!(bench.patch(&path, &json!({"accountEnabled": false})).await.status, 204);
    assert_eq!(bench.patch(&path, &json!({"jobTitle": "x"})).await.status, 403);
}

#[tokio::test]
async fn a_deleted_user_can_come_back_for_thirty_days() {
    let mut bench = Bench::with_roles(ALL).await;
    let id = bench.guest("ann@fabrikam.com").await;
    let deleted = format!("directory/deletedItems/{id}");
    assert_eq!(bench.get(&deleted).await.status, 404);
    assert_eq!(bench.delete(&format!("users/{id}")).await.status, 204);
    assert_eq!(bench.get(&format!("users/{id}")).await.status, 404);
    assert_eq!(bench.delete(&format!("users/{id}")).await.status, 404);
    let item = bench.get(&format!("{deleted}?$select=id,deletedDateTime,userPrincipalName")).await.body;
    assert!(item["deletedDateTime"].is_string());
    let list = bench.get("directory/deletedItems/microsoft.graph.user?$select=id").await.body;
    assert_eq!(list["value"], json!([{"id": id}]));

    let restored = bench.post(&format!("{deleted}/restore"), &json!({})).await;
    assert_eq!((restored.status, &restored.body["id"]), (200, &json!(id)));
    assert_eq!(bench.get(&format!("users/{id}")).await.status, 200);

    assert_eq!(bench.delete(&format!("users/{id}")).await.status, 204);
    bench.set(|settings| settings.clock_offset_seconds = 31 * 24 * 3600);
    bench.token = bench.sign_in().await;
    assert_eq!(bench.get(&deleted).await.status, 404, "gone after thirty days");
    bench.set(|settings| settings.clock_offset_seconds = 0);
    assert_eq!(bench.delete(&deleted).await.status, 204);
    assert_eq!(bench.post(&format!("{deleted}/restore"), &json!({})).await.status, 404);
}

#[tokio::test]
async fn the_organisation_shows_its_domains() {
    let bench = Bench::with_roles(ALL).await;
    let reply = bench.get("organization").await;
    let organisation = &reply.body["value"][0];
    assert_eq!((&organisation["id"], &organisation["displayName"]), (&json!(TENANT), &json!("Contoso")));
    assert_eq!(organisation["verifiedDomains"][1]["name"], "contoso.com");
    assert_eq!(bench.get("sites").await.status, 400);
    assert_eq!(bench.get("invitations").await.status, 405);
}

#[tokio::test]
async fn every_property_that_users_have_can_be_selected() {
    let bench = Bench::new().await;
    let id = bench.guest("ann@fabrikam.com").await;
    for path in ["users", &format!("users/{id}"), "users/delta()"] {
        let reply =
            bench.get(&format!("{path}?$select=id,employeeOrgData,passwordProfile,manager,assignedLicenses")).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        let user = if path.ends_with(&id) { &reply.body } else { &reply.body["value"][0] };
        assert_eq!((&user["employeeOrgData"], &user["passwordProfile"]), (&Value::Null, &Value::Null));
        assert_eq!(
            (&user["assignedLicenses"], user.get("manager")),
            (&json!([]), None),
            "only $expand shows the manager"
        );
    }
    let unknown = bench.get("users?$select=nickname").await;
    assert_eq!((unknown.status, unknown.code()), (400, "Request_BadRequest"));
}

#[tokio::test]
async fn what_is_not_served_is_refused_in_graphs_shape() {
    let bench = Bench::new().await;
    let url = |path: &str| bench.sim.url().join(path).unwrap().to_string();
    for (path, status) in [("v1.0/nothing", 400), ("beta/users", 404), ("v2.0/users", 404)] {
        let reply = bench.get(&url(path)).await;
        assert_eq!(reply.status, status, "{path}");
        assert!(!reply.code().is_empty() && !reply.message().is_empty(), "{path}: {}", reply.body);
        assert!(reply.body["error"]["innerError"]["request-id"].is_string(), "{path}: {}", reply.body);
    }
}
