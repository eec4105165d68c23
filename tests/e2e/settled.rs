//! Sends whose answer nobody got, and resources that are made again: settled with one mail, whatever the directory shows when.

use std::time::{Duration, Instant};

use entra_simulator::{Fault, FaultAction};
use testbed::stories::{
    SOON, condition, connected, guest, mails, named, one_mail, posts, quick, simulator, state, world,
};
use testbed::world::{World, WorldConfig};

/// Longer than the quick settling time: the listing never helps.
const LONG_LAG: Duration = Duration::from_secs(600);

async fn quick_world(listing_lag: Duration) -> World {
    let world = world(WorldConfig { operator_args: quick(), ..Default::default() }).await;
    connected(&world).await;
    simulator(&world).update_settings(|settings| settings.lag.listing = listing_lag);
    world
}

fn address(name: &str) -> String {
    format!("{name}@fabrikam.com")
}

async fn declare(world: &World, name: &str) {
    world.apply(&guest(name, &address(name), "")).await.unwrap();
}

/// Waits until nothing is open any more; returns the guest.
async fn settled(world: &World, name: &str) -> serde_json::Value {
    let done = |guest: &serde_json::Value| {
        state(guest) == "Invited"
            && guest["status"]["invitation"]["attempt"].is_null()
            && guest["status"]["invitation"]["sent"] == 1
    };
    world.wait_for(&named(name), "settle", done, Duration::from_secs(90)).await.unwrap()
}

fn asked(world: &World, name: &str) -> Vec<bool> {
    posts(world, &address(name))
}

/// Invites one guest for each fault, which strikes the first POST for it, and counts mails and POSTs.
async fn struck(world: &World, faults: &[(&str, FaultAction, &[bool])]) {
    for (name, fault, _) in faults {
        simulator(world).inject(Fault::new("createInvitation", fault.clone()).containing(address(name)));
        declare(world, name).await;
        // All share one HTTP/2 connection: a cut must not take along the next one's request before it arrives.
        let deadline = Instant::now() + SOON;
        while asked(world, name).is_empty() {
            assert!(Instant::now() < deadline, "no POST for {name}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    for (name, fault, expected) in faults {
        settled(world, name).await;
        assert_eq!(mails(world, &address(name)), one_mail(expected), "{fault:?}");
        assert_eq!(&asked(world, name), expected, "{fault:?}: which POSTs asked for a mail");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_is_found_by_looking_and_a_request_lost_by_asking() {
    let world = quick_world(Duration::ZERO).await;
    let faults: [(&str, FaultAction, &[bool]); 4] = [
        ("answer-cut", FaultAction::CutAfter, &[true]),
        ("half-answer", FaultAction::HalfAnswer, &[true]),
        ("request-cut", FaultAction::CutBefore, &[true, false, true]),
        ("silence", FaultAction::Silence, &[true, false, true]),
    ];
    struck(&world, &faults).await;

    // The invitation is lost, the question is answered, the mail that is then owed is lost too: nothing can tell.
    let lost = || Fault::new("createInvitation", FaultAction::CutBefore).containing(address("told"));
    simulator(&world).inject(lost());
    simulator(&world).inject(lost().skip(1));
    declare(&world, "told").await;
    settled(&world, "told").await;
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert_eq!(asked(&world, "told"), [true, false, true], "and never again by itself");
    let events = world.kubectl(&["get", "events", "-n", "team"]).await.unwrap();
    assert!(events.contains("SentUncertain"), "{events}");
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_lag_longer_than_the_settling_time_asking_finds_out() {
    let world = quick_world(LONG_LAG).await;
    let faults: [(&str, FaultAction, &[bool]); 4] = [
        ("answer-cut", FaultAction::CutAfter, &[true, false]),
        ("late-504", FaultAction::status_after_work(504), &[true, false]),
        ("early-500", FaultAction::status(500), &[true, false, true]),
        ("early-503", FaultAction::status(503), &[true, false, true]),
    ];
    struck(&world, &faults).await;
}

/// Found by an hour of everything: the question waited for so long that its user, hidden for a moment as every new one is,
/// counted as never shown, and the mail that was owed as sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_answered_late_still_gives_the_user_the_time_to_show() {
    let world = quick_world(Duration::ZERO).await;
    let simulator = simulator(&world);
    let hidden = Duration::from_secs(4);
    simulator.update_settings(|settings| {
        (settings.lag.listing, settings.lag.advanced, settings.lag.read_after_create) = (hidden, hidden, hidden);
    });
    let away = Fault::new("createInvitation", FaultAction::status(500));
    simulator.inject(away.times(1000).containing(address("late")));
    declare(&world, "late").await;
    let is_asked = |guest: &serde_json::Value| guest["status"]["invitation"]["attempt"]["askedAt"].is_string();
    world.wait_for(&named("late"), "be asked about", is_asked, Duration::from_secs(60)).await.unwrap();
    // Three settling times, after which a user whom Graph has named counts as never shown.
    tokio::time::sleep(Duration::from_secs(35)).await;
    simulator.clear_faults();
    settled(&world, "late").await;
    let asked = asked(&world, "late");
    assert_eq!(mails(&world, &address("late")), one_mail(&asked));
    assert!(asked[0] && asked[asked.len() - 1] && asked[1..asked.len() - 1].iter().all(|mails| !mails), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resource_made_again_or_emptied_within_the_lag_mails_nobody_twice() {
    let world = quick_world(LONG_LAG).await;
    for name in ["again", "emptied", "away"] {
        declare(&world, name).await;
        settled(&world, name).await;
    }
    world.delete(&named("again")).await.unwrap();
    declare(&world, "again").await;
    let emptied =
        ["patch", "ginv", "emptied", "-n", "team", "--subresource=status", "--type=merge", "-p", r#"{"status":null}"#];
    world.kubectl(&emptied).await.unwrap();
    for name in ["again", "emptied"] {
        let again = settled(&world, name).await;
        assert_eq!(mails(&world, &address(name)), 1, "{name}");
        assert_eq!(condition(&again, "Ready").0, "True", "{name}");
    }

    // Nobody is there to remember.
    world.operator().unwrap().kill();
    world.operator().unwrap().wait().await;
    world.delete(&named("away")).await.unwrap();
    declare(&world, "away").await;
    world.start_operator().unwrap();
    settled(&world, "away").await;
    assert_eq!(mails(&world, &address("away")), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_frozen_again_and_again_while_it_invites_mails_once() {
    let world = quick_world(Duration::ZERO).await;
    let operator = world.operator().unwrap();
    declare(&world, "one").await;
    // Each time longer than a decision is fresh.
    for _ in 0..3 {
        operator.stop().unwrap();
        tokio::time::sleep(Duration::from_secs(3)).await;
        operator.cont().unwrap();
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    settled(&world, "one").await;
    assert_eq!(mails(&world, &address("one")), 1);
}
