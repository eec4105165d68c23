//! Graph's oddities that are no failures: an answer without the user, a user that hides for minutes, a clock that is wrong, the text
//! of the block.

use std::time::Duration;

use entra_simulator::{BodyKind, Fault, FaultAction};
use serde_json::Value;
use testbed::stories::{
    SOON, TENANT, condition, kstatus, mails, named, one_mail, posts, simulator, state, until_reason, until_state,
};
use testbed::world::{World, WorldConfig};

use crate::acts::{Act, able, tell};

fn sent(guest: &Value, times: u64) -> bool {
    let invitation = &guest["status"]["invitation"];
    state(guest) == "Invited"
        && invitation["sent"] == times
        && invitation["attempt"].is_null()
        && guest["status"]["redemption"]["state"].is_string()
}

/// Declares a guest whose invitation arrives and whose answer does not.
async fn mailed_without_an_answer(world: &World, name: &str) {
    simulator(world).inject(Fault::new("createInvitation", FaultAction::CutAfter));
    tell(world, &[Act::Declare("")], name, &[]).await;
    let open = |guest: &Value| guest["status"]["invitation"]["attempt"].is_object();
    world.wait_for(&named(name), "be an open question", open, SOON).await.unwrap();
    let deadline = std::time::Instant::now() + SOON;
    while mails(world, &format!("{name}@fabrikam.com")) == 0 {
        assert!(std::time::Instant::now() < deadline, "the invitation never arrived");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn invited(world: &World, name: &str, times: u64) {
    let guest = world.wait_for(&named(name), "be invited", |guest| sent(guest, times), SOON).await.unwrap();
    kstatus(&guest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_201_that_names_no_user_is_an_open_question() {
    let world = able(WorldConfig::default()).await;
    let action = FaultAction::Status { code: 201, retry_after: None, body: BodyKind::Json, after_work: true };
    simulator(&world).inject(Fault::new("createInvitation", action));
    tell(&world, &[Act::Declare("")], "odd", &[]).await;
    invited(&world, "odd", 1).await;
    assert_eq!(posts(&world, "odd@fabrikam.com"), [true], "found by looking");
    assert_eq!(mails(&world, "odd@fabrikam.com"), 1);
}

/// What the answer would have told is gone with the user, and the question would make and mail another.
#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_is_deleted_while_the_answer_is_missing_is_not_mailed_again() {
    let world = able(WorldConfig::default()).await;
    let hidden = Duration::from_secs(600);
    simulator(&world).update_settings(|settings| (settings.lag.listing, settings.lag.advanced) = (hidden, hidden));
    mailed_without_an_answer(&world, "brief").await;
    tell(&world, &[Act::Leave], "brief", &[]).await;
    let said = until_reason(&world, "brief", "GuestGone").await;
    assert!(said.contains("guestlist.dev/resend"), "{said}");
    let gone = world.get(&named("brief")).await.unwrap();
    assert_eq!((state(&gone), &gone["status"]["invitation"]["sent"]), ("Withdrawn", &1.into()), "{gone}");
    assert_eq!(posts(&world, "brief@fabrikam.com"), [true], "nobody is asked, or made, anew");
    assert_eq!(mails(&world, "brief@fabrikam.com"), 1);
}

/// The last look shows nobody, deleted or not; then the guest is deleted, and the question makes another.
#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_is_deleted_just_before_the_question_is_not_mailed_again() {
    let world = able(WorldConfig::default()).await;
    let hidden = Duration::from_secs(600);
    simulator(&world).update_settings(|settings| settings.lag.listing = hidden);
    mailed_without_an_answer(&world, "late").await;
    // The question is on record and waits before Graph.
    simulator(&world).inject(Fault::new("createInvitation", FaultAction::Delay { ms: 800 }));
    let began = std::time::Instant::now();
    while !is_asked_about(&world, "late@fabrikam.com").await {
        assert!(began.elapsed() < SOON, "the question is not on record: {}", world.account_of_it());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let first = simulator(&world).user(TENANT, "late@fabrikam.com").unwrap().id;
    tell(&world, &[Act::Leave], "late", &[]).await;
    invited(&world, "late", 1).await;
    let asked = posts(&world, "late@fabrikam.com");
    assert_eq!(asked, [true, false]);
    assert_eq!(mails(&world, "late@fabrikam.com"), 1, "whom the question made is followed and not mailed");
    let late = world.get(&named("late")).await.unwrap();
    assert_ne!(late["status"]["guest"]["id"], first.as_str(), "{late}");
}

/// Whether the record of a person says that the directory is asked about them.
async fn is_asked_about(world: &World, email: &str) -> bool {
    let people = world.watched("guestlist.dev/v1alpha1", "GuestRecord", "").await.unwrap();
    let theirs = people.iter().find(|person| person.data["record"]["email"] == email);
    theirs.is_some_and(|person| person.data["record"]["invitation"]["attempt"]["askedAt"].is_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_hides_for_a_while_after_the_201_is_waited_for() {
    let world = able(WorldConfig::default()).await;
    simulator(&world).update_settings(|settings| {
        (settings.lag.listing, settings.lag.read_after_create) = (Duration::from_secs(20), Duration::from_secs(20));
    });
    tell(&world, &[Act::Declare("  groups: [Analysts]\n")], "hidden", &[]).await;
    // The mail is out, which is what counts; what is still to come is being worked on.
    let told = until_state(&world, "hidden", "Invited").await;
    assert!(told["status"]["redemption"].is_null(), "{told}");
    let done = |guest: &Value| sent(guest, 1) && guest["status"]["groups"][0]["state"] == "Added";
    world.wait_for(&named("hidden"), "be in the group", done, SOON).await.unwrap();
    assert_eq!(posts(&world, "hidden@fabrikam.com"), [true]);
    assert_eq!(mails(&world, "hidden@fabrikam.com"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_graphs_clock_says_one_mail_leaves() {
    let world = able(WorldConfig::default()).await;
    for (name, offset) in [("behind", -7200), ("slightly", 90), ("ahead", 7200)] {
        simulator(&world).update_settings(|settings| settings.clock_offset_seconds = offset);
        let address = format!("{name}@fabrikam.com");
        // The answer is lost, so that times are what decides.
        simulator(&world).inject(Fault::new("createInvitation", FaultAction::CutAfter).containing(&address));
        tell(&world, &[Act::Declare("")], name, &[]).await;
        invited(&world, name, 1).await;
        tell(&world, &[Act::Patch(r#"{"metadata": {"annotations": {"guestlist.dev/resend": "1"}}}"#)], name, &[]).await;
        invited(&world, name, 2).await;
        assert_eq!(mails(&world, &address), 2, "{name}: {:?}", posts(&world, &address));
    }
}

/// The time of the operator's own mail is on its own clock, two hours ahead of Graph's: whoever is wanted again does not wait for
/// Graph's clock to get there.
#[tokio::test(flavor = "multi_thread")]
async fn a_guest_declared_again_does_not_wait_for_hours_when_graphs_clock_is_behind() {
    let world = able(WorldConfig::default()).await;
    let once = [Act::Declare("  delivery: Mail\n"), Act::Follow];
    tell(&world, &once, "anew", &[]).await;
    invited(&world, "anew", 1).await;
    tell(&world, &[Act::Leave, Act::Delete, Act::Declare("")], "anew", &[]).await;
    until_reason(&world, "anew", "GuestGone").await;
    tell(&world, &[Act::Patch(r#"{"metadata": {"annotations": {"guestlist.dev/resend": "1"}}}"#)], "anew", &[]).await;
    invited(&world, "anew", 2).await;
    let asked = posts(&world, "anew@fabrikam.com");
    assert_eq!(asked, [false, true], "made for the own mail; mailed");
    assert_eq!(mails(&world, "anew@fabrikam.com"), one_mail(&asked));
    assert_eq!(simulator(&world).own_mails("anew@fabrikam.com").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_block_is_told_by_its_text_and_ends_when_a_person_says_so() {
    let world = able(WorldConfig::default()).await;
    simulator(&world).update_settings(|settings| settings.policy.suspicious_activity_block = true);
    tell(&world, &[Act::Declare("")], "one", &[]).await;
    let said = until_reason(&world, "one", "InvitationsBlocked").await;
    assert!(said.contains("Microsoft support") && said.contains("guestlist.dev/resume"), "{said}");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(posts(&world, "one@fabrikam.com").len(), 1, "nothing is tried while it lasts");
    simulator(&world).update_settings(|settings| settings.policy.suspicious_activity_block = false);
    world.kubectl(&["annotate", "etenant", "default", "guestlist.dev/resume=1"]).await.unwrap();
    invited(&world, "one", 1).await;
    assert_eq!(mails(&world, "one@fabrikam.com"), 1);
    let one = world.get(&named("one")).await.unwrap();
    assert_eq!(condition(&one, "Ready").0, "True");
}
