//! Tells a story in peace, and then once for every place to be killed at.

use std::sync::Arc;
use std::time::{Duration, Instant};

use testbed::Effect;
use testbed::interposer::Moment;
use testbed::stories::{SOON, patient};
use testbed::world::{World, WorldConfig};

use super::MOMENTS;
use super::picture::Picture;
use super::stories::Story;
use crate::acts::{Act, able, tell};

/// Nothing is written for so long: longer than the time between two sweeps, from which a write may follow.
const REST: Duration = Duration::from_secs(3);

/// What was added is removed twice for so long, because a request to add it may still be under way: two fifths of the settling time of 20 s, and one
/// second. Those who are killed are prepared earlier.
const JUST_ADDED: Duration = Duration::from_secs(9);

/// What a story consists of: not how many guests the tenant has, which follows at its own pace.
fn of_a_story(path: &str) -> bool {
    ["/guestinvitations", "/guestlists", "/guests", "/secrets"].iter().any(|part| path.contains(part))
}

/// Kills the operator at every write of the story.
pub async fn at_every_write(story: Story) {
    let operator_args = story.operator_args();
    let world = able(WorldConfig { interposed: true, counted: of_a_story, operator_args, ..Default::default() }).await;
    // In peace first: which writes there are, and how it ends.
    prepare(&world, &story, &["calm".to_owned()]).await;
    if !story.given.is_empty() {
        tokio::time::sleep(JUST_ADDED).await;
    }
    world.effects.reset();
    tell(&world, story.acts, "calm", &[]).await;
    until(&world, "calm", story.is_done).await;
    at_rest(&world).await;
    let end = until(&world, "calm", story.is_done).await;
    let writes = world.effects.list();
    assert!(!writes.is_empty());

    let places: Vec<(usize, Moment)> = (1..=writes.len()).flat_map(|seq| MOMENTS.map(|moment| (seq, moment))).collect();
    let names: Vec<String> = (0..places.len()).map(|n| format!("k{n}")).collect();
    prepare(&world, &story, &names).await;
    let mut told = Told::default();
    for (&place, name) in places.iter().zip(&names) {
        let killed = killed_at(&world, &story, place, name).await;
        let what = killed.as_ref().map_or_else(|| "not reached".to_owned(), ToString::to_string);
        let what = format!("{name}, killed at write {} {:?}: {what}", place.0, place.1);
        told.place(killed.is_some());
        ends_as(&world, name, &story, &end, &what).await;
        let picture = Picture::of(&world, name).await;
        let journal = || world.entra.as_ref().map(|entra| entra.journal_of(&format!("\"{name}"))).unwrap_or_default();
        told.mails(&story, &end, &picture).unwrap_or_else(|wrong| panic!("{what}: {wrong}\n{}", journal()));
    }
    println!(
        "killed at {} places of {} writes: no mail twice, the same end; {} not reached, {} mails of which nothing can tell",
        told.reached,
        writes.len(),
        told.not_reached,
        told.uncertain
    );
    writes.iter().for_each(|write| println!("  {write}"));
    // A write that follows a sweep may merge with the one before it.
    assert!(told.not_reached * 5 <= places.len(), "{} of {} places not reached", told.not_reached, places.len());
}

#[derive(Default)]
struct Told {
    reached: usize,
    not_reached: usize,
    uncertain: usize,
}

impl Told {
    fn place(&mut self, reached: bool) {
        self.reached += usize::from(reached);
        self.not_reached += usize::from(!reached);
    }

    fn mails(&mut self, story: &Story, end: &Picture, now: &Picture) -> Result<(), String> {
        let (wanted, sent) = (end.mails(), now.mails());
        for (address, &wanted) in &wanted {
            let sent = sent.get(address).copied().unwrap_or_default();
            let lost = wanted.saturating_sub(sent);
            if sent > wanted || lost > usize::from(!story.certain) {
                return Err(format!("{sent} mails to {address}, not {wanted}"));
            }
            self.uncertain += lost;
        }
        match sent.keys().all(|address| wanted.contains_key(address)) {
            true => Ok(()),
            false => Err(format!("mails to {sent:?}, not to {wanted:?}")),
        }
    }
}

/// Brings what stands before the story to rest, for all tellings at once.
async fn prepare(world: &World, story: &Story, names: &[String]) {
    if story.given.is_empty() {
        return;
    }
    // So many at once keep a busy machine from answering in time. What gets lost then is lost before the story begins.
    replace_operator(world, &patient()).await;
    for name in names {
        tell(world, story.given, name, &[]).await;
    }
    for name in names {
        until(world, name, story.given_is_done).await;
    }
    at_rest(world).await;
    replace_operator(world, &story.operator_args()).await;
    at_rest(world).await;
}

/// Ends the operator, and starts one with these arguments, which is at work when this returns.
async fn replace_operator(world: &World, args: &[String]) {
    let before = world.operator().unwrap();
    before.terminate().unwrap();
    before.wait().await;
    world.start_operator_with(args).unwrap();
    tell(world, &[Act::Reconnect], "", &[]).await;
}

/// Tells the story with a kill armed at that place. Returns the write, if it came to it.
async fn killed_at(world: &World, story: &Story, (seq, moment): (usize, Moment), name: &str) -> Option<Effect> {
    let operator = world.operator().unwrap();
    world.effects.reset();
    let (killed, reached) = tokio::sync::oneshot::channel();
    let victim = Arc::clone(&operator);
    world.effects.at(seq, moment, move |effect| async move {
        victim.kill();
        let _ = killed.send(effect);
    });
    tell(world, story.acts, name, &[]).await;
    let done = async {
        until(world, name, story.is_done).await;
        at_rest(world).await;
    };
    let killed = tokio::select! {
        killed = reached => killed.ok(),
        () = done => None,
    };
    world.effects.disarm();
    if killed.is_some() {
        operator.wait().await;
        world.start_operator().unwrap();
    }
    killed
}

/// Waits until nothing is written any more.
async fn at_rest(world: &World) {
    let deadline = Instant::now() + SOON;
    let mut writes = world.effects.list().len();
    let mut since = Instant::now();
    while since.elapsed() < REST {
        assert!(Instant::now() < deadline, "no rest: {}", world.account_of_it());
        tokio::time::sleep(Duration::from_millis(200)).await;
        let now = world.effects.list().len();
        if now != writes {
            (writes, since) = (now, Instant::now());
        }
    }
}

/// Waits until the picture is as `holds` says, and at rest; returns it.
async fn until(world: &World, name: &str, holds: fn(&Picture) -> bool) -> Picture {
    let deadline = Instant::now() + SOON;
    loop {
        let picture = Picture::of(world, name).await;
        if holds(&picture) {
            return picture;
        }
        assert!(Instant::now() < deadline, "{name} is {picture:#?}\n{}", world.account_of_it());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Waits until all is as at the end of the calm telling but for the mails, and sees that it stays so.
async fn ends_as(world: &World, name: &str, story: &Story, end: &Picture, what: &str) {
    let (end, deadline) = (end.without_mails(), Instant::now() + SOON);
    let is_end = |now: &Picture| now.without_mails() == end || story.may_end.is_some_and(|may_end| may_end(now));
    loop {
        let now = Picture::of(world, name).await;
        if is_end(&now) {
            tokio::time::sleep(Duration::from_millis(500)).await;
            if is_end(&Picture::of(world, name).await) {
                return;
            }
        }
        assert!(Instant::now() < deadline, "{what}\n{}\n{}", now.without_mails().differs(&end), world.account_of_it());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
