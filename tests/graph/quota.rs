//! Graph's quota is kept before Graph says so, and what Graph says is heeded.

use std::time::{Duration, Instant};

use entra_simulator::{BodyKind, Fault, FaultAction, SeedGroup};
use futures::future::join_all;
use guestlist::graph::{GraphError, Invitation, Invited};
use guestlist::schedule::Cost;
use serde_json::{Map, json};
use testbed::stories::TENANT;

use crate::bench::{Bench, member};

/// As many as fit into five seconds, for all applications together.
const IN_FIVE_SECONDS: usize = 150;

fn invitation(n: usize) -> Invitation {
    crate::resets::invitation(&format!("guest{n}@fabrikam.com"))
}

async fn invite(bench: &Bench, guests: std::ops::Range<usize>) -> Vec<Result<Invited, GraphError>> {
    let invitations: Vec<Invitation> = guests.map(invitation).collect();
    join_all(invitations.iter().map(|invitation| bench.graph.invite(invitation, None))).await
}

/// How many of the requests `operation` Graph has refused for their number.
fn refused(bench: &Bench, operation: &str) -> usize {
    let refused = bench.asked().into_iter().filter(|request| request.status() == Some(429));
    refused.filter(|request| request.operation == operation).count()
}

/// With a pace that is set high, five of a thousand invitations were refused, and all of the tenant waited.
#[tokio::test]
async fn more_invitations_than_graph_takes_wait_and_hold_up_nothing_else() {
    let bench = Bench::new().await;
    let id = bench.guest("known@fabrikam.com");
    let began = Instant::now();
    let others = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let city = Map::from_iter([("city".to_owned(), json!("Delft"))]);
        bench.graph.of("team").update_user(&id, &city, None).await.unwrap();
        bench.graph.of("team").find_by_address("known@fabrikam.com").await.unwrap();
        bench.graph.for_sweeps().each_invited(|_| {}).await.unwrap();
        began.elapsed()
    };
    let (invited, others) = tokio::join!(invite(&bench, 0..IN_FIVE_SECONDS + 30), others);
    let took = began.elapsed();
    invited.into_iter().for_each(|invited| drop(invited.unwrap()));
    assert_eq!(refused(&bench, "createInvitation"), 0);
    assert!(took >= Duration::from_secs(5), "the last wait until the first have left the window: {took:?}");
    assert!(others < Duration::from_secs(5), "nothing else waits for them: {others:?}");
}

/// Each read its resource once more between its turn and its request. The API server was slow, so many left together, after their time.
#[tokio::test]
async fn those_who_are_held_up_after_their_turn_count_when_they_leave() {
    let bench = Bench::new().await;
    let admitted = join_all((0..IN_FIVE_SECONDS).map(|_| bench.graph.in_turn(Cost::INVITATION))).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let together = admitted.iter().enumerate().map(async |(n, graph)| graph.invite(&invitation(n), None).await);
    let others = invite(&bench, IN_FIVE_SECONDS..IN_FIVE_SECONDS + 30);
    let (together, others) = tokio::join!(join_all(together), others);
    together.into_iter().chain(others).for_each(|invited| drop(invited.unwrap()));
    assert_eq!(refused(&bench, "createInvitation"), 0);
}

/// Of 10,000 invitations nineteen were refused, and half of the quota was given up for them: a busy machine had held requests up on their way, and
/// they arrived with those that left five seconds later.
#[tokio::test]
async fn those_who_are_held_up_on_their_way_count_until_they_are_answered() {
    let bench = Bench::new().await;
    let on_the_way = FaultAction::Delay { ms: 3_000 };
    bench.sim.inject(Fault::new("createInvitation", on_the_way).times(IN_FIVE_SECONDS as u32));
    let invited = invite(&bench, 0..IN_FIVE_SECONDS + 30).await;
    invited.into_iter().for_each(|invited| drop(invited.unwrap()));
    assert_eq!(refused(&bench, "createInvitation"), 0);
}

#[tokio::test]
async fn after_a_refusal_half_as_many_leave() {
    let bench = Bench::new().await;
    let busy = FaultAction::Status { code: 429, retry_after: Some(0.5), body: BodyKind::Json, after_work: false };
    bench.sim.inject(Fault::new("createInvitation", busy));
    assert_eq!(invite(&bench, 0..1).await.remove(0).unwrap_err().status, Some(429));
    tokio::time::sleep(Duration::from_millis(600)).await;
    bench.sim.clear_journal();
    let half = IN_FIVE_SECONDS / 2;
    invite(&bench, 1..half + 20).await.into_iter().for_each(|invited| drop(invited.unwrap()));
    let mut times: Vec<_> = bench.asked().iter().map(|request| request.at).collect();
    times.sort_unstable();
    // The one that was refused counts too.
    let wait = times[half].duration_since(times[half - 2]).as_secs_f64();
    assert!(wait >= 1.0, "the first {half} leave at once and the others later: {wait} s");
    assert_eq!(refused(&bench, "createInvitation"), 0);
}

/// A 429 for one item of a batch closed the gate and left the quota as it was.
#[tokio::test]
async fn a_refused_item_of_a_batch_lowers_the_quota_of_what_it_costs() {
    let bench = Bench::new().await;
    let group = bench.sim.seed_group(TENANT, SeedGroup::new("Analysts"));
    let both = ["ann@fabrikam.com", "bea@fabrikam.com"].map(|address| member(&group, &bench.guest(address)));
    let busy = FaultAction::Status { code: 429, retry_after: Some(0.1), body: BodyKind::Json, after_work: false };
    bench.sim.inject(Fault::new("addMember", busy).containing(&both[1].user));
    let added = bench.graph.add_relations(&both, None).await.unwrap();
    assert_eq!(added.iter().filter(|added| added.is_err()).count(), 1);
    let writes = |count| Cost { writes: count, ..Cost::default() };
    let began = Instant::now();
    // Half of the 3,000 that may leave in 150 seconds, of which the batch was two.
    bench.graph.in_turn(writes(1_498)).await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let more = tokio::time::timeout(Duration::from_secs(1), bench.graph.in_turn(writes(1)));
    assert!(more.await.is_err(), "no more than half");
}

/// What is read live just before a mail is not to be old when the mail leaves.
#[tokio::test]
async fn who_has_waited_for_their_turn_waits_no_second_time() {
    let bench = Bench::new().await;
    let in_turn = bench.graph.of("team").in_turn(Cost::INVITATION).await;
    let used_up = (0..IN_FIVE_SECONDS - 1).map(|_| bench.graph.in_turn(Cost::INVITATION));
    join_all(used_up).await;
    let began = Instant::now();
    in_turn.invite(&invitation(0), None).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    let late = tokio::time::timeout(Duration::from_secs(2), bench.graph.in_turn(Cost::INVITATION)).await;
    assert!(late.is_err(), "all of them are used up");
}
