//! `--streaming-lists`: the first listings come as streams, and nothing else is different.

use testbed::stories::{ALL, TENANT, allowed, guest, mails, named, quick, simulator, until_gone, until_state, world};
use testbed::world::{World, WorldConfig};

use crate::life::kill_the_operator;

/// Of which of our kinds the API server has streamed a listing.
async fn streamed(world: &World) -> Vec<String> {
    let request = hyper::http::Request::get("/metrics").body(Vec::new()).unwrap();
    let metrics = world.plane.admin_client().request_text(request).await.unwrap();
    let ours = ["entratenants", "guestinvitations", "guestlists", "guests"];
    let counts = metrics.lines().filter(|line| line.starts_with("apiserver_watch_list_duration_seconds_count"));
    let counts: Vec<&str> = counts.collect();
    let is_streamed = |kind: &&str| counts.iter().any(|line| line.contains(&format!("resource=\"{kind}\"")));
    ours.into_iter().filter(is_streamed).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_that_lists_by_streams_knows_everybody_after_a_restart() {
    let world = world(WorldConfig {
        entra: Some(allowed(&ALL)),
        operator_args: quick().into_iter().chain(["--streaming-lists".to_owned()]).collect(),
        ..Default::default()
    })
    .await;
    for name in ["ann", "bea", "cem"] {
        world.apply(&guest(name, &format!("{name}@fabrikam.com"), "  deletionPolicy: Delete\n")).await.unwrap();
        until_state(&world, name, "Invited").await;
    }
    assert_eq!(streamed(&world).await, ["entratenants", "guestinvitations", "guestlists", "guests"]);
    kill_the_operator(&world).await;
    world.delete(&named("bea")).await.unwrap();
    world.apply(&guest("dan", "dan@fabrikam.com", "")).await.unwrap();
    world.start_operator().unwrap();
    until_state(&world, "dan", "Invited").await;
    until_gone(&world, &named("bea")).await;
    let there = |name: &str| simulator(&world).user(TENANT, &format!("{name}@fabrikam.com")).is_some();
    assert_eq!(["ann", "bea", "cem", "dan"].map(there), [true, false, true, true]);
    for name in ["ann", "bea", "cem", "dan"] {
        assert_eq!(mails(&world, &format!("{name}@fabrikam.com")), 1, "{name}");
    }
}
