//! Thousands of resources from the schema: taken, with one rule broken, and wild. Each is refused with a sentence or is the
//! operator's to handle.

use std::collections::BTreeMap;
use std::time::Instant;

use fastrand::Rng;
use futures::StreamExt;
use futures::stream::iter;
use guestlist::api::{EntraTenant, GuestInvitation, GuestList, GuestListStatus};
use serde_json::Value;
use testbed::World;

use crate::breaks::{self, Broken};
use crate::choices::{Choices, random};
use crate::definitions::{rng, schema};
use crate::generate::valid;
use crate::handled;
use crate::requests::{Answer, alone, ask, object, path};

const GUESTS: usize = 10_000;
const OTHERS: usize = 600;
const IN_FLIGHT: usize = 12;

/// What is in a refusal that no person can make sense of, or that is the API server's own trouble.
const NO_SENTENCE: [&str; 8] = [
    "nternal error",
    "panic",
    "cost",
    "budget",
    "no such overload",
    "no such key",
    "did not match a supported",
    // A regular expression is no sentence.
    "should match",
];

/// One resource to ask for.
struct Case {
    object: Value,
    expected: Expected,
}

enum Expected {
    Taken,
    Refused(Broken),
    Either,
}

fn cases(kind: &str, count: usize, rng: &mut Rng) -> Vec<Case> {
    let spec = schema(kind, "spec");
    let names = breaks::names(&spec);
    (0..count).map(|n| case(kind, n, &spec, &names, rng)).collect()
}

fn case(kind: &str, n: usize, schema: &Value, names: &[String], rng: &mut Rng) -> Case {
    let bytes = random(rng, 600);
    let choices = &mut Choices::of(&bytes);
    let mut spec = valid(schema, "spec", choices);
    let expected = match n % 5 {
        0 => Expected::Taken,
        1 => {
            breaks::as_fractions(&mut spec);
            Expected::Taken
        }
        2 | 3 => Expected::Refused(breaks::one(schema, "spec", &mut spec, choices)),
        _ if choices.one_in(4) => {
            spec = breaks::wild(names, choices, 0);
            Expected::Either
        }
        _ => {
            breaks::spoil(names, &mut spec, choices);
            Expected::Either
        }
    };
    Case { object: object(kind, &format!("case-{n}"), spec), expected }
}

#[derive(Debug, Default)]
struct Tally {
    taken: usize,
    refused: usize,
    by_rule: BTreeMap<String, usize>,
}

/// Asks the API server for each, as kubectl does where a rule is broken, and otherwise as a client that does not mind what
/// is dropped. What it takes is given to `handle`.
async fn judge(world: &World, kind: &str, cases: &[Case], handle: impl Fn(&Value)) -> Tally {
    let answers = iter(cases).map(|case| {
        let strict = if matches!(case.expected, Expected::Either) { "Ignore" } else { "Strict" };
        let uri = format!("{}?dryRun=All&fieldManager=somebody&fieldValidation={strict}", path(kind));
        async move { ask(world, "POST", &uri, "application/json", &case.object).await }
    });
    let answers: Vec<Answer> = answers.buffered(IN_FLIGHT).collect().await;
    let mut tally = Tally::default();
    for (case, answer) in cases.iter().zip(answers) {
        let (said, spec) = (answer.said(), &case.object["spec"]);
        match answer.code {
            201 => {
                tally.taken += 1;
                assert!(answer.warnings.is_empty(), "{:?} {spec}", answer.warnings);
                handle(&answer.body);
            }
            400 | 422 => {
                tally.refused += 1;
                let sense = !said.is_empty() && !NO_SENTENCE.iter().any(|sign| said.contains(sign));
                assert!(sense, "no sentence: {said}\n{spec}");
            }
            code => panic!("HTTP {code}: {said}\n{spec}"),
        }
        match &case.expected {
            Expected::Taken => assert_eq!(answer.code, 201, "{said}\n{spec}"),
            Expected::Refused(broken) => {
                assert_ne!(answer.code, 201, "{broken:?} was taken\n{spec}");
                assert!(said.contains(&broken.field), "{broken:?} is not named: {said}\n{spec}");
                *tally.by_rule.entry(broken.what.clone()).or_default() += 1;
            }
            Expected::Either => {}
        }
    }
    tally
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_guests_are_refused_with_a_sentence_or_handled() {
    let mut rng = rng("schema, guests");
    let world = alone().await;
    let began = Instant::now();
    let cases = cases("GuestInvitation", GUESTS, &mut rng);
    let tally = judge(&world, "GuestInvitation", &cases, |object| {
        let guest: GuestInvitation = serde_json::from_value(object.clone())
            .unwrap_or_else(|error| panic!("taken by the API server and not readable: {error}\n{object}"));
        handled::guest(&guest);
    })
    .await;
    println!("{GUESTS} GuestInvitations in {:.1} s: {tally:?}", began.elapsed().as_secs_f64());
    assert!(tally.taken > GUESTS / 3 && tally.refused > GUESTS / 3, "{tally:?}");
    assert!(tally.by_rule.len() >= 10, "few kinds of rules were broken: {tally:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn so_are_tenants_and_lists() {
    let mut rng = rng("schema, tenants and lists");
    let world = alone().await;
    let began = Instant::now();
    let tenants = cases("EntraTenant", OTHERS, &mut rng);
    let of_tenants = judge(&world, "EntraTenant", &tenants, |object| {
        let tenant: EntraTenant = serde_json::from_value(object.clone())
            .unwrap_or_else(|error| panic!("taken by the API server and not readable: {error}\n{object}"));
        assert!(tenant.spec.credentials.kind().is_some(), "exactly one kind of credentials: {object}");
        tenant.spec.sweep.every.length().unwrap();
        tenant.spec.sweep.settled_every.length().unwrap();
    })
    .await;
    let lists = cases("GuestList", OTHERS, &mut rng);
    let of_lists = judge(&world, "GuestList", &lists, |object| {
        let list: GuestList = serde_json::from_value(object.clone())
            .unwrap_or_else(|error| panic!("taken by the API server and not readable: {error}\n{object}"));
        assert_eq!(list.status, Some(GuestListStatus { observed_generation: Some(-1), ..Default::default() }));
        assert!(list.spec.guests.iter().all(|entry| !entry.email().is_empty()), "{object}");
    })
    .await;
    let seconds = began.elapsed().as_secs_f64();
    println!("{OTHERS} EntraTenants and {OTHERS} GuestLists in {seconds:.1} s: {of_tenants:?} {of_lists:?}");
    for tally in [of_tenants, of_lists] {
        assert!(tally.taken > OTHERS / 3 && tally.refused > OTHERS / 3, "{tally:?}");
    }
}

/// Times as people and programs write them, some of them none.
const ODD_TIMES: [&str; 24] = [
    "9999-12-30T21:59:59Z",
    "9999-12-31T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "9999-12-31T23:59:59-23:59",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "10000-01-01T00:00:00Z",
    "-0001-01-01T00:00:00Z",
    "2030-06-30T23:59:60Z",
    "2030-02-30T00:00:00Z",
    "2030-02-29T00:00:00Z",
    "2030-00-10T00:00:00Z",
    "2030-06-01t12:00:00z",
    "2030-06-01 12:00:00Z",
    "2030-06-01T12:00:00",
    "2030-06-01T12:00Z",
    "2030-06-01T24:00:00Z",
    "2030-06-01T12:00:00+99:99",
    "2030-06-01T12:00:00+24:00",
    "2030-06-01T12:00:00-25:59",
    "2030-06-01T12:00:00.1234567890123456789Z",
    "2030-06-01T12:00:00,5Z",
    "2030-06-01T12:00:00x5Z",
    "2030-06-01T12:00:00.Z",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_is_taken_can_be_read() {
    let world = alone().await;
    let mut taken = Vec::new();
    for time in ODD_TIMES {
        let spec = serde_json::json!({"email": "bob@fabrikam.com", "accessUntil": time});
        let uri = format!("{}?dryRun=All", path("GuestInvitation"));
        let answer = ask(&world, "POST", &uri, "application/json", &object("GuestInvitation", "odd", spec)).await;
        match answer.code {
            201 => {
                let read = serde_json::from_value::<GuestInvitation>(answer.body.clone());
                assert!(read.is_ok(), "{time} is taken and not readable: {read:?}");
                taken.push(time);
            }
            code => assert!(code == 422 && answer.said().contains("accessUntil"), "{time}: {code} {}", answer.said()),
        }
    }
    println!("schema, times: {} of {} are taken: {taken:?}", taken.len(), ODD_TIMES.len());
}
