//! What a life counts and prints: what was done, what came of it, and what it cost. Nothing here is judged.

use std::collections::BTreeMap;

use super::history::History;
use super::log::Log;
use super::oracle::life::{Call, Life, Worked};
use super::oracle::{Cause, Verdict};
use super::replicas::Replicas;
use super::rest::{Rest, WATCHED};
use testbed::stories::simulator;
use testbed::world::World;

/// Prints all counts.
pub fn print(
    world: &World,
    life: &Life,
    log: &Log,
    verdict: &Verdict,
    rest: &Rest,
    history: &History,
    replicas: &Replicas,
) {
    let done: Vec<String> = log.done.iter().map(|(what, count)| format!("{count} {what}")).collect();
    println!("lives: {} people, {} claims; {}", life.guests.len(), life.claims.len(), done.join(", "));

    let of = |cause: Cause| verdict.causes.iter().filter(|other| **other == cause).count();
    let (unasked, asked, reminders) = (of(Cause::Unasked), of(Cause::Asked), of(Cause::Reminder));
    let mut worked: BTreeMap<&str, usize> = BTreeMap::new();
    for request in life.requests.iter().filter(|request| request.worked == Worked::Yes) {
        let kind = match &request.call {
            Call::Delete { .. } => "deleted",
            Call::Enable { enabled: false, .. } => "disabled",
            Call::Enable { .. } => "enabled again",
            Call::Restore { .. } => "restored",
            Call::Leave { .. } => "taken out of groups",
            _ => continue,
        };
        *worked.entry(kind).or_default() += 1;
    }
    let ends: Vec<String> = worked.iter().map(|(what, count)| format!("{count} {what}")).collect();
    println!(
        "lives: {} mails ({unasked} unasked, {asked} asked for, {reminders} reminders); {}",
        life.mails.len(),
        ends.join(", ")
    );

    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    for told in &life.end.told {
        *states.entry(format!("{} ({})", told.state, told.reason)).or_default() += 1;
    }
    let states: Vec<String> = states.iter().map(|(state, count)| format!("{count} {state}")).collect();
    println!("lives: in the end {}", states.join(", "));

    let writes = history.writes();
    let [(claim, of_claim), (guest, of_guest)] = history.most_written();
    let per = |count: usize, of: usize| count as f64 / of.max(1) as f64;
    let calls = simulator(world)
        .journal()
        .iter()
        .filter(|entry| matches!(entry, entra_simulator::Entry::Request(request) if !request.in_batch))
        .count();
    println!(
        "lives: {:.1} calls of Graph a person, {:.1} versions a Guest (the most: {of_guest}, {guest}), {:.1} versions a claim (the most: {of_claim}, {claim})",
        per(calls, life.guests.len()),
        per(writes.guests, life.guests.len()),
        per(writes.claims, life.claims.len())
    );
    let puts: Vec<_> = world.effects.list().into_iter().filter(|effect| effect.port == "kube").collect();
    let refused = puts.iter().filter(|effect| effect.status == Some(409)).count();
    println!(
        "lives: {} requests to write a Guest, {refused} of them in vain because somebody else had written",
        puts.len()
    );
    println!(
        "lives: at rest for {} s: {} sweeps with {} calls, {} other things; {} processes",
        WATCHED.as_secs(),
        rest.sweeps,
        rest.calls,
        rest.unrest.len(),
        replicas.started
    );
}
