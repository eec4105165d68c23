//! Whatever ends a probe, what it has made is removed.

use std::time::Duration;

use entra_simulator::{Fault, FaultAction};
use futures::{StreamExt, stream};

use crate::bench::{Bench, GUEST, open, plane};
use crate::person::{Reader, Reply, line};

/// Goes away at the question number `at`, in the way of `leave`.
async fn gone(bench: &Bench<'_>, at: usize, leave: Reply) -> (usize, crate::person::Ended) {
    let mut reader = Reader::new(&bench.sim);
    let mut asked_so_far = 0;
    let ended = bench
        .probe_with(&["--wait", "1s"], async |asked| {
            asked_so_far += 1;
            if asked_so_far == at { leave.clone() } else { reader.answer(asked).await }
        })
        .await;
    (asked_so_far, ended)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_may_go_at_every_question() {
    let world = plane().await;
    let bench = Bench::new(&world, "whole", |_| {}).await;
    let (questions, _) = gone(&bench, usize::MAX, line("q")).await;
    assert!(questions >= 18, "{questions}");
    bench.left_as_it_was();
    let world = &world;
    stream::iter(1..=questions)
        .for_each_concurrent(6, |at| async move {
            let bench = Bench::new(world, &format!("gone{at}"), |_| {}).await;
            let leave = [line("q"), Reply::Interrupt, Reply::Leave][at % 3].clone();
            let (asked, ended) = gone(&bench, at, leave.clone()).await;
            // Enter and the like are no answer to the domain, nor to the end of a redemption.
            assert!(asked == at || (leave == line("q") && asked > at), "{at}: {ended:?}");
            if asked > 1 {
                assert!(!open(&ended).is_empty(), "{at}: {ended:?}");
            }
            let code = if asked == 1 || leave == Reply::Interrupt { 1 } else { 0 };
            assert_eq!(ended.code, Some(code), "{at} {leave:?}: {ended:?}");
            bench.left_as_it_was();
            bench.deleted_for_good();
        })
        .await;
    println!("probes left at each of {questions} questions: all cleaned up");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_came_of_a_lost_answer_is_removed_too() {
    let world = plane().await;
    let bench = Bench::new(&world, "lost", |settings| settings.lag.listing = Duration::from_secs(1)).await;
    bench.sim.inject(Fault::new("createInvitation", FaultAction::CutAfter).containing(GUEST));
    let ended = bench.probe(&["--wait", "4s"]).await;
    assert!(open(&ended).contains("a") && ended.talk.contains("the answer to an invitation was lost"), "{ended:?}");
    assert_eq!(bench.sim.mails(GUEST).len(), 1, "it is not sent again");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    bench.left_as_it_was();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_ends_it_and_no_invitation_follows() {
    let world = plane().await;
    let bench = Bench::new(&world, "blocked", |_| {}).await;
    let mut reader = Reader::new(&bench.sim);
    let ended = bench
        .probe_with(&["--wait", "2s"], async |asked| {
            if asked.contains("Invite me@fabrikam.com again, who has not accepted") {
                bench.sim.update_settings(|settings| settings.policy.suspicious_activity_block = true);
            }
            reader.answer(asked).await
        })
        .await;
    assert_eq!(bench.sim.count("createInvitation"), 2, "{ended:?}");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.out.contains("only Microsoft support lifts that"), "{ended:?}");
    bench.left_as_it_was();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_skipped_is_not_done() {
    let world = plane().await;
    let bench = Bench::new(&world, "skipped", |_| {}).await;
    let mut reader = Reader::new(&bench.sim);
    let ended = bench
        .probe_with(&[], async |asked| match asked.contains("Go on?") {
            true => line("s"),
            false => reader.answer(asked).await,
        })
        .await;
    assert_eq!(open(&ended).len(), 12, "{ended:?}");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(bench.writes().len(), 0);
}
