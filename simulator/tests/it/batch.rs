//! `POST /$batch`: twenty at a time, each on its own.

use entra_simulator::{Fault, FaultAction};
use serde_json::{Value, json};

use crate::support::{Bench, TENANT};

fn get(id: &str, url: &str) -> Value {
    json!({"id": id, "method": "GET", "url": url})
}

fn of<'a>(body: &'a Value, id: &str) -> &'a Value {
    body["responses"].as_array().unwrap().iter().find(|response| response["id"] == id).unwrap()
}

#[tokio::test]
async fn items_are_answered_one_by_one_in_any_order() {
    let bench = Bench::with_roles(&["User.Invite.All", "User.ReadWrite.All"]).await;
    let id = bench.guest("ann@fabrikam.com").await;
    let requests = json!({"requests": [
        get("a", &format!("/users/{id}?$select=externalUserState")),
        get("b", "/users/nobody"),
        {"id": "c", "method": "PATCH", "url": format!("users/{id}"), "body": {"jobTitle": "x"},
         "headers": {"Content-Type": "application/json"}},
        {"id": "d", "method": "PATCH", "url": format!("/users/{id}"), "body": {"jobTitle": "y"}},
        {"id": "e", "method": "GET", "url": "/organization", "dependsOn": ["b"]},
    ]});
    let reply = bench.post("$batch", &requests).await;
    assert_eq!(reply.status, 200);
    assert_eq!(of(&reply.body, "a")["body"]["externalUserState"], "PendingAcceptance");
    assert_eq!(of(&reply.body, "b")["status"], 404);
    assert_eq!(of(&reply.body, "c")["status"], 204);
    assert_eq!(of(&reply.body, "d")["status"], 400, "a body needs its Content-Type");
    assert_eq!(of(&reply.body, "e")["status"], 424);
    let journalled = bench.sim.requests("getUser");
    assert!(journalled.len() == 2 && journalled.iter().all(|request| request.in_batch));

    let many: Vec<Value> = (0..10).map(|number| get(&number.to_string(), "/users/x")).collect();
    let sent: Vec<String> = (0..10).map(|number: u32| number.to_string()).collect();
    let reply = bench.post("$batch", &json!({ "requests": many })).await;
    let order: Vec<&str> =
        reply.body["responses"].as_array().unwrap().iter().filter_map(|r| r["id"].as_str()).collect();
    assert_ne!(order, sent);
}

#[tokio::test]
async fn malformed_batches_fail_as_a_whole() {
    let bench = Bench::new().await;
    let many: Vec<Value> = (0..21).map(|number| get(&number.to_string(), "/users")).collect();
    for requests in [
        json!(many),
        json!([]),
        json!([get("a", "/users"), get("A", "/users")]),
        json!([get("a", "https://graph.microsoft.com/v1.0/users")]),
        json!([{"id": "a", "method": "GET"}]),
        json!([{"id": "a", "method": "GET", "url": "/users", "dependsOn": ["a"]}]),
    ] {
        let reply = bench.post("$batch", &json!({ "requests": requests })).await;
        assert_eq!(reply.status, 400, "{requests}");
    }
}

#[tokio::test]
async fn faults_and_throttling_strike_single_items() {
    let bench = Bench::new().await;
    bench.sim.inject(Fault::new("getUser", FaultAction::status(503)).containing("second"));
    let requests =
        json!({"requests": [get("1", "/users/first"), get("2", "/users/second"), get("3", "/users?$top=1")]});
    let reply = bench.post("$batch", &requests).await;
    assert_eq!(of(&reply.body, "1")["status"], 404);
    assert_eq!(of(&reply.body, "2")["status"], 503);
    assert_eq!(of(&reply.body, "3")["status"], 200);

    bench.set(|settings| {
        settings.throttle.resource_units =
            Some(entra_simulator::Budget { limit: 2, window: std::time::Duration::from_secs(60) })
    });
    let reply = bench.post("$batch", &requests).await;
    let refused: Vec<&Value> =
        reply.body["responses"].as_array().unwrap().iter().filter(|response| response["status"] == 429).collect();
    assert!(!refused.is_empty());
    assert!(refused.iter().all(|response| response["headers"]["Retry-After"].is_string()));

    bench.sim.inject(Fault::new("getUser", FaultAction::CutBefore));
    assert!(bench.request(reqwest::Method::POST, "$batch").json(&requests).send().await.is_err());
    assert!(bench.sim.users(TENANT).is_empty());
}
