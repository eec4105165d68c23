//! Random lives: people of twenty teams declare, change, move, forge and take away GuestInvitations for hundreds of guests, some of
//! whom the directory knew before; others change the directory; the rules change; and all that can break does, two replicas of the
//! operator among it, in an order that a seed decides. Afterwards an oracle, which shares no code with the operator, judges all that was witnessed.
//!
//! `GUESTLIST_LIVES` is how many seconds a life lasts (50), `GUESTLIST_PEOPLE` how many people are in it, `GUESTLIST_SEED` repeats one, and
//! `GUESTLIST_SEED=any` draws one. The timing of the machine decides with the seed what comes of a life, so the same seed may find something only now
//! and then.

mod acts;
mod counts;
mod footprint;
mod history;
mod log;
mod oracle;
mod read;
mod replicas;
mod rest;
mod script;
mod spec;
mod trouble;
mod witness;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::json;
use testbed::stories::{ALL, allowed, connected, quick, smtp, world};
use testbed::world::{TenantManifest, World, WorldConfig};

use acts::People;
use footprint::Footprint;
use history::History;
use log::{Clock, Log};
use oracle::Verdict;
use oracle::life::{Life, Rules};
use replicas::Replicas;
use script::{Size, Step, script};
use trouble::Troubles;

/// How long a life lasts if nobody says, in seconds.
const SHORT: u64 = 50;

/// The life that every run of the tests lives.
const SEED: u64 = 17;

/// From this length on a life has a second half in which the leader lives on, so that what it gathers can be measured.
const LONG: u64 = 300;

/// How far Graph's clock is behind: what is sent now was sent two hours ago.
const GRAPH_IS_BEHIND: i64 = 7_200;

#[tokio::test(flavor = "multi_thread")]
async fn random_lives_lose_and_double_nothing_and_end_nobody_who_is_not_theirs() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let lasts = number("GUESTLIST_LIVES").unwrap_or(SHORT);
    let seed = match std::env::var("GUESTLIST_SEED").as_deref() {
        Ok("any") => fastrand::u64(..),
        _ => number("GUESTLIST_SEED").unwrap_or(SEED),
    };
    let size = size(lasts, number("GUESTLIST_PEOPLE"));
    println!(
        "lives: {lasts} s, {} people, {} acts, seed {seed} (GUESTLIST_SEED={seed} repeats it)",
        size.people, size.acts
    );
    let script = script(seed, size);

    let world = world_of_lives(size.long).await;
    let mut log = Log::new(Clock::starts(GRAPH_IS_BEHIND));
    let history = History::start(&world.plane.admin_client(), log.clock);
    let began = log.clock.now();
    world.apply_tenant(&tenant(&world)).await.unwrap();
    log.rules.push(log.since(began), Rules::open());
    let mut people = People::arrive(&world, &script.people, &mut log).await;
    let mut replicas = Replicas::start(&world);
    connected(&world).await;

    let mut troubles = Troubles::default();
    let pace = Duration::from_secs(lasts) / u32::try_from(script.steps.len().max(1)).unwrap();
    let mut next = Instant::now();
    let mut half = None;
    let mut left_out = 0;
    let late = Instant::now() + Duration::from_secs(lasts) * 2;
    for step in &script.steps {
        // A machine that is too busy for all of it tells a shorter story.
        if Instant::now() > late && *step != Step::Rest {
            left_out += 1;
            continue;
        }
        match step {
            Step::Act(act) => people.carry_out(act, &mut log).await,
            Step::Trouble(trouble) => troubles.begin(trouble, &world, &mut replicas, &mut log),
            Step::Rest => {
                troubles.mend(true, &world, &mut replicas, &mut log);
                let open = rest::come(&world, &history, &mut replicas, Duration::from_secs(lasts / 4)).await;
                assert!(open.is_empty(), "not at rest between the halves:\n{}", open.join("\n"));
                half = Some(Footprint::of(&*replicas.led(&world).await));
                next = Instant::now();
            }
        }
        troubles.mend(false, &world, &mut replicas, &mut log);
        replicas.keep_two(&world);
        next += pace;
        tokio::time::sleep_until(next.into()).await;
    }
    println!("lives: {left_out} of {} steps left out for want of time", script.steps.len());
    troubles.mend(true, &world, &mut replicas, &mut log);
    let open = rest::come(&world, &history, &mut replicas, Duration::from_secs(lasts / 4)).await;
    let mut rest = rest::stays(&world, &history).await;
    rest.unrest.extend(open);

    let life = witness::life(&world, &history, &log, rest.unrest.clone()).await;
    let verdict = oracle::judge(&life);
    counts::print(&world, &life, &log, &verdict, &rest, &history, &replicas);
    if !verdict.wrong.is_empty() {
        let path = world.keep().join("accounts.txt");
        std::fs::write(&path, accounts(&life, &verdict)).unwrap();
        let all = json!({"claims": witness::claims(&world).await, "guests": witness::guests(&world).await});
        std::fs::write(path.with_file_name("in-the-end.json"), format!("{all:#}")).unwrap();
        let wrong: Vec<String> = verdict.wrong.iter().map(ToString::to_string).collect();
        let (count, path, wrong) = (wrong.len(), path.display(), wrong.join("\n"));
        panic!("seed {seed}: {count} things are wrong, and {path} has the story of each:\n{wrong}");
    }
    rest::keeps_kstatus(&world).await;
    if let Some(half) = half {
        half.has_not_grown(Footprint::of(&*replicas.led(&world).await));
    }
}

/// The story of everybody with whom something is wrong.
fn accounts(life: &Life, verdict: &Verdict) -> String {
    let addresses: BTreeSet<&str> = verdict.wrong.iter().map(|wrong| wrong.address.as_str()).collect();
    let stories = addresses.iter().map(|address| format!("{address}\n{}\n", oracle::account(life, address)));
    stories.collect::<Vec<_>>().join("\n")
}

/// So many people as an hour has 5,000, if nobody says. A short life has more acts for each, so that something comes of them.
fn size(lasts: u64, people: Option<u64>) -> Size {
    let of_this_length = usize::try_from(lasts).unwrap() * 5_000 / 3_600;
    let people = people.map_or(of_this_length.max(100), |people| usize::try_from(people).unwrap());
    let long = lasts >= LONG;
    Size { people, acts: (of_this_length * 9 / 5).max(400), kills: if long { 150 } else { 110 }, long }
}

/// Everything that a life needs, and the operator not yet at work.
async fn world_of_lives(long: bool) -> World {
    let mut entra = allowed(&ALL);
    entra.smtp = Some("127.0.0.1:0".parse().unwrap());
    entra.settings.clock_offset_seconds = -GRAPH_IS_BEHIND;
    let operator_args = quick().into_iter().chain(replicas::arguments(long)).collect();
    world(WorldConfig {
        entra: Some(entra),
        tenant: None,
        operator: false,
        operator_args,
        operator_env: std::env::var("RUST_LOG").map(|level| ("RUST_LOG".to_owned(), level)).into_iter().collect(),
        interposed: true,
        counted: |path| path.contains("/guests"),
        ..Default::default()
    })
    .await
}

fn tenant(world: &World) -> TenantManifest {
    let more = json!({"access": acts::access(&Rules::open()), "mail": {"smtp": smtp(world)}, "pacing": {"endsPerHour": 100_000}});
    // Few at a time: each of many decisions at once would become too old on a busy machine.
    TenantManifest { per_minute: 600, burst: 6, more, ..Default::default() }
}
