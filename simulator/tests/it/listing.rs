//! `GET /users`: what can be asked in which mode, what an answer shows, and how pages go on.

use entra_simulator::{SeedKind, SeedUser};
use serde_json::{Value, json};

use crate::support::{Bench, TENANT};

async fn peopled() -> Bench {
    let bench = Bench::new().await;
    let seed = |email: &str, kind| drop(bench.sim.seed(TENANT, SeedUser::new(email, kind)));
    seed("boss@contoso.com", SeedKind::Member);
    seed("ann@fabrikam.com", SeedKind::PendingGuest);
    seed("o'neill@adatum.com", SeedKind::AcceptedGuest);
    seed("self@adatum.com", SeedKind::SelfServiceGuest);
    seed("off@adatum.com", SeedKind::PendingGuest);
    bench.sim.change_user(TENANT, "off@adatum.com", |user| user.account_enabled = false).unwrap();
    bench
}

#[tokio::test]
async fn only_the_default_set_comes_unasked() {
    let bench = peopled().await;
    let reply = bench.get("users").await;
    let user = reply.body["value"][1].as_object().unwrap();
    for missing in ["externalUserState", "userType", "creationType", "identities", "otherMails", "createdDateTime"] {
        assert!(!user.contains_key(missing), "{missing} has to be missing, not null");
    }
    assert_eq!(user["givenName"], Value::Null);
    assert_eq!(user["businessPhones"], json!([]));
    assert!(reply.body["@microsoft.graph.tips"].is_string());

    let reply = bench.get("users?$select=id,externalUserState,createdDateTime,userType").await;
    assert_eq!(reply.body["value"][1]["externalUserState"], "PendingAcceptance");
    assert_eq!(reply.body["value"][0]["externalUserState"], Value::Null);
    assert_eq!(reply.body["value"][0]["createdDateTime"].as_str().unwrap().len(), "2026-01-01T00:00:00Z".len());
    assert_eq!(reply.body["value"][0].as_object().unwrap().len(), 4);
    let unknown = bench.get("users?$select=id,shoeSize").await;
    assert_eq!((unknown.status, unknown.code()), (400, "Request_BadRequest"));
    assert!(unknown.message().starts_with("Could not find a property named 'shoeSize'"));
    assert_eq!(bench.get("users?$select=aboutMe").await.status, 501);
}

#[tokio::test]
async fn filters_that_work_plainly() {
    let bench = peopled().await;
    let cases = [
        ("mail eq 'ANN@fabrikam.com'", 1),
        ("mail eq 'o''neill@adatum.com'", 1),
        ("creationType eq 'Invitation'", 3),
        ("userType eq 'Guest' and accountEnabled eq true", 3),
        ("userType eq 'Guest' and (accountEnabled eq false or startsWith(mail,'ann@'))", 2),
        ("mail in ('ann@fabrikam.com', 'self@adatum.com')", 2),
        ("otherMails/any(x:x eq 'ann@fabrikam.com')", 1),
        ("proxyAddresses/any(p:startsWith(p,'SMTP:o'))", 2),
        (
            "mail eq 'a@x' or otherMails/any(x:x eq 'ann@fabrikam.com') or proxyAddresses/any(x:x eq 'SMTP:ann@fabrikam.com')",
            1,
        ),
        ("createdDateTime le 2100-01-01T00:00:00Z", 5),
        ("externalUserState eq 'PendingAcceptance'", 2),
        ("identities/any(i:i/issuer eq 'contoso.onmicrosoft.com' and i/issuerAssignedId eq 'boss@contoso.com')", 1),
    ];
    for (filter, count) in cases {
        let reply = bench.users(&[("$filter", filter)]).await;
        assert_eq!(reply.status, 200, "{filter}: {}", reply.body);
        assert_eq!(reply.body["value"].as_array().unwrap().len(), count, "{filter}");
    }
}

#[tokio::test]
async fn filters_that_need_an_advanced_query() {
    let bench = peopled().await;
    let cases = [
        ("creationType ne 'Invitation'", 2),
        ("not(userType eq 'Guest')", 1),
        ("endsWith(mail,'@adatum.com')", 3),
        ("externalUserState eq null", 2),
        ("companyName eq 'Fabrikam'", 0),
    ];
    for (filter, count) in cases {
        let plain = bench.users(&[("$filter", filter)]).await;
        assert_eq!((plain.status, plain.code()), (400, "Request_UnsupportedQuery"), "{filter}");
        let counted = bench.users(&[("$filter", filter), ("$count", "true")]).await;
        assert_eq!(counted.status, 400, "{filter}: the header is missing");
        let headed = bench.users_eventual(&[("$filter", filter)]).await;
        assert_eq!(headed.status, 400, "{filter}: $count is missing");
        let advanced = bench.users_eventual(&[("$filter", filter), ("$count", "true")]).await;
        assert_eq!((advanced.status, &advanced.body["@odata.count"]), (200, &json!(count)), "{filter}");
    }
    assert!(bench.users(&[("$count", "true")]).await.body.get("@odata.count").is_none(), "silently ignored");
}

#[tokio::test]
async fn what_is_refused_in_any_mode() {
    let bench = peopled().await;
    let cases = [
        ("$filter", "shoeSize eq '9'", "Request_BadRequest"),
        ("$filter", "mail eq 'x", "Request_BadRequest"),
        ("$filter", "mail eq", "Request_BadRequest"),
        ("$filter", "mail eq true", "Request_BadRequest"),
        ("$filter", "contains(mail,'x')", "Request_UnsupportedQuery"),
        ("$filter", "otherMails eq 'x'", "Request_UnsupportedQuery"),
        ("$filter", "mail gt 'x'", "Request_UnsupportedQuery"),
        ("$skip", "10", "Request_UnsupportedQuery"),
        ("$top", "1000", "Request_UnsupportedQuery"),
        ("$top", "0", "Request_UnsupportedQuery"),
        ("$orderby", "department", "Request_UnsupportedQuery"),
        ("$expand", "manager", "Request_UnsupportedQuery"),
        ("$wish", "1", "BadRequest"),
    ];
    for (option, value, code) in cases {
        let reply = bench.users_eventual(&[(option, value), ("$count", "true")]).await;
        assert_eq!((reply.status, reply.code()), (400, code), "{option}={value}");
    }
    let search = ("$search", "\"displayName:ann\"");
    assert_eq!(bench.users(&[search]).await.code(), "Request_UnsupportedQuery");
    assert_eq!(bench.users_eventual(&[search]).await.emails(), ["ann@fabrikam.com"]);
    let both = [("$filter", "userType eq 'Guest'"), ("$orderby", "displayName desc")];
    assert_eq!(bench.users(&both).await.status, 400);
    let reply = bench.users_eventual(&[both[0], both[1], ("$count", "true")]).await;
    assert_eq!(reply.emails()[0], "self@adatum.com");
}

#[tokio::test]
async fn pages_go_on_and_forget_the_header() {
    let bench = Bench::new().await;
    for number in 0..25 {
        bench.sim.seed(TENANT, SeedUser::new(format!("g{number:02}@adatum.com"), SeedKind::PendingGuest));
    }
    let first = "users?$filter=userType%20ne%20'Member'&$count=true&$top=10&$select=mail";
    let mut reply = bench.eventual(first).await;
    assert_eq!(reply.body["@odata.count"], 25);
    let next = reply.body["@odata.nextLink"].as_str().unwrap().to_owned();
    assert_eq!(bench.get(&next).await.status, 400, "the header is not in the link");

    let mut seen: Vec<String> = reply.emails().into_iter().map(str::to_owned).collect();
    while let Some(next) = reply.body["@odata.nextLink"].as_str().map(str::to_owned) {
        // Who goes meanwhile disturbs nobody else.
        if seen.len() == 10 {
            bench.sim.delete_user(TENANT, "g05@adatum.com").unwrap();
        }
        reply = bench.eventual(&next).await;
        assert!(reply.body.get("@odata.count").is_none(), "only on page one");
        seen.extend(reply.emails().into_iter().map(str::to_owned));
    }
    let wanted: Vec<String> = (0..25).map(|number| format!("g{number:02}@adatum.com")).collect();
    assert_eq!(seen, wanted);
    let foreign = next.replace("Member", "Guest");
    assert_eq!(bench.eventual(&foreign).await.code(), "Directory_ExpiredPageToken");
    assert_eq!(bench.get("users?$top=999&$select=id").await.body["value"].as_array().unwrap().len(), 24);
}

#[tokio::test]
async fn a_page_may_be_empty_and_not_the_last() {
    let bench = peopled().await;
    bench.set(|settings| settings.variants.empty_first_page = true);
    let reply = bench.get("users").await;
    assert_eq!(reply.body["value"], json!([]));
    let next = reply.body["@odata.nextLink"].as_str().unwrap();
    assert_eq!(bench.get(next).await.body["value"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn or_over_collections_may_need_an_advanced_query() {
    let bench = peopled().await;
    bench.set(|settings| settings.variants.or_over_collections_needs_advanced = true);
    let filter = ("$filter", "mail eq 'x' or otherMails/any(x:x eq 'ann@fabrikam.com')");
    assert_eq!(bench.users(&[filter]).await.code(), "Request_UnsupportedQuery");
    assert_eq!(bench.users_eventual(&[filter, ("$count", "true")]).await.emails(), ["ann@fabrikam.com"]);
}
