//! The witness that holds every exchange against Microsoft's description of Graph: a tour of all operations is valid, every single
//! mutation of it is found, and the end of a simulator that asked or answered wrongly fails the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod mutants;
mod tour;

use std::panic::{AssertUnwindSafe, catch_unwind};

use entra_simulator::{BodyKind, Fault, FaultAction, SeedKind, SeedUser};
use serde_json::json;
use testbed::openapi::{Graph, Witness};

use tour::{Bench, TENANT};

#[tokio::test(flavor = "multi_thread")]
async fn every_mutation_of_a_valid_exchange_is_found() {
    let Some(graph) = Graph::at_hand().unwrap() else { return };
    let seen = tour::of_all_operations().await;
    for kept in &seen {
        assert_eq!(kept.judged(graph), Vec::<String>::new(), "{kept:?}");
    }
    let mut mutants = 0;
    for kept in &seen {
        for (what, mutant) in mutants::of(kept) {
            assert!(!mutant.judged(graph).is_empty(), "{what} was not found in {mutant:?}");
            mutants += 1;
        }
    }
    println!("{} exchanges are valid, and each of {mutants} mutations of them is found", seen.len());
    assert!(mutants > 800, "{mutants}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_wrong_fails_the_test_at_the_end() {
    let bench = Bench::new().await;
    let Some(witness) = Witness::of(&bench.sim).unwrap() else { return };
    assert!(Witness::of(&bench.sim).is_err(), "two witnesses of one simulator");
    // Nobody but the script is to blame for its answers.
    let html = FaultAction::Status { code: 502, retry_after: None, body: BodyKind::Html, after_work: false };
    bench.sim.inject(Fault::new("listUsers", html));
    assert_eq!(bench.get("users?$select=id").await.0, 502);
    bench.get("users?$select=id").await;
    assert_eq!(witness.wrong(), "");

    let mut user = SeedUser::new("ann@fabrikam.com", SeedKind::AcceptedGuest);
    user.properties.insert("companyName".into(), json!(7));
    let id = bench.sim.seed(TENANT, user);
    bench.get(&format!("users/{id}?$select=companyName")).await;
    bench.get("userz").await;
    bench.sim.clear_journal();
    for _ in 0..3 {
        bench
            .post("invitations", &json!({"invitedUserEmailAddress": "b@fabrikam.com", "sendInvitationMail": true}))
            .await;
    }
    let said = catch_unwind(AssertUnwindSafe(|| drop(witness))).unwrap_err();
    let said = said.downcast_ref::<String>().unwrap();
    for wrong in [
        "1 x GET /v1.0/userz: no such operation",
        "1 x GET /users/{user-id}: the body of the answer 200 at '/companyName'",
        "3 x POST /invitations: the request's body at '': missing properties 'inviteRedirectUrl'",
        "3 x POST /invitations: the request's body at '': additionalProperties 'sendInvitationMail' not allowed",
    ] {
        assert!(said.contains(wrong), "{wrong} is not in {said}");
    }
}
