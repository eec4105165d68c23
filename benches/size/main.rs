//! What the operator costs at size: time, processor time, memory, calls of Graph and writes, beside what the same API server and
//! Graph's own quota allow. It prints a table and writes `target/bench.json`.
//!
//! ```text
//! make bench            all of it, up to 100,000 guests: some 25 minutes and 6 GiB
//! make bench QUICK=1    the small sizes only
//! make bench ONLY=rest  one part: invite, rest or redeem
//! ```
//!
//! `make bench ONLY=functions` times single functions instead: `benches/functions`.
//!
//! `BENCH_GUESTS=20000` takes another size for `rest` and `invite`. The operator is the release build, or what `GUESTLIST_BIN` names.

// A measurement that cannot be made ends the run.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod etcd;
mod invite;
mod kubernetes;
mod process;
mod redeem;
mod report;
mod rest;
mod settle;
mod start;

use report::Report;

#[tokio::main]
async fn main() {
    // `cargo bench` hands on `--bench`; with `cargo test --all-targets` nothing is measured.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let quick = std::env::var_os("QUICK").is_some_and(|quick| !quick.is_empty());
    let only = std::env::var("ONLY").unwrap_or_default();
    let chosen = |part: &str| only.is_empty() || only == part;
    let guests = std::env::var("BENCH_GUESTS").ok().and_then(|count| count.parse::<usize>().ok());
    let sizes = |all: &[usize], small: usize| match (guests, quick) {
        (Some(count), _) => vec![count],
        (None, true) => vec![small],
        (None, false) => all.to_vec(),
    };
    let mut report = Report::new();
    if chosen("invite") {
        for count in sizes(&[1_000, 10_000], 1_000) {
            invite::measure(count, &mut report).await;
        }
    }
    if chosen("rest") {
        for count in sizes(&[20_000, 100_000], 5_000) {
            rest::measure(count, &mut report).await;
        }
    }
    if chosen("redeem") {
        redeem::measure(if quick { 20 } else { 100 }, &mut report).await;
    }
    report.write();
}
