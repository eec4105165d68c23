//! Waits until all is at rest, and then looks whether it stays so.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use entra_simulator::Entry;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use testbed::stories::{condition, is_current, kstatus, simulator};
use testbed::world::World;

use super::history::History;
use super::replicas::Replicas;
use super::{GRAPH_IS_BEHIND, read, witness};

/// How long nothing may have been written before all counts as at rest.
const QUIET: Duration = Duration::from_secs(4);

/// How long it is watched then: some sweeps.
pub const WATCHED: Duration = Duration::from_secs(6);

/// How long the operator may take to come to rest: longer than it waits for anything in these worlds.
const PATIENCE: Duration = Duration::from_secs(150);

/// What a sweep asks: a page of all guests, those whom it does not show, the members of their groups, their sponsors, and now and then a token.
const SWEEPS: [&str; 6] = ["listUsers", "batch", "getUser", "listMembers", "listSponsors", "token"];

/// What it asks for many at once; by itself it is asked for a claim.
const IN_BATCH: [&str; 2] = ["getUser", "listSponsors"];

/// Waits until nothing is open, nothing goes on, nothing is about to be due, and nobody writes. What is not so after a long time.
pub async fn come(world: &World, history: &History, replicas: &mut Replicas, longest: Duration) -> Vec<String> {
    let deadline = Instant::now() + PATIENCE.max(longest);
    loop {
        replicas.keep_two(world);
        let mut open = open(world).await;
        let writes = history.quiet_for() < QUIET;
        if open.is_empty() && !writes {
            return open;
        }
        if Instant::now() >= deadline {
            let lately = Instant::now().checked_sub(QUIET * 5).unwrap_or_else(Instant::now);
            open.extend(writes.then(|| format!("somebody writes: {}", history.written_since(lately).join(", "))));
            return open;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// What is not at rest.
async fn open(world: &World) -> Vec<String> {
    let mut open = Vec::new();
    // Whose claim is held waits with what is under way.
    let mut held_claims = HashSet::new();
    for claim in witness::claims(world).await {
        let (ready, reason, message) = condition(&claim, "Ready");
        let held = ["Suspended", "NotAllowed", "DuplicateAddress"].contains(&reason.as_str());
        if held {
            held_claims.insert(claim["metadata"]["uid"].clone());
        }
        let due = ["/spec/accessUntil", "/status/invitation/nextSendAt"].iter().any(|at| is_soon(time(&claim, at)));
        let due = due || is_soon(expires_at(&claim));
        let waits = !claim["metadata"]["deletionTimestamp"].is_null()
            || condition(&claim, "Reconciling").0 == "True"
            || (!claim["status"]["invitation"]["attempt"].is_null() && !held);
        if waits || ready.is_empty() || !is_current(&claim) || (due && reason != "Suspended") {
            let (namespace, name) = (&claim["metadata"]["namespace"], &claim["metadata"]["name"]);
            open.push(format!("{namespace}/{name} of {}: {reason} {message}", claim["spec"]["email"]));
        }
    }
    for guest in witness::guests(world).await {
        let record = &guest["record"];
        let under_way = !record["invitation"]["attempt"].is_null() || !record["ending"].is_null();
        // What was begun for a claim that vanished waits for somebody to decide.
        let waits = record["state"] == "Ownerless" || held_claims.contains(&record["owner"]["uid"]);
        if under_way && !waits {
            open.push(format!("the Guest of {}: {record}", record["email"]));
        }
    }
    open
}

fn time(claim: &Value, at: &str) -> Option<Timestamp> {
    claim.pointer(at).and_then(Value::as_str).and_then(|at| at.parse::<Timestamp>().ok())
}

/// When a guest who has not accepted expires, as far as the claim tells: so long after they became pending, and after it was made.
fn expires_at(claim: &Value) -> Option<Timestamp> {
    let after = claim["spec"]["expiresAfter"].as_str().map(read::span)?;
    let graphs = ["/status/redemption/changedAt", "/status/invitation/lastSentAt"].map(|at| time(claim, at));
    let behind = SignedDuration::from_secs(GRAPH_IS_BEHIND);
    let pending = graphs.into_iter().flatten().max().and_then(|at| at.checked_add(behind).ok());
    let since = pending.max(time(claim, "/metadata/creationTimestamp"))?;
    since
        .checked_add(SignedDuration::from_millis(after))
        .ok()
        .filter(|_| claim.pointer("/status/redemption/state").is_none_or(|state| state == "PendingAcceptance"))
}

/// Whether a time lies ahead, and within some minutes, or was a moment ago, so that what is due then may not have begun.
fn is_soon(at: Option<Timestamp>) -> bool {
    at.is_some_and(|at| {
        let left = at.duration_since(Timestamp::now()).as_secs_f64();
        (-QUIET.as_secs_f64()..600.0).contains(&left)
    })
}

/// What was counted while all was at rest.
#[derive(Debug, Default)]
pub struct Rest {
    /// How many sweeps there were, and what they asked.
    pub sweeps: usize,
    pub calls: usize,
    /// What there should not have been.
    pub unrest: Vec<String>,
}

/// Watches the rest: nothing is written, and nothing is asked of Graph but by sweeps.
pub async fn stays(world: &World, history: &History) -> Rest {
    let before = Instant::now();
    let last = simulator(world).journal().last().map_or(0, Entry::seq);
    tokio::time::sleep(WATCHED).await;
    let mut rest = Rest::default();
    rest.unrest.extend(history.written_since(before).into_iter().map(|what| format!("a write of {what}")));
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    for entry in simulator(world).journal().iter().filter(|entry| entry.seq() > last) {
        match entry {
            Entry::Mail(mail) => rest.unrest.push(format!("a mail to {}", mail.to)),
            Entry::Request(request) => {
                let query = request.query.as_deref().unwrap_or_default();
                let page = request.operation == "listUsers" && query.contains("creationType");
                // By themselves users are read for a claim.
                let sweep = page || (request.operation != "listUsers" && SWEEPS.contains(&request.operation.as_str()));
                rest.sweeps += usize::from(page && !query.contains("skiptoken"));
                rest.calls += usize::from(!request.in_batch);
                if !sweep || (IN_BATCH.contains(&request.operation.as_str()) && !request.in_batch) {
                    let what = format!("{} of {}?{query} at {}", request.operation, request.path, request.at);
                    *others.entry(what).or_default() += 1;
                }
            }
        }
    }
    rest.unrest.extend(others.iter().map(|(operation, count)| format!("{count} calls of {operation}")));
    rest
}

/// Holds each status against the kstatus rules.
pub async fn keeps_kstatus(world: &World) {
    witness::claims(world).await.iter().for_each(kstatus);
}
