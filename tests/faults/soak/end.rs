//! What has to hold at the end.

use std::time::{Duration, Instant};

use kube::api::ListParams;
use serde_json::Value;
use testbed::stories::{TENANT, condition, guests, is_current, kstatus, simulator, state};
use testbed::world::World;

use super::people::{People, address};
use super::trouble::Trouble;

/// Waits until every guest is at rest: nothing open, nothing going on, and the spec that stands is the one that was seen.
pub async fn at_rest(world: &World, people: &People, lasts: Duration) {
    let deadline = Instant::now() + Duration::from_secs(120).max(lasts / 4);
    loop {
        let unrest = unrest(world, people).await;
        if unrest.is_empty() {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "{} are not at rest: {}\n{}",
            unrest.len(),
            unrest[..unrest.len().min(5)].join("\n"),
            world.account_of_it()
        );
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn all(world: &World) -> Vec<Value> {
    let api = guests(world).await;
    let listed = api.list(&ListParams::default()).await.unwrap();
    listed.into_iter().map(|guest| serde_json::to_value(guest).unwrap()).collect()
}

async fn unrest(world: &World, people: &People) -> Vec<String> {
    let guests = all(world).await;
    let mut unrest = Vec::new();
    for guest in &guests {
        let (ready, reason, message) = condition(guest, "Ready");
        let open = !guest["status"]["invitation"]["attempt"].is_null();
        let seen = is_current(guest);
        let going = !guest["metadata"]["deletionTimestamp"].is_null();
        let again = condition(guest, "Reconciling").0 == "True" && reason != "Suspended";
        if open && reason != "Suspended" || !seen || going || again || ready.is_empty() {
            unrest.push(format!(
                "{}: {reason} {message} (attempt open: {open}, seen: {seen}, going: {going})",
                guest["metadata"]["name"]
            ));
        }
    }
    let declared = people.guests.values().filter(|guest| guest.declared).count();
    if guests.len() != declared {
        unrest.push(format!("{} resources stand of {declared}", guests.len()));
    }
    unrest
}

/// Nobody was mailed more often than wanted, nobody who is wanted is missing, and every doubt has a cause.
pub async fn holds(world: &World, people: &People, trouble: &Trouble) {
    let guests = all(world).await;
    let (mut mails, mut unsent, mut states) = (0, 0, std::collections::BTreeMap::new());
    for (name, known) in &people.guests {
        let sent =
            simulator(world).invitation_mails(&address(name)).len() + simulator(world).own_mails(&address(name)).len();
        let journal = || world.entra.as_ref().map(|entra| entra.journal_of(&address(name))).unwrap_or_default();
        assert!(sent <= known.wanted, "{name}: {sent} mails, {} wanted\n{}", known.wanted, journal());
        mails += sent;
        if sent == 0 {
            unsent += 1;
        }
    }
    for guest in &guests {
        kstatus(guest);
        let name = guest["metadata"]["name"].as_str().unwrap();
        let suspended = guest["spec"]["suspend"] == true;
        *states.entry(state(guest).to_owned()).or_insert(0) += 1;
        let known = &people.guests[name];
        let there = simulator(world).user(TENANT, &address(name)).is_some();
        let fine = ["Invited", "Accepted"].contains(&state(guest)) && there;
        assert!(fine || suspended || known.eventful, "{name} is lost: {}", guest["status"]);
    }
    println!("soak: {mails} mails, {unsent} guests without any; states {states:?}");
    // Who was never mailed was held, was gone before, or there is a doubt, each of which some trouble has made.
    let held = guests.iter().filter(|guest| guest["spec"]["suspend"] == true).count();
    let gone = people.guests.values().filter(|guest| guest.eventful || !guest.declared).count();
    assert!(unsent <= held + gone + trouble.count(), "{unsent} guests were never mailed");
}

/// The operator's resident memory, in MB.
pub fn memory(world: &World) -> u64 {
    let pid = world.operator().unwrap().pid();
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or_default() / 1024
}
