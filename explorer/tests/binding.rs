//! Two addresses of one user have two Guests, and one of them acts.

use explorer::binding::{BindingFinding, explore_binding};

#[test]
fn of_two_guests_of_one_user_the_older_one_acts() {
    let (states, finding) = explore_binding(true);
    println!("explored {states} states");
    assert!(finding.is_none(), "{finding:?}");
    assert!(states > 1_000, "the model has lost its moves: only {states} states");
}

#[test]
fn without_a_last_look_at_the_guests_of_a_user_a_person_of_another_is_ended() {
    let (states, finding) = explore_binding(false);
    let (finding, trace) = finding.expect("the explorer notices that a step is missing");
    println!("{finding:?} after {states} states, by {trace:?}");
    assert_eq!(finding, BindingFinding::EndedTheOthers, "{trace:?}");
}
