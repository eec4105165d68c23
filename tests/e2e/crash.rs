//! The operator killed with SIGKILL at each write of an invite: before it leaves, after its work is done, after its answer.
//! The points are enumerated from a run without a crash; each ends with one mail in the journal.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use testbed::interposer::Moment;
use testbed::world::WorldConfig;

use crate::common::{SOON, connected, guest, kstatus, mails, named, one_mail, posts, quick, state, world};

/// The writes of an invite: the guest's status at the API server, the invitation at Graph.
fn of_an_invite(path: &str) -> bool {
    path.contains("/guestinvitations/") || path.contains("/invitations")
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_each_write_of_an_invite_one_mail_leaves() {
    killed_at(Moment::Before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_the_work_and_the_answer_of_each_write_one_mail_leaves() {
    killed_at(Moment::AfterWork).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_each_write_of_an_invite_one_mail_leaves() {
    killed_at(Moment::AfterAnswer).await;
}

fn at_rest(guest: &Value) -> bool {
    guest["status"]["redemption"]["state"] == "PendingAcceptance"
}

async fn killed_at(moment: Moment) {
    let config = WorldConfig { interposed: true, counted: of_an_invite, operator_args: quick(), ..Default::default() };
    let world = world(config).await;
    connected(&world).await;

    // The run without a crash says which writes there are.
    world.apply(&guest("calm", "calm@fabrikam.com", "")).await.unwrap();
    world.wait_for(&named("calm"), "be followed", at_rest, SOON).await.unwrap();
    let writes = world.effects.list();
    assert!(writes.iter().any(|write| write.port == "graph"), "{writes:?}");
    assert_eq!(mails(&world, "calm@fabrikam.com"), 1);

    for seq in 1..=writes.len() {
        let name = format!("p{seq}");
        let address = format!("{name}@fabrikam.com");
        let operator = world.operator().unwrap();
        world.effects.reset();
        let (killed, told) = tokio::sync::oneshot::channel();
        let killed = std::sync::Mutex::new(Some(killed));
        let victim = Arc::clone(&operator);
        world.effects.at(seq, moment, move |_| {
            let victim = Arc::clone(&victim);
            let killed = killed.lock().unwrap().take();
            async move {
                victim.kill();
                let _ = killed.map(|killed| killed.send(()));
            }
        });
        world.apply(&guest(&name, &address, "")).await.unwrap();
        tokio::time::timeout(SOON, told).await.expect("the point is reached").unwrap();
        operator.wait().await;
        world.effects.disarm();
        world.start_operator().unwrap();

        let settled = |guest: &Value| {
            let invitation = &guest["status"]["invitation"];
            state(guest) == "Invited" && invitation["attempt"].is_null() && invitation["sent"] == 1 && at_rest(guest)
        };
        let guest = world.wait_for(&named(&name), "settle", settled, Duration::from_secs(90)).await.unwrap();
        kstatus(&guest);
        let owed = one_mail(&posts(&world, &address));
        assert_eq!(mails(&world, &address), owed, "{moment:?} write {seq} ({})", writes[seq - 1]);
    }
    println!("killed at {} points ({moment:?}), one mail each:", writes.len());
    writes.iter().for_each(|write| println!("  {} {} {}", write.port, write.method, write.path));
}
