//! `PATCH /users/{id}`: each property's length, shape and permission, and what Graph makes of a value.

use entra_simulator::{SeedKind, SeedUser};
use serde_json::{Value, json};

use crate::support::{Bench, TENANT};

/// By the page "user resource type"; the lengths are counted in letters, not in bytes.
const TEXTS: &[(&str, usize)] = &[
    ("givenName", 64),
    ("surname", 64),
    ("companyName", 64),
    ("department", 64),
    ("jobTitle", 128),
    ("preferredLanguage", 64),
    ("employeeId", 16),
    ("officeLocation", 128),
    ("mobilePhone", 64),
    ("city", 128),
    ("country", 128),
    ("state", 128),
    ("streetAddress", 1024),
    ("postalCode", 40),
    ("mailNickname", 64),
];

async fn guest(roles: &[&str]) -> (Bench, String) {
    let bench = Bench::with_roles(roles).await;
    let id = bench.guest("ann@fabrikam.com").await;
    (bench, format!("users/{id}"))
}

async fn read(bench: &Bench, path: &str, name: &str) -> Value {
    bench.get(&format!("{path}?$select={name}")).await.body[name].clone()
}

#[tokio::test]
async fn texts_have_a_length_and_null_clears_them() {
    let (bench, path) = guest(&["User.Invite.All", "User.ReadWrite.All"]).await;
    for (name, length) in TEXTS {
        let longest = "ü".repeat(*length);
        assert_eq!(bench.patch(&path, &json!({ *name: longest })).await.status, 204, "{name}");
        assert_eq!(read(&bench, &path, name).await, json!(longest), "{name}");
        for wrong in [json!("x".repeat(length + 1)), json!(""), json!(7), json!(["x"])] {
            let reply = bench.patch(&path, &json!({ *name: wrong })).await;
            assert_eq!((reply.status, reply.code()), (400, "Request_BadRequest"), "{name}: {wrong}");
            assert_eq!(reply.body["error"]["details"][0]["target"], *name);
        }
        assert_eq!(read(&bench, &path, name).await, json!(longest), "{name}");
        assert_eq!(bench.patch(&path, &json!({ *name: null })).await.status, 204, "{name}");
        assert_eq!(read(&bench, &path, name).await, Value::Null, "{name}");
    }
    assert_eq!(bench.patch(&path, &json!({"displayName": "x".repeat(256)})).await.status, 204);
    for wrong in [json!(null), json!(""), json!("x".repeat(257))] {
        assert_eq!(bench.patch(&path, &json!({"displayName": wrong})).await.status, 400);
    }
}

#[tokio::test]
async fn lists_addresses_and_switches_have_rules_of_their_own() {
    let (bench, path) = guest(&["User.Invite.All", "User.ReadWrite.All"]).await;
    let many: Vec<String> = (0..251).map(|number| format!("a{number}@x.org")).collect();
    for (change, status) in [
        (json!({"businessPhones": ["+49 30 1"]}), 204),
        (json!({"businessPhones": []}), 204),
        (json!({"businessPhones": [""]}), 400),
        (json!({"businessPhones": ["1", "2"]}), 400),
        (json!({"businessPhones": "1"}), 400),
        (json!({"otherMails": ["ann@adatum.com"]}), 204),
        (json!({"otherMails": many}), 400),
        (json!({"otherMails": null}), 400),
        (json!({"mail": "änn@adatum.com"}), 400),
        (json!({"mail": "ann"}), 400),
        (json!({"mail": "ann@adatum.com"}), 204),
        (json!({"accountEnabled": null}), 400),
        (json!({"accountEnabled": false}), 204),
        (json!({"usageLocation": "Germany"}), 400),
        (json!({"usageLocation": "D1"}), 400),
        (json!({"usageLocation": null}), 204),
        (json!({"proxyAddresses": ["SMTP:x@x.org"]}), 400),
        (json!({"createdDateTime": "2026-01-01T00:00:00Z"}), 400),
        (json!({"sponsors": []}), 400),
    ] {
        let reply = bench.patch(&path, &change).await;
        assert_eq!(reply.status, status, "{change}: {}", reply.body);
    }
    for name in ["aboutMe", "birthday", "hireDate", "interests", "mySite", "pastProjects", "preferredName", "skills"] {
        assert_eq!(bench.patch(&path, &json!({ name: "x" })).await.status, 403, "{name}");
    }
}

#[tokio::test]
async fn values_may_come_back_other_than_they_went() {
    let (bench, path) = guest(&["User.Invite.All", "User.ReadWrite.All"]).await;
    assert_eq!(bench.patch(&path, &json!({"usageLocation": "de", "jobTitle": " Analyst "})).await.status, 204);
    assert_eq!(read(&bench, &path, "usageLocation").await, "DE");
    assert_eq!(read(&bench, &path, "jobTitle").await, " Analyst ");
    bench.set(|settings| settings.variants.profile_values_trimmed = true);
    assert_eq!(bench.patch(&path, &json!({"usageLocation": " at ", "jobTitle": " Analyst "})).await.status, 204);
    assert_eq!(read(&bench, &path, "usageLocation").await, "AT");
    assert_eq!(read(&bench, &path, "jobTitle").await, "Analyst");
    assert_eq!(bench.patch(&path, &json!({"jobTitle": "  "})).await.status, 400);
}

#[tokio::test]
async fn each_narrower_permission_goes_for_its_property() {
    let changes = [
        ("User.EnableDisableAccount.All", json!({"accountEnabled": false})),
        ("User-Mail.ReadWrite.All", json!({"otherMails": ["ann@adatum.com"]})),
        ("User-Phone.ReadWrite.All", json!({"mobilePhone": "1", "businessPhones": ["2"]})),
        ("User-LifeCycleInfo.ReadWrite.All", json!({"employeeLeaveDateTime": "2026-12-31T00:00:00Z"})),
    ];
    for (role, _) in &changes {
        let (bench, path) = guest(&["User.Invite.All", "User.Read.All", role]).await;
        for (other, change) in &changes {
            let expected = if role == other && !role.contains("LifeCycle") { 204 } else { 403 };
            let reply = bench.patch(&path, change).await;
            assert_eq!(reply.status, expected, "{role}: {change}");
            assert!(expected == 204 || reply.code() == "Authorization_RequestDenied");
        }
    }
    let (bench, path) = guest(&["User.Invite.All", "User.ReadWrite.All", "User-LifeCycleInfo.ReadWrite.All"]).await;
    assert_eq!(bench.patch(&path, &changes[3].1).await.status, 204);
    let own = json!([{"signInType": "federated", "issuer": "x.org", "issuerAssignedId": "1"}]);
    assert_eq!(bench.patch(&path, &json!({"identities": own})).await.status, 403);
}

#[tokio::test]
async fn an_administrators_phones_and_a_synchronised_profile_are_out_of_reach() {
    let bench = Bench::with_roles(&["User.ReadWrite.All"]).await;
    let mut admin = SeedUser::new("root@fabrikam.com", SeedKind::AcceptedGuest);
    admin.holds_directory_role = true;
    let path = format!("users/{}", bench.sim.seed(TENANT, admin));
    for change in [json!({"mobilePhone": "1"}), json!({"businessPhones": []}), json!({"otherMails": []})] {
        assert_eq!(bench.patch(&path, &change).await.code(), "Authorization_RequestDenied", "{change}");
    }
    assert_eq!(bench.patch(&path, &json!({"jobTitle": "x"})).await.status, 204);

    let mut synced = SeedUser::new("eve@contoso.com", SeedKind::Member);
    synced.properties.insert("onPremisesSyncEnabled".to_owned(), json!(true));
    let path = format!("users/{}", bench.sim.seed(TENANT, synced));
    let refused = bench.patch(&path, &json!({"jobTitle": "x"})).await;
    assert!(refused.status == 400 && refused.message().contains("on-premises mastered"), "{}", refused.body);
    assert_eq!(bench.patch(&path, &json!({"usageLocation": "DE"})).await.status, 204);
    let outcomes: Vec<_> = bench.sim.requests("updateUser").iter().map(|request| request.status()).collect();
    assert_eq!(outcomes, [Some(403), Some(403), Some(403), Some(204), Some(400), Some(204)]);
}
