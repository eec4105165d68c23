//! Scripted faults, and that "before" and "after the work" really differ in what is left behind.

use std::time::Duration;

use entra_simulator::{BodyKind, Fault, FaultAction, Outcome};
use reqwest::Method;
use serde_json::Value;

use crate::support::{Bench, TENANT, client, invitation};

#[tokio::test]
async fn a_cut_before_does_nothing_and_a_cut_after_does_all() {
    for http1 in [false, true] {
        let mut bench = Bench::new().await;
        if http1 {
            bench.client = client(&bench.sim).http1_only().build().unwrap();
        }
        bench.sim.inject(Fault::new("createInvitation", FaultAction::CutBefore));
        bench.sim.inject(Fault::new("createInvitation", FaultAction::CutAfter));
        let post = || bench.request(Method::POST, "invitations").json(&invitation("ann@fabrikam.com")).send();
        assert!(post().await.is_err());
        assert!(bench.sim.users(TENANT).is_empty());
        assert!(bench.sim.invitation_mails("ann@fabrikam.com").is_empty());
        assert!(post().await.is_err());
        assert_eq!(bench.sim.users(TENANT).len(), 1);
        assert_eq!(bench.sim.invitation_mails("ann@fabrikam.com").len(), 1);
        let outcomes: Vec<Outcome> = bench.sim.requests("createInvitation").iter().map(|entry| entry.outcome).collect();
        assert_eq!(outcomes, [Outcome::CutBefore, Outcome::CutAfter(201)]);
        assert_eq!(bench.invite("ann@fabrikam.com").await.status, 201, "the list is used up");
    }
}

#[tokio::test]
async fn half_an_answer_breaks_off() {
    for http1 in [false, true] {
        let mut bench = Bench::new().await;
        if http1 {
            bench.client = client(&bench.sim).http1_only().build().unwrap();
        }
        bench.sim.inject(Fault::new("createInvitation", FaultAction::HalfAnswer));
        let request = bench.request(Method::POST, "invitations").json(&invitation("ann@fabrikam.com"));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 201);
        assert!(response.text().await.is_err());
        assert_eq!(bench.sim.invitation_mails("ann@fabrikam.com").len(), 1);
        assert_eq!(bench.get("users").await.status, 200, "on a new connection");
    }
}

#[tokio::test]
async fn scripted_answers_come_in_every_shape() {
    let bench = Bench::new().await;
    let status = |body| FaultAction::Status { code: 503, retry_after: Some(2.5), body, after_work: false };
    let kinds = [BodyKind::Json, BodyKind::Html, BodyKind::Empty, BodyKind::HalfJson, BodyKind::WrongContentType];
    for kind in kinds {
        bench.sim.inject(Fault::new("listUsers", status(kind)));
        let response = bench.request(Method::GET, "users").send().await.unwrap();
        assert_eq!((response.status().as_u16(), &response.headers()["retry-after"]), (503, &"2.5".parse().unwrap()));
        let content_type = response.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
        let text = response.text().await.unwrap();
        let json = serde_json::from_str::<Value>(&text).is_ok();
        let expected = match kind {
            BodyKind::Json => (Some("application/json"), true),
            BodyKind::Html => (Some("text/html"), false),
            BodyKind::Empty => (None, false),
            BodyKind::HalfJson => (Some("application/json"), false),
            BodyKind::WrongContentType => (Some("text/html"), true),
        };
        assert_eq!((content_type.as_deref(), json), expected, "{kind:?}");
    }
    bench.sim.inject(Fault::new("createInvitation", FaultAction::status_after_work(504)));
    assert_eq!(bench.invite("ann@fabrikam.com").await.status, 504);
    assert_eq!(bench.sim.invitation_mails("ann@fabrikam.com").len(), 1);
}

#[tokio::test]
async fn skip_count_and_text_choose_the_victim() {
    let bench = Bench::new().await;
    bench.sim.inject(Fault::new("createInvitation", FaultAction::status(500)).containing("bob@").skip(1).times(2));
    let mut statuses = Vec::new();
    for email in ["ann@x.org", "bob@x.org", "bob@x.org", "ann@x.org", "bob@x.org", "bob@x.org"] {
        statuses.push(bench.invite(email).await.status);
    }
    assert_eq!(statuses, [201, 201, 500, 201, 500, 201]);
}

#[tokio::test]
async fn work_goes_on_when_the_client_has_left() {
    let bench = Bench::new().await;
    let delay = FaultAction::Delay { ms: 1000 };
    bench.sim.inject(Fault::new("createInvitation", delay));
    let request = bench.request(Method::POST, "invitations");
    let request = request.json(&invitation("ann@fabrikam.com"));
    let left = request.timeout(Duration::from_millis(500)).send().await;
    assert!(left.unwrap_err().is_timeout());
    assert!(bench.sim.users(TENANT).is_empty());
    tokio::time::timeout(Duration::from_secs(20), async {
        while bench.sim.users(TENANT).is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("the guest is made all the same");
}

#[tokio::test]
async fn silence_lasts() {
    let bench = Bench::new().await;
    bench.sim.inject(Fault::new("listUsers", FaultAction::Silence));
    let request = bench.request(Method::GET, "users");
    let silent = request.timeout(Duration::from_millis(500)).send().await;
    assert!(silent.unwrap_err().is_timeout());
    assert_eq!(bench.sim.requests("listUsers")[0].outcome, Outcome::Silence);
}

#[tokio::test]
async fn a_paused_simulator_comes_back_as_it_was() {
    let bench = Bench::new().await;
    let id = bench.guest("ann@fabrikam.com").await;
    bench.sim.pause().await;
    assert!(bench.request(Method::GET, "users").send().await.unwrap_err().is_connect());
    bench.sim.resume().await.unwrap();
    assert_eq!(bench.get(&format!("users/{id}")).await.status, 200, "same port, same CA, same token, same users");
}

#[tokio::test]
async fn plain_http_is_refused() {
    let bench = Bench::new().await;
    let url = bench.sim.url().as_str().replace("https://", "http://");
    assert!(bench.client.get(url).send().await.is_err());
    let response = bench.client.get(bench.sim.url().join("mailbox").unwrap()).send().await.unwrap();
    assert_eq!(response.version(), reqwest::Version::HTTP_2);
}
