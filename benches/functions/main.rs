//! What the operator runs for every guest: the decision, the mirror of the directory, and the index. Nothing here waits for anybody.
//! `make bench ONLY=functions` prints how long each takes.

// A failed expectation ends the run, as in a test.
#![allow(clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use guestlist::api::{Address, Guest, GuestInvitation, GuestUser, Origin, Redemption};
use guestlist::directory::Mirror;
use guestlist::plan::{Bond, Decision, Desired, DirectoryUser, Observed, Record, Timing, UserView, plan, verdict};
use guestlist::store::{Index, ObjectKey};
use jiff::Timestamp;
use serde_json::json;

/// How many guests the index and the mirror have.
const GUESTS: usize = 20_000;

/// How many users there are on a page of a listing.
const IN_PAGE: usize = 999;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    decide(&mut criterion);
    mirror(&mut criterion);
    index(&mut criterion);
    criterion.final_summary();
}

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn user(n: usize) -> DirectoryUser {
    DirectoryUser {
        external_state: Some("Accepted".into()),
        external_state_since: Some(now()),
        is_guest: true,
        ..DirectoryUser::new(format!("00000000-0000-0000-0000-{n:012}"))
    }
}

/// The decision for a guest of whom nothing is known, and for one who has accepted; and what is told of the latter.
fn decide(criterion: &mut Criterion) {
    let desired = Desired::new(Address::new("guest@example.com"));
    let timing = Timing::default();
    let user = user(1);
    let (new, nobody) = (Record::default(), Observed::idle());
    let settled = Record {
        bond: Bond::Owns,
        guest: Some(GuestUser::new(user.id.clone(), Origin::Invited)),
        redemption: Some(Redemption {
            state: Some("Accepted".into()),
            changed_at: Some(now()),
            identity_provider: None,
        }),
        ..Record::default()
    };
    let seen = Observed { user: UserView::Found(user), ..Observed::idle() };
    let mut group = criterion.benchmark_group("plan");
    for (name, record, observed) in [("new", &new, &nobody), ("settled", &settled, &seen)] {
        let decision = Decision { desired: &desired, record, observed, now: now(), timing: &timing };
        group.bench_function(name, |bench| bench.iter(|| black_box(plan(black_box(decision)))));
    }
    let why = guestlist::plan::Why::Accepted { enabled: true };
    group.bench_function("verdict", |bench| bench.iter(|| black_box(verdict(&desired, &settled, black_box(&why)))));
    group.finish();
}

/// A page of a sweep that shows no change, and a look at one guest.
fn mirror(criterion: &mut Criterion) {
    let users: Vec<DirectoryUser> = (0..GUESTS).map(user).collect();
    let mut mirror = Mirror::default();
    for user in &users {
        mirror.put(&user.id, Some(user));
    }
    let mut group = criterion.benchmark_group("mirror");
    group.bench_function("page", |bench| {
        bench.iter(|| users[..IN_PAGE].iter().filter(|user| mirror.put(&user.id, Some(user))).count());
    });
    group.bench_function("view", |bench| bench.iter(|| black_box(mirror.view(black_box(&users[IN_PAGE].id)))));
    group.finish();
}

fn claim(n: usize, version: usize) -> GuestInvitation {
    let (name, namespace) = (format!("guest-{n}"), format!("team-{}", n % 100));
    let claim = json!({
        "apiVersion": "guestlist.dev/v1alpha1",
        "kind": "GuestInvitation",
        "metadata": {"name": name, "namespace": namespace, "uid": format!("claim-{n}"), "resourceVersion": version.to_string(), "creationTimestamp": "2026-11-22T10:00:00Z"},
        "spec": {"email": format!("guest{n}@example.com")},
    });
    serde_json::from_value(claim).unwrap()
}

fn guest(n: usize, version: usize) -> Guest {
    let owner =
        json!({"namespace": format!("team-{}", n % 100), "name": format!("guest-{n}"), "uid": format!("claim-{n}")});
    let guest = json!({
        "apiVersion": "guestlist.dev/v1alpha1",
        "kind": "Guest",
        "metadata": {"name": format!("guest{n}"), "uid": format!("guest-{n}"), "resourceVersion": version.to_string()},
        "record": {
            "tenantId": "t", "email": format!("guest{n}@example.com"), "tenant": "default", "state": "Invited",
            "user": {"id": user(n).id, "origin": "Invited"}, "owner": owner, "claims": [owner],
        },
    });
    serde_json::from_value(guest).unwrap()
}

/// A version of an object that comes in, and the questions of a pass.
fn index(criterion: &mut Criterion) {
    let mut index = Index::default();
    for n in 0..GUESTS {
        let _ = index.put(&claim(n, 1));
        let _ = index.put_guest(&guest(n, 1));
    }
    let mut version = 1;
    let mut group = criterion.benchmark_group("index");
    group.bench_function("take in a claim", |bench| {
        let next = || {
            version += 1;
            claim(version % GUESTS, version)
        };
        bench.iter_batched(next, |claim| black_box(index.put(&claim)), BatchSize::SmallInput);
    });
    group.bench_function("take in a Guest", |bench| {
        let next = || {
            version += 1;
            guest(version % GUESTS, version)
        };
        bench.iter_batched(next, |guest| black_box(index.put_guest(&guest)), BatchSize::SmallInput);
    });
    let place = ObjectKey { namespace: "team-7".into(), name: "guest-7".into() };
    group.bench_function("a claim and its Guest", |bench| {
        bench.iter(|| black_box((index.claims().get(&place), index.people().of_claim("claim-7"))));
    });
    group.bench_function("a user's Guests", |bench| bench.iter(|| black_box(index.people().of_user("t", &user(7).id))));
    group.finish();
}
