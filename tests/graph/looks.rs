//! Look-ups of many at once: what they cost, and that what goes wrong for one of them stays theirs.

use entra_simulator::{BodyKind, Fault, FaultAction};
use futures::future::join_all;
use guestlist::api::Address;
use guestlist::directory::LooksInCommon;
use guestlist::graph::{Class, GraphError};
use guestlist::plan::Look;

use crate::bench::Bench;

fn address(n: usize) -> String {
    format!("guest{n}@fabrikam.com")
}

/// Looks all of them up within the same moment.
async fn looked_up(bench: &Bench, guests: std::ops::Range<usize>) -> Vec<Result<Look, GraphError>> {
    let looks = LooksInCommon::default();
    let addresses: Vec<Address> = guests.map(|n| Address::new(&address(n))).collect();
    join_all(addresses.iter().map(|address| looks.look(&bench.graph, address, false))).await
}

/// The requests that were made, and of how many items they were.
fn cost(bench: &Bench) -> (Vec<String>, usize) {
    let (items, requests): (Vec<_>, Vec<_>) = bench.asked().into_iter().partition(|request| request.in_batch);
    let named = requests.into_iter().map(|request| request.operation);
    (named.collect(), items.len())
}

#[tokio::test]
async fn many_at_once_cost_two_calls_for_twenty() {
    let bench = Bench::new().await;
    let known = bench.guest(&address(3));
    let deleted = bench.guest(&address(4));
    bench.graph.delete_user(&deleted, None).await.unwrap();
    bench.sim.clear_journal();
    let looks: Vec<Look> = looked_up(&bench, 0..25).await.into_iter().map(Result::unwrap).collect();
    for (n, look) in looks.iter().enumerate() {
        let users: Vec<&str> = look.users.iter().map(|user| user.id.as_str()).collect();
        let found = (users, look.deleted.clone());
        match n {
            3 => assert_eq!(found, (vec![known.as_str()], None), "who has the address is enough"),
            4 => assert_eq!(found, (vec![], Some(vec![deleted.clone()]))),
            _ => assert_eq!(found, (vec![], Some(vec![])), "{n}"),
        }
    }
    let (requests, items) = cost(&bench);
    assert_eq!((requests, items), (vec!["batch".to_owned(); 4], 25 + 24), "twenty and five, users and deleted users");
}

#[tokio::test]
async fn whoever_is_alone_asks_alone() {
    let bench = Bench::new().await;
    let look = looked_up(&bench, 0..1).await.remove(0).unwrap();
    assert_eq!((look.users, look.deleted), (vec![], Some(vec![])));
    assert_eq!(cost(&bench), (vec!["listUsers".to_owned(), "listDeletedUsers".to_owned()], 0));
}

/// The deleted are read after the users: whoever is deleted between the two is found.
#[tokio::test]
async fn whoever_is_deleted_meanwhile_is_found() {
    let bench = Bench::new().await;
    looked_up(&bench, 0..3).await.into_iter().for_each(|look| drop(look.unwrap()));
    let order: Vec<String> =
        bench.asked().into_iter().filter(|request| request.in_batch).map(|request| request.operation).collect();
    let (users, deleted) = (vec!["listUsers".to_owned(); 3], vec!["listDeletedUsers".to_owned(); 3]);
    assert_eq!(order, [users, deleted].concat());
}

#[tokio::test]
async fn what_goes_wrong_for_one_is_asked_again_for_that_one_alone() {
    for operation in ["listUsers", "listDeletedUsers"] {
        let bench = Bench::new().await;
        bench.sim.inject(Fault::new(operation, FaultAction::status(500)).containing("guest2%40"));
        for look in looked_up(&bench, 0..5).await {
            assert_eq!(look.unwrap().deleted, Some(vec![]), "{operation}");
        }
        let alone = vec!["batch", "batch", "listUsers", "listDeletedUsers"];
        assert_eq!(cost(&bench).0, alone, "{operation}");
    }
}

#[tokio::test]
async fn a_failure_that_lasts_is_that_of_one_guest() {
    let bench = Bench::new().await;
    bench.sim.inject(Fault::new("listUsers", FaultAction::status(500)).containing("guest2%40").forever());
    let looks = looked_up(&bench, 0..5).await;
    for (n, look) in looks.iter().enumerate() {
        assert_eq!(look.is_err(), n == 2, "{n}: {look:?}");
    }
    assert_eq!(looks[2].as_ref().unwrap_err().class, Class::Transient);
}

#[tokio::test]
async fn without_batches_everybody_is_looked_up_alone() {
    let bench = Bench::new().await;
    bench.sim.inject(Fault::new("batch", FaultAction::status(404)).forever());
    for look in looked_up(&bench, 0..5).await {
        assert_eq!(look.unwrap().deleted, Some(vec![]));
    }
    let (requests, _) = cost(&bench);
    let of = |operation: &str| requests.iter().filter(|request| *request == operation).count();
    assert_eq!((of("batch"), of("listUsers"), of("listDeletedUsers")), (1, 5, 5));
}

/// An item that asks to wait closes the gate for the directory, as a call of its own does. Nobody is taken for unknown.
#[tokio::test]
async fn an_item_that_asks_to_wait_is_obeyed() {
    let bench = Bench::new().await;
    let wait = FaultAction::Status { code: 429, retry_after: Some(60.0), body: BodyKind::Json, after_work: false };
    bench.sim.inject(Fault::new("listUsers", wait).containing("guest2%40"));
    let looks = looked_up(&bench, 0..5).await;
    for look in &looks {
        let error = look.as_ref().unwrap_err();
        assert_eq!(error.class, Class::Throttled, "{error}");
    }
    assert!(bench.graph.gate().closed_until(jiff::Timestamp::now()).is_some());
    assert_eq!(cost(&bench).0, ["batch"], "nothing more is asked before the time is over");
}

/// Whoever asked and is gone, as a pass that was given up, takes no answer from the others.
#[tokio::test]
async fn whoever_gives_up_holds_up_nobody() {
    let bench = Bench::new().await;
    let looks = LooksInCommon::default();
    let addresses: Vec<Address> = (0..3).map(|n| Address::new(&address(n))).collect();
    let mut first = Box::pin(looks.look(&bench.graph, &addresses[0], false));
    assert!(futures::poll!(&mut first).is_pending(), "it waits for others");
    let others = join_all(addresses[1..].iter().map(|address| looks.look(&bench.graph, address, false)));
    drop(first);
    for look in others.await {
        assert_eq!(look.unwrap().deleted, Some(vec![]));
    }
}
