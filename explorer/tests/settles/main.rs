//! From any wish, any record and any directory, repeated steps come to rest, and at rest nothing more is asked for.
//! Graph answers every call here; what happens when it does not is the explorer's part.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod directory;
mod random;
mod world;

use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;

use explorer::api::*;
use explorer::plan::*;
use explorer::policy::Permission;

use directory::person;
use random::any_world;
use world::{SettlingWorld, settle};

const CASES: u64 = 30_000;

#[test]
fn any_start_comes_to_rest_and_then_asks_for_nothing() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed} (SEED={seed} repeats it)");
    let mut longest = 0;
    for case in 0..CASES {
        let mut rng = Rng::with_seed(seed.wrapping_add(case));
        let mut world = any_world(&mut rng);
        let start = format!("{world:?}");
        let sent_before = world.record.invitation.sent;
        let found = !made_by_us(&world) && world.person.as_ref().is_some_and(|person| !person.deleted);
        let barred = world.barred && found && world.record.bond == Bond::None;
        let steps = settle(&mut world, &mut |_| {}).unwrap_or_else(|trace| {
            panic!("case {case} of seed {seed} does not settle.\nStart: {start}\nSteps: {trace:#?}")
        });
        longest = longest.max(steps);
        let limit = 2 + world.desired.reminders.map_or(0, |reminders| reminders.limit) + 2;
        assert!(world.mails <= limit, "case {case} of seed {seed}: {} mails\n{start}", world.mails);
        let touched = world.mails + world.deletions + world.disabled + world.changed;
        assert!(
            !barred || (world.record.bond == Bond::None && touched == 0),
            "bound whom the rules bar: case {case} of seed {seed}\n{start}"
        );
        assert_authority(&world, found, &format!("case {case} of seed {seed}\n{start}"));
        assert!(world.record.invitation.sent >= sent_before || world.record.invitation.sent <= world.mails, "{start}");
    }
    println!("{CASES} starts came to rest, the longest after {longest} steps");
}

/// Nobody who was found is ended, changed or mailed without authority, and nothing at all is done with whom another has. `found` says
/// that somebody was there at the start whom we had not made; in place of a deleted user the world makes another.
fn assert_authority(world: &SettlingWorld, found: bool, case: &str) {
    let existing = world.desired.existing;
    let manages = !found || existing >= Existing::Manage;
    assert!(world.deletions == 0 || !found || existing == Existing::Own, "deleted a user of others: {case}");
    assert!(world.disabled == 0 || manages, "disabled a user of others: {case}");
    assert!(world.changed == 0 || manages, "changed a user of others: {case}");
    assert!(world.handed_on == 0 || !found, "handed a user of others on: {case}");
    assert!(world.mails == 0 || manages, "mailed who was found: {case}");
    let theirs = (world.elsewhere && found) || matches!(world.standing, Standing::Taken { .. } | Standing::Unknown);
    let touched = world.mails + world.deletions + world.disabled + world.changed;
    assert!(touched == 0 || !theirs, "did something with whom another has: {case}");
}

/// Who may not be invited, or not any more, is followed and off-boarded, and nothing else.
#[test]
fn nothing_new_is_done_for_who_may_not() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed} (SEED={seed} repeats it)");
    let message = || "no".to_owned();
    let withheld = [
        Permission::Refused(Explanation::new(Reason::NotAllowed, message())),
        Permission::Awaited { message: message() },
        Permission::Unknown { message: message() },
    ];
    let mut taken = 0;
    for case in 0..CASES {
        let mut rng = Rng::with_seed(seed.wrapping_add(case));
        let mut world = SettlingWorld { permission: withheld[rng.usize(..3)].clone(), ..any_world(&mut rng) };
        let start = format!("{world:?}");
        let mut watch = |step: &Step| match step {
            Step::Do(Task::RemoveRelations { .. } | Task::Delete(_) | Task::Enable { enabled: false, .. }) => {
                taken += 1
            }
            Step::Do(Task::Bind(_)) | Step::Fetch(_) | Step::Rest { .. } => {}
            Step::Look | Step::LookAmongDeleted => {}
            Step::Write { ticket: None, .. } => {}
            new => panic!("case {case} of seed {seed}: {new:?}\n{start}"),
        };
        settle(&mut world, &mut watch).unwrap_or_else(|trace| {
            panic!("case {case} of seed {seed} does not settle.\nStart: {start}\nSteps: {trace:#?}")
        });
        assert_eq!(world.mails, 0, "case {case} of seed {seed}");
    }
    assert!(taken > 1000, "what takes away goes on: {taken}");
}

#[test]
fn access_ends_in_its_time_also_for_who_may_not() {
    let mut rng = Rng::with_seed(1);
    let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
    let mut desired = Desired::new(Address::new("guest@example.com"));
    desired.access_until = now.checked_add(Duration::from_secs(90)).ok();
    let guest = GuestUser::new("user".into(), Origin::Invited);
    let record = Record { guest: Some(guest), bond: Bond::Owns, ..Record::default() };
    let permission = Permission::Refused(Explanation::new(Reason::NotAllowed, "no"));
    let mut world =
        SettlingWorld { desired, permission, record, person: Some(person("user", now)), now, ..any_world(&mut rng) };
    let mut last = None;
    settle(&mut world, &mut |step| last = Some(step.clone())).unwrap();
    assert!(matches!(last, Some(Step::Rest { why: Why::Ended(_), .. })), "{last:?}");
    assert!(world.now.duration_since(now).as_secs() >= 90, "{:?}", world.now);
}

/// Whether the user who is there at the start may be ours: on record as such, or perhaps made by the open attempt.
fn made_by_us(world: &SettlingWorld) -> bool {
    let ours = |guest: &GuestUser| guest.origin == Origin::Invited;
    world.record.guest.as_ref().map_or(world.record.invitation.attempt.is_some(), ours)
}
