//! A thousand random acts of three editors and an approver, each with the roles of the chart in their own namespaces and nothing more:
//! they declare, edit, forge and delete whatever they like, for people of their own domains, of each other's and of nobody's. It is
//! played once with the admission policies and once without, where the operator alone keeps the rules. Then a judge who shares no code with the
//! operator says whether anybody was changed, mailed, ended or joined to a group whom no rule gave.
//!
//! `GUESTLIST_SEED` repeats a run.

mod acts;
mod judge;
mod scene;
mod script;
mod witness;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use entra_simulator::Entry;
use fastrand::Rng;
use testbed::stories::{TENANT, simulator};
use testbed::world::World;

use acts::Actors;
use scene::FINANCE;
use witness::Witness;

/// How many acts there are.
const ACTS: usize = 1_000;

/// How long nothing may have been asked of Graph but to read before all counts as done.
const QUIET: Duration = Duration::from_secs(5);

/// How long that may take.
const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn editors_touch_nobody_whom_their_rules_do_not_give_them() {
    acts_of_editors(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_where_the_operator_alone_keeps_the_rules() {
    acts_of_editors(false).await;
}

async fn acts_of_editors(policies: bool) {
    let seed =
        std::env::var("GUESTLIST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
    println!("editors: {ACTS} acts, admission policies: {policies}, seed {seed} (GUESTLIST_SEED={seed} repeats it)");
    let world = scene::world(policies).await;
    let finance = members(&world);
    let witness = Witness::start(&world);
    let mut actors = Actors::arrive(&world).await;
    for act in script::script(&mut Rng::with_seed(seed), ACTS) {
        actors.carry_out(&act).await;
    }
    until_quiet(&world).await;

    let facts = witness.facts(&world, &actors.approvals);
    let counts = judge::counts(&facts);
    println!("editors: {:?}", actors.done);
    println!(
        "editors: {} versions, {} approvals; asked of Graph: {counts:?}",
        facts.versions.len(),
        facts.approvals.len()
    );
    let mut wrong = judge::judge(&facts);
    wrong.extend(
        witness.touched(&world).into_iter().map(|user| format!("{user} is not as before, and nobody named them")),
    );
    let joined = members(&world).into_iter().filter(|member| !finance.contains(member));
    wrong.extend(joined.map(|member| format!("{member} has joined {FINANCE}")));
    assert!(wrong.is_empty(), "seed {seed}: {} things are wrong:\n{}", wrong.len(), wrong.join("\n"));
    is_not_idle(&actors.done, &counts, policies);
}

fn members(world: &World) -> Vec<String> {
    simulator(world).members(TENANT, FINANCE).into_iter().map(|member| member.user_principal_name).collect()
}

/// Waits until the operator asks Graph for nothing more.
async fn until_quiet(world: &World) {
    let began = Instant::now();
    let last = || {
        let journal = simulator(world).journal();
        let mut writes = journal.iter().filter(|entry| match entry {
            Entry::Request(request) => !witness::READS.contains(&request.operation.as_str()),
            Entry::Mail(_) => true,
        });
        writes.next_back().map(Entry::seq)
    };
    let (mut seen, mut since) = (last(), Instant::now());
    while since.elapsed() < QUIET && began.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = last();
        if now != seen {
            (seen, since) = (now, Instant::now());
        }
    }
}

/// A run in which nothing happened shows nothing.
fn is_not_idle(done: &BTreeMap<String, usize>, counts: &BTreeMap<&str, usize>, policies: bool) {
    let least = [("invitations with a mail", 10), ("changes of a user", 5), ("joined", 5), ("mails", 10)];
    for (what, least) in least {
        let count = counts.get(what).copied().unwrap_or_default();
        assert!(count >= least, "{count} {what}: {counts:?}");
    }
    let ends = ["deleted", "disabled or enabled"].map(|end| counts.get(end).copied().unwrap_or_default());
    assert!(ends.iter().sum::<usize>() > 0, "{counts:?}");
    // What a policy refuses is 422 or 403.
    let refused = done.get("declared: 422").copied().unwrap_or_default();
    assert!(!policies || refused > 20, "{done:?}");
}
