//! Faults of one's own making: whom they strike, how often, and what is answered word for word.

use entra_simulator::{Fault, FaultAction, ScriptedAnswer, SeedKind, SeedUser};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Bench, TENANT, invitation};

fn quota() -> FaultAction {
    let text = "The directory object quota limit for the Tenant has been exceeded.";
    ScriptedAnswer::error(403, "Directory_QuotaExceeded", text).into()
}

#[tokio::test]
async fn a_fault_strikes_one_person_by_address_and_by_id_and_never_ends() {
    let bench = Bench::new().await;
    let ann = bench.guest("ann@fabrikam.com").await;
    let bob = bench.guest("bob@fabrikam.com").await;
    bench.sim.inject(Fault::new("*", quota()).about("Ann@fabrikam.com").forever());
    let find = |address: &str| format!("mail eq '{address}'");
    for _ in 0..5 {
        for reply in [
            bench.invite("ann@fabrikam.com").await,
            bench.get(&format!("users/{ann}")).await,
            bench.users(&[("$filter", &find("ann@fabrikam.com"))]).await,
        ] {
            assert_eq!((reply.status, reply.code()), (403, "Directory_QuotaExceeded"));
        }
    }
    assert_eq!(bench.invite("bob@fabrikam.com").await.status, 201);
    assert_eq!(bench.get(&format!("users/{bob}")).await.status, 200);
    assert_eq!(bench.users(&[("$filter", &find("bob@fabrikam.com"))]).await.status, 200);
    bench.sim.clear_faults();
    assert_eq!(bench.get(&format!("users/{ann}")).await.status, 200);
}

#[tokio::test]
async fn an_item_of_a_batch_is_struck_by_the_address_of_its_user() {
    let bench = Bench::new().await;
    let (ann, bob) = (bench.guest("ann@fabrikam.com").await, bench.guest("bob@fabrikam.com").await);
    let refused = ScriptedAnswer::error(404, "Request_ResourceNotFound", "Gone.");
    bench.sim.inject(Fault::new("getUser", refused.into()).about("bob@fabrikam.com").forever());
    let item = |id: &str| json!({"id": id, "method": "GET", "url": format!("/users/{id}")});
    let reply = bench.post("$batch", &json!({"requests": [item(&ann), item(&bob)]})).await;
    let mut statuses: Vec<(&Value, &Value)> =
        reply.body["responses"].as_array().unwrap().iter().map(|item| (&item["id"], &item["status"])).collect();
    statuses.sort_by_key(|(_, status)| status.as_u64());
    assert_eq!(statuses, [(&json!(ann), &json!(200)), (&json!(bob), &json!(404))]);
}

#[tokio::test]
async fn one_page_of_a_listing_is_struck_whatever_is_asked_before_and_after() {
    let bench = Bench::new().await;
    for number in 0..6 {
        bench.sim.seed(TENANT, SeedUser::new(format!("p{number}@fabrikam.com"), SeedKind::PendingGuest));
    }
    let refused = ScriptedAnswer::error(400, "Directory_ExpiredPageToken", "Expired.");
    bench.sim.inject(Fault::new("listUsers", refused.into()).on_page(2).forever());
    for _ in 0..3 {
        let first = bench.get("users?$top=2").await;
        assert_eq!(first.status, 200);
        let second = bench.get(first.body["@odata.nextLink"].as_str().unwrap()).await;
        assert_eq!((second.status, second.code()), (400, "Directory_ExpiredPageToken"));
    }
    bench.sim.clear_faults();
    let third = ScriptedAnswer::error(500, "InternalServerError", "");
    bench.sim.inject(Fault::new("listUsers", third.into()).on_page(3));
    let first = bench.get("users?$top=2").await;
    let second = bench.get(first.body["@odata.nextLink"].as_str().unwrap()).await;
    assert_eq!(second.status, 200);
    let next = second.body["@odata.nextLink"].as_str().unwrap();
    assert_eq!((bench.get(next).await.status, bench.get(next).await.status), (500, 200), "once");
    let pages: Vec<Option<u32>> = bench.sim.requests("listUsers").iter().map(|request| request.page).collect();
    assert_eq!(pages.iter().rev().take(4).rev().copied().collect::<Vec<_>>(), [Some(1), Some(2), Some(3), Some(3)]);
}

#[tokio::test]
async fn pages_of_a_delta_query_have_numbers_too() {
    let bench = Bench::new().await;
    for number in 0..101 {
        bench.sim.seed(TENANT, SeedUser::new(format!("p{number}@fabrikam.com"), SeedKind::PendingGuest));
    }
    let gone = ScriptedAnswer::error(410, "syncStateNotFound", "Begin anew.");
    bench.sim.inject(Fault::new("deltaUsers", gone.into()).on_page(2).forever());
    let first = bench.get("users/delta()").await;
    let second = bench.get(first.body["@odata.nextLink"].as_str().unwrap()).await;
    assert_eq!((first.status, second.status, second.code()), (200, 410, "syncStateNotFound"));
}

#[tokio::test]
async fn an_answer_is_given_word_for_word() {
    let bench = Bench::new().await;
    let answers = [
        ScriptedAnswer::text(404, "text/html; charset=us-ascii", "<h2>Not Found</h2>"),
        ScriptedAnswer::text(407, "text/plain", "Proxy Authentication Required").header("Proxy-Authenticate", "Basic"),
        ScriptedAnswer::error(429, "TooManyRequests", "Slow down.").retry_after(2.5),
    ];
    for answer in answers {
        bench.sim.inject(Fault::new("listUsers", answer.clone().into()));
        let response = bench.request(Method::GET, "users").send().await.unwrap();
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(response.status(), answer.status);
        assert_eq!(header("retry-after"), answer.retry_after.map(|seconds| seconds.to_string()));
        for (name, value) in &answer.headers {
            assert_eq!(header(name).as_ref(), Some(value));
        }
        let (kind, text) = (header("content-type").unwrap(), response.text().await.unwrap());
        let shown = match serde_json::from_str::<Value>(&text) {
            Ok(json) => ScriptedAnswer::error(
                answer.status,
                json["error"]["code"].as_str().unwrap(),
                json["error"]["message"].as_str().unwrap(),
            ),
            Err(_) => ScriptedAnswer::text(answer.status, &kind, &text),
        };
        assert_eq!(shown.body, answer.body);
    }
    assert_eq!(bench.get("users").await.status, 200, "each of them once");
}

#[tokio::test]
async fn the_sign_in_refuses_with_a_number_of_ones_own() {
    let bench = Bench::new().await;
    bench.sim.inject(Fault::new("token", ScriptedAnswer::sign_in_error(400, 90_033, "A transient error.").into()));
    let reply = bench.token_request(TENANT, &bench.secret_form("simulator-secret")).await;
    assert_eq!((reply.status, &reply.body["error_codes"]), (400, &json!([90_033])));
    let description = reply.body["error_description"].as_str().unwrap();
    assert!(description.starts_with("AADSTS90033: A transient error. Trace ID: "), "{description}");
}

#[tokio::test]
async fn a_claims_challenge_is_a_401_that_names_the_claims() {
    let bench = Bench::new().await;
    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}"#;
    bench.sim.inject(Fault::new("getUser", ScriptedAnswer::claims_challenge(claims).into()));
    let reply = bench.get("users/someone").await;
    assert_eq!((reply.status, reply.code()), (401, "InvalidAuthenticationToken"));
    let challenge = reply.headers["www-authenticate"].to_str().unwrap();
    let encoded = challenge.split("claims=\"").nth(1).unwrap().trim_end_matches('"');
    let decoded = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, encoded).unwrap();
    assert!(challenge.contains("error=\"insufficient_claims\"") && decoded == claims.as_bytes(), "{challenge}");
}

#[tokio::test]
async fn every_connection_can_be_cut_for_ever() {
    let bench = Bench::new().await;
    bench.sim.inject(Fault::new("*", FaultAction::CutBefore).forever());
    for _ in 0..5 {
        let post = bench.request(Method::POST, "invitations").json(&invitation("ann@fabrikam.com")).send().await;
        assert!(post.is_err() && bench.request(Method::GET, "users").send().await.is_err());
    }
    assert!(bench.sim.users(TENANT).is_empty());
}

#[tokio::test]
async fn the_admin_api_takes_all_of_it() {
    let bench = Bench::new().await;
    let url = bench.sim.url().join("_simulator/faults").unwrap();
    let error = |status: u16| json!({"answer": {"status": status, "body": {"error": {"code": "c", "message": "m"}}}});
    let text = json!({"answer": {
        "status": 503, "retryAfter": 3.0, "headers": {"X-Cache": "Error"},
        "body": {"text": {"contentType": "text/html", "text": "<p>"}},
    }});
    let faults = json!([
        {"operation": "createInvitation", "address": "ann@fabrikam.com", "count": null, "action": error(500)},
        {"operation": "listUsers", "page": 2, "count": null, "action": error(400)},
        {"operation": "getOrganization", "action": text},
    ]);
    assert_eq!(bench.client.post(url).json(&faults).send().await.unwrap().status(), 204);
    for _ in 0..3 {
        assert_eq!(bench.invite("ann@fabrikam.com").await.status, 500);
    }
    assert_eq!(bench.invite("bob@fabrikam.com").await.status, 201);
    let reply = bench.get("organization").await;
    assert_eq!((reply.status, &reply.headers["x-cache"]), (503, &"Error".parse().unwrap()));
}
