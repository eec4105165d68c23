//! Many members at once: twenty to a call, each with an outcome of its own.

use std::time::Duration;

use entra_simulator::{BodyKind, Fault, FaultAction, SeedGroup};
use guestlist::graph::{Class, GraphError, Reach, RelationChange, RelationRef};
use jiff::Timestamp;
use testbed::stories::TENANT;

use crate::bench::{BASIC, Bench, NOBODY, member};

/// So many guests and a group to put them into.
fn joining(bench: &Bench, count: usize) -> (String, Vec<String>, Vec<RelationRef>) {
    let users = bench.guests(count);
    let group = bench.sim.seed_group(TENANT, SeedGroup::new("Analysts"));
    let references = users.iter().map(|user| member(&group, user)).collect();
    (group, users, references)
}

fn status(result: &Result<RelationChange, GraphError>) -> Option<u16> {
    result.as_ref().err().and_then(|error| error.status)
}

#[tokio::test]
async fn twenty_go_into_a_call_and_the_results_keep_their_order() {
    let bench = Bench::new().await;
    let (group, users, mut references) = joining(&bench, 23);
    bench.sim.add_member(TENANT, &group, &users[3]).unwrap();
    references[7] = member(NOBODY, &users[7]);
    references[11] = member(&group, NOBODY);
    let results = bench.graph.add_relations(&references, None).await.unwrap();
    assert_eq!(results.len(), 23);
    for (n, result) in results.iter().enumerate() {
        match n {
            3 => assert_eq!(*result.as_ref().unwrap(), RelationChange::Already),
            7 | 11 => assert_eq!(status(result), Some(404), "{n}"),
            _ => assert_eq!(*result.as_ref().unwrap(), RelationChange::Done, "{n}"),
        }
    }
    assert_eq!(bench.sim.members(TENANT, &group).len(), 21);
    assert_eq!(bench.sim.count("batch"), 2);
    assert!(bench.sim.requests("addMember").iter().all(|request| request.in_batch));

    let results = bench.graph.remove_relations(&references, None).await.unwrap();
    for (n, result) in results.iter().enumerate() {
        let wanted = if n == 7 || n == 11 { RelationChange::Already } else { RelationChange::Done };
        assert_eq!(*result.as_ref().unwrap(), wanted, "{n}");
    }
    assert!(bench.sim.members(TENANT, &group).is_empty());
    assert_eq!(bench.sim.users(TENANT).len(), 23, "nobody was deleted");
    bench.only_references();
}

#[tokio::test]
async fn the_one_left_over_goes_alone() {
    let bench = Bench::new().await;
    let (group, _, references) = joining(&bench, 21);
    let results = bench.graph.add_relations(&references, None).await.unwrap();
    assert!(results.iter().all(|result| result.as_ref().is_ok_and(|done| *done == RelationChange::Done)));
    assert_eq!(bench.sim.members(TENANT, &group).len(), 21);
    assert_eq!(bench.sim.count("batch"), 1);
    assert_eq!(bench.sim.requests("addMember").iter().filter(|request| !request.in_batch).count(), 1);
}

#[tokio::test]
async fn a_throttled_item_closes_the_gate_and_the_others_stand() {
    let bench = Bench::new().await;
    let (_, users, references) = joining(&bench, 3);
    let action = FaultAction::Status { code: 429, retry_after: Some(7.5), body: BodyKind::Json, after_work: false };
    bench.sim.inject(Fault::new("addMember", action).containing(&users[1]));
    let results = bench.graph.add_relations(&references, None).await.unwrap();
    let error = results[1].as_ref().unwrap_err();
    assert_eq!((error.status, error.class), (Some(429), Class::Throttled));
    assert_eq!(error.retry_after, Some(Duration::from_secs_f64(7.5)));
    assert!(results[0].is_ok() && results[2].is_ok());
    let until = bench.graph.gate().closed_until(Timestamp::now()).expect("a closed gate");
    let left = until.duration_since(Timestamp::now()).as_secs_f64();
    assert!(left > 4.0 && left <= 7.5, "{left}");

    // Nothing leaves while it is closed, and that is said for all of them at once.
    let asked = bench.asked().len();
    let error = bench.graph.add_relations(&references, None).await.unwrap_err();
    assert_eq!((error.class, error.reach), (Class::Throttled, Reach::NotSent));
    assert_eq!(bench.asked().len(), asked);
}

#[tokio::test]
async fn a_later_call_that_fails_does_not_hide_what_an_earlier_one_did() {
    let bench = Bench::new().await;
    let (group, _, references) = joining(&bench, 25);
    bench.sim.inject(Fault::new("batch", FaultAction::status(500)).skip(1));
    let results = bench.graph.add_relations(&references, None).await.unwrap();
    assert!(results[..20].iter().all(|result| result.as_ref().is_ok_and(|done| *done == RelationChange::Done)));
    assert!(results[20..].iter().all(|result| {
        let error = result.as_ref().unwrap_err();
        error.status == Some(500) && error.reach == Reach::Unknown
    }));
    assert_eq!(bench.sim.members(TENANT, &group).len(), 20);
}

#[tokio::test]
async fn a_batch_whose_answer_is_lost_may_have_been_done() {
    for action in [FaultAction::CutAfter, FaultAction::HalfAnswer] {
        let bench = Bench::new().await;
        let (group, _, references) = joining(&bench, 4);
        bench.sim.inject(Fault::new("batch", action));
        let results = bench.graph.add_relations(&references, None).await.unwrap();
        assert!(results.iter().all(|result| result.as_ref().is_err_and(|error| error.reach == Reach::Unknown)));
        assert_eq!(bench.sim.members(TENANT, &group).len(), 4);
        let again = bench.graph.add_relations(&references, None).await.unwrap();
        assert!(again.iter().all(|result| result.as_ref().is_ok_and(|done| *done == RelationChange::Already)));
    }
}

#[tokio::test]
async fn an_items_failure_has_its_class_and_its_request_id() {
    let bench = Bench::with(BASIC).await;
    let (_, _, references) = joining(&bench, 2);
    for result in bench.graph.add_relations(&references, None).await.unwrap() {
        let error = result.unwrap_err();
        assert_eq!((error.operation, error.status, error.class), ("addMember", Some(403), Class::Terminal));
        assert!(error.request_id.is_some(), "{error}");
    }
    let bench = Bench::new().await;
    let (_, users, references) = joining(&bench, 2);
    for (body, words) in [(BodyKind::Html, "a page of HTML"), (BodyKind::Empty, "Bad Gateway")] {
        let action = FaultAction::Status { code: 502, retry_after: None, body, after_work: false };
        bench.sim.inject(Fault::new("addMember", action).containing(&users[0]));
        let results = bench.graph.add_relations(&references, None).await.unwrap();
        let error = results[0].as_ref().unwrap_err();
        assert_eq!((error.class, error.reach), (Class::Transient, Reach::Unknown));
        assert!(error.to_string().contains(words), "{error}");
    }
}
