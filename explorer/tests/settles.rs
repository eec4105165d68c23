//! From any wish, any record and any directory, repeated steps come to rest, and at rest nothing more is asked for.
//! Graph answers every call here; what happens when it does not is the explorer's part.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;

use explorer::api::*;
use explorer::plan::*;
use explorer::policy::Permission;

const CASES: u64 = 30_000;
/// More than any way needs: the longest have several relations of each kind, a reset, a mail and a profile to go through.
const MOST_STEPS: usize = 120;

/// The user in the directory.
#[derive(Clone, Debug)]
struct SettlingPerson {
    user: DirectoryUser,
    deleted: bool,
    /// The ids of the objects that the user is related to.
    relations: PerRelation<Vec<String>>,
}

#[derive(Debug)]
struct SettlingWorld {
    desired: Desired,
    permission: Permission,
    record: Record,
    person: Option<SettlingPerson>,
    now: Timestamp,
    mails: u32,
    deletions: u32,
    /// How often somebody who was there at the start was disabled.
    disabled: u32,
    /// How often something else of their user was changed: properties, addresses, the redemption.
    changed: u32,
    /// Whose the person is. What a claim has of somebody who is another's it keeps, and does nothing with.
    standing: Standing,
    /// The user is the person of another Guest.
    elsewhere: bool,
    /// Another claim of the namespace wants the person.
    successor: bool,
    /// The rules do not allow the own address of the user.
    barred: bool,
    demanded: Demanded,
    /// How often somebody who was there at the start was given another address to accept with.
    handed_on: u32,
}

/// What one pass has seen.
#[derive(Default)]
struct SettlingPass {
    look: Option<Look>,
    user: Option<UserView>,
    answer: Option<(Post, Answer)>,
    done: Option<(Task, Outcome)>,
    ticket: Option<Ticket>,
    queued: bool,
    no_link_kept: bool,
}

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
        assert_authority(&world, found, &format!("case {case} of seed {seed}\n{start}"));
        let touched = world.mails + world.deletions + world.disabled + world.changed;
        assert!(
            !barred || (world.record.bond == Bond::None && touched == 0),
            "bound whom the rules bar: case {case} of seed {seed}\n{start}"
        );
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
    assert!(world.mails == 0 || manages, "mailed who was found: {case}");
    assert!(world.handed_on == 0 || !found, "handed a user of others on: {case}");
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

/// Runs to rest: twice the same reason with the same record. Returns the number of steps, or the trace of a way without end.
fn settle(world: &mut SettlingWorld, watch: &mut dyn FnMut(&Step)) -> Result<usize, Vec<String>> {
    let mut trace: Vec<String> = Vec::new();
    let mut pass = SettlingPass::default();
    let mut rested: Option<(Why, Record)> = None;
    while trace.len() < MOST_STEPS {
        let observed = observed(world, &pass);
        let step = plan(Decision {
            desired: &world.desired,
            record: &world.record,
            observed: &observed,
            now: world.now,
            timing: &Timing::default(),
        });
        trace.push(format!("{step:?}"));
        watch(&step);
        if let Step::Rest { why, again } = step {
            let here = Some((why, world.record.clone()));
            if again.is_none() || rested == here {
                return Ok(trace.len());
            }
            world.now = world.now.checked_add(again.unwrap_or_default() + Duration::from_secs(1)).unwrap();
            rested = here;
            pass = SettlingPass::default();
            continue;
        }
        carry_out(step, world, &mut pass);
        if world.desired.deleting.is_some() && !world.desired.finalizer {
            return Ok(trace.len()); // the resource is gone
        }
    }
    Err(trace.split_off(MOST_STEPS - 12))
}

fn carry_out(step: Step, world: &mut SettlingWorld, pass: &mut SettlingPass) {
    match step {
        Step::Queue => pass.queued = true,
        Step::Look | Step::LookAmongDeleted => {
            let person = world.person.as_ref();
            let there = person.filter(|person| !person.deleted).map(|person| person.user.clone());
            let deleted = person.filter(|person| person.deleted).map(|person| person.user.id.clone());
            let (users, deleted) = (there.into_iter().collect(), Some(deleted.into_iter().collect()));
            pass.look = Some(Look { taken_at: world.now, graph_time: world.now, users, deleted });
        }
        Step::Fetch(id) => pass.user = Some(view(world, &id)),
        Step::Write { record, ticket, .. } => {
            pass.ticket = None;
            if let (Some(decided_at), Some(attempt)) = (ticket, &record.invitation.attempt) {
                pass.ticket = Some(Ticket { attempt: attempt.id.clone(), decided_at });
            }
            world.record = *record;
            let (ticket, queued, no_link_kept) = (pass.ticket.take(), pass.queued, pass.no_link_kept);
            *pass = SettlingPass { ticket, queued, no_link_kept, ..SettlingPass::default() };
        }
        Step::Post(post) => {
            let answer = post_answer(world, &post);
            *pass = SettlingPass {
                answer: Some((post, answer)),
                no_link_kept: pass.no_link_kept,
                ..SettlingPass::default()
            };
        }
        Step::Do(task) => {
            let outcome = do_task(world, pass, &task);
            if let Some(outcome) = outcome {
                pass.done = Some((task, outcome));
            }
        }
        Step::Rest { .. } => unreachable!("handled before"),
    }
}

fn post_answer(world: &mut SettlingWorld, post: &Post) -> Answer {
    let kind = match post {
        Post::Send { kind, .. } => Some(*kind),
        Post::Ask { .. } => None,
    };
    let person = world.person.get_or_insert_with(|| person("new", world.now));
    person.deleted = false;
    let own =
        matches!(kind, Some(AttemptKind::Resend | AttemptKind::Reminder)) && world.desired.delivery == Delivery::Mail;
    let mailed =
        own || (kind.is_some_and(|kind| kind != AttemptKind::Add) && world.desired.delivery == Delivery::Microsoft);
    world.mails += u32::from(mailed);
    if kind == Some(AttemptKind::Reset) {
        person.user.external_state = Some("PendingAcceptance".into());
        person.user.identity_provider = UNKNOWN_PROVIDER.into();
    }
    if own {
        return Answer::Mailed { at: world.now };
    }
    Answer::Done {
        invitation: "i".into(),
        user: person.user.id.clone(),
        graph_time: world.now,
        secret: world.desired.link_secret.clone(),
    }
}

fn do_task(world: &mut SettlingWorld, pass: &mut SettlingPass, task: &Task) -> Option<Outcome> {
    if let Task::Bind(bound) = task {
        world.desired.finalizer = *bound;
        return None;
    }
    let Some(person) = world.person.as_mut() else { return Some(Outcome::Gone) };
    Some(match task {
        Task::Bind(_) => return None,
        Task::FindRelated { kind, names, .. } => {
            let ids = &person.relations[*kind];
            let found = |name: &String| Relation {
                name: name.clone(),
                id: Some(name.clone()),
                state: if ids.contains(name) { RelationState::Present } else { RelationState::Adding },
                refusal: None,
            };
            Outcome::Relations(names.iter().map(found).collect())
        }
        Task::AddRelations { kind, relations, .. } => {
            let ids = &mut person.relations[*kind];
            ids.extend(relations.iter().filter_map(|relation| relation.id.clone()));
            ids.sort();
            ids.dedup();
            let added =
                |relation: &Relation| Relation { state: RelationState::Added, refusal: None, ..relation.clone() };
            Outcome::Relations(relations.iter().map(added).collect())
        }
        Task::RemoveRelations { kind, relations, .. } => {
            let ids = &mut person.relations[*kind];
            ids.retain(|id| !relations.iter().any(|relation| relation.id.as_ref() == Some(id)));
            Outcome::Done
        }
        Task::Update { changes, .. } => {
            world.changed += u32::from(person.user.id == "user");
            person.user.change(changes);
            if let Some(UserView::Found(user)) = &mut pass.user {
                user.change(changes);
            }
            Outcome::Done
        }
        Task::AddAddress { address, .. } => {
            world.changed += u32::from(person.user.id == "user");
            world.handed_on += u32::from(person.user.id == "user");
            person.user.addresses.push(address.clone());
            if let Some(UserView::Found(user)) = &mut pass.user {
                user.addresses.push(address.clone());
            }
            Outcome::Done
        }
        Task::Enable { enabled, .. } => {
            world.disabled += u32::from(!enabled && person.user.id == "user");
            person.user.enabled = *enabled;
            Outcome::Done
        }
        Task::Delete(id) => {
            world.deletions += u32::from(id == "user");
            person.deleted = true;
            Outcome::Done
        }
        Task::Restore(_) => {
            person.deleted = false;
            Outcome::Done
        }
        Task::KeepLink { .. } => {
            pass.no_link_kept = true;
            Outcome::Gone
        }
        Task::Link { .. } => Outcome::Linked(world.desired.link_secret.clone().unwrap_or_default()),
    })
}

fn barred() -> Explanation {
    Explanation::new(Reason::NotAllowed, "no")
}

fn view(world: &SettlingWorld, id: &str) -> UserView {
    match &world.person {
        Some(person) if person.user.id == id && !person.deleted => UserView::Found(person.user.clone()),
        _ => UserView::Missing,
    }
}

fn observed(world: &SettlingWorld, pass: &SettlingPass) -> Observed {
    let mirror = world.record.guest.as_ref().map_or(UserView::Unknown, |guest| view(world, &guest.id));
    let send_at = if pass.queued || pass.ticket.is_some() { SendAt::Now } else { SendAt::Unqueued };
    Observed {
        tenant: Tenant::Ready { send_at },
        permission: world.permission.clone(),
        standing: world.standing.clone(),
        elsewhere: world.elsewhere.then(|| ("user".to_owned(), "another".to_owned())).into_iter().collect(),
        barred: world.barred.then(|| ("user".to_owned(), barred())).into_iter().collect(),
        demanded: world.demanded,
        held: None,
        new_id: world.now.to_string(),
        ticket: pass.ticket.clone(),
        look: pass.look.clone(),
        user_read_at: pass.user.is_some().then_some(world.now),
        user: pass.user.clone().unwrap_or(mirror),
        patched: BTreeMap::new(),
        successor: world.successor,
        shared: PerRelation::default(),
        ends_stopped: None,
        no_link_kept: pass.no_link_kept,
        mail_trouble: None,
        answer: pass.answer.clone(),
        done: pass.done.clone(),
    }
}

fn person(id: &str, created: Timestamp) -> SettlingPerson {
    let user = DirectoryUser {
        created_at: Some(created),
        is_guest: true,
        external_state: Some("PendingAcceptance".into()),
        external_state_since: Some(created),
        mail: Some("guest@example.com".into()),
        addresses: vec!["guest@example.com".into()],
        properties: BTreeMap::from([("displayName".to_owned(), "guest".to_owned())]),
        ..DirectoryUser::new(id.into())
    };
    SettlingPerson { user, deleted: false, relations: PerRelation::default() }
}

fn any_world(rng: &mut Rng) -> SettlingWorld {
    let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
    let ago = |seconds: u64| now.checked_sub(Duration::from_secs(seconds)).unwrap();
    let mut person = Some(person("user", ago(rng.u64(0..90_000)))).filter(|_| rng.u8(..) < 200);
    if let Some(person) = &mut person {
        person.deleted = rng.u8(..) < 50;
        person.user.enabled = rng.u8(..) > 30;
        person.user.is_guest = rng.u8(..) > 20;
        if rng.bool() {
            person.user.external_state = Some("Accepted".into());
            person.user.identity_provider = "Entra".into();
        }
        person.relations = PerRelation::of(|_| some(rng, &["a", "b"]));
    }
    let record = any_record(rng, now);
    SettlingWorld {
        desired: any_wanted(rng, now),
        permission: Permission::Granted,
        person,
        now,
        standing: any_standing(rng, &record),
        record,
        mails: 0,
        deletions: 0,
        disabled: 0,
        changed: 0,
        elsewhere: rng.u8(..) < 20,
        successor: rng.u8(..) < 60,
        barred: rng.u8(..) < 40,
        demanded: Demanded { offboarding: rng.u8(..) < 60, end: rng.u8(..) < 60 },
        handed_on: 0,
    }
}

/// Whose the person may be for a claim with this record: the owner's own, or of a claim that has less anybody's.
fn any_standing(rng: &mut Rng, record: &Record) -> Standing {
    let mine = record.bond == Bond::Owns || (record.guest.is_none() && record.invitation.attempt.is_none());
    match rng.u8(..) {
        _ if mine => Standing::Ours,
        0..60 => Standing::Ours,
        60..180 => Standing::Found,
        180..230 => Standing::Taken { holder: None },
        _ => Standing::Unknown,
    }
}

fn any_wanted(rng: &mut Rng, now: Timestamp) -> Desired {
    let maybe = |rng: &mut Rng| rng.u8(..) < 80;
    let word = |rng: &mut Rng| Some(["1", "2"][rng.usize(..2)].to_owned());
    let mut desired = Desired::new(Address::new("guest@example.com"));
    desired.existing = [Existing::Refuse, Existing::Follow, Existing::Manage, Existing::Own][rng.usize(..4)];
    desired.delivery = [Delivery::Microsoft, Delivery::Mail, Delivery::None][rng.usize(..3)];
    desired.delivery_by_name = rng.bool();
    desired.suspended = rng.u8(..) < 20;
    desired.deleting = maybe(rng).then_some(now);
    desired.finalizer = desired.deleting.is_some() || rng.bool();
    desired.observe = rng.u8(..) < 40;
    desired.requests.resend = word(rng).filter(|_| rng.bool());
    desired.requests.reset_redemption = word(rng).filter(|_| rng.bool());
    desired.requests.reconcile = word(rng).filter(|_| rng.bool());
    desired.reminders = maybe(rng).then(|| Remind { after: Duration::from_secs(3600), limit: rng.u32(1..4) });
    desired.expires_after = maybe(rng).then(|| Duration::from_secs(rng.u64(60..200_000)));
    let until = now.checked_add(Duration::from_secs(rng.u64(0..9_000))).unwrap();
    desired.access_until = maybe(rng).then_some(if rng.bool() { until } else { Timestamp::UNIX_EPOCH });
    desired.policy = [DeletionPolicy::Retain, DeletionPolicy::Disable, DeletionPolicy::Delete][rng.usize(..3)];
    desired.relations = PerRelation::of(|_| some(rng, &["a", "b", "c"]));
    desired.properties =
        some(rng, &["displayName", "department"]).into_iter().map(|name| (name, "value".into())).collect();
    desired.redeem_as = Address::new(if maybe(rng) { "moved@example.com" } else { "guest@example.com" });
    let keeps = desired.delivery == Delivery::Mail || maybe(rng);
    desired.link_secret = keeps.then(|| "link".into());
    desired
}

fn any_record(rng: &mut Rng, now: Timestamp) -> Record {
    let maybe = |rng: &mut Rng| rng.u8(..) < 80;
    let ago = |seconds: u64| now.checked_sub(Duration::from_secs(seconds)).unwrap();
    let mut record = Record::default();
    if rng.bool() {
        record.bond = [Bond::Owns, Bond::Owns, Bond::Owns, Bond::Follows, Bond::None][rng.usize(..5)];
        let origin = if rng.bool() { Origin::Invited } else { Origin::Adopted };
        record.guest = Some(GuestUser::new("user".into(), origin));
        record.invitation.sent = rng.u32(..3);
        record.redemption = maybe(rng).then_some(Redemption { state: None, changed_at: None, identity_provider: None });
        let states = [RelationState::Adding, RelationState::Added, RelationState::Present, RelationState::Refused];
        let relation = |rng: &mut Rng, name: String| {
            let state = states[rng.usize(..4)];
            Relation { id: Some(name.clone()), name, state, refusal: None }
        };
        record.relations =
            PerRelation::of(|_| some(rng, &["a", "b", "d"]).into_iter().map(|name| relation(rng, name)).collect());
        record.profile = some(rng, &["department", "displayName"]);
        let how = [HowEnded::Retained, HowEnded::Disabled, HowEnded::Deleted][rng.usize(..3)];
        record.ended = (rng.u8(..) < 50).then(|| Ended { reason: Reason::Expired, at: ago(60), how });
        record.invitation.redeem_url_secret = maybe(rng).then(|| "link".into());
    }
    record.invitation.last_sent_at = (record.invitation.sent > 0).then(|| ago(rng.u64(0..90_000)));
    if maybe(rng) && record.bond != Bond::Follows {
        record.bond = Bond::Owns;
        let known = record.guest.is_some();
        let kinds =
            [AttemptKind::Resend, AttemptKind::Reminder, AttemptKind::Reset, AttemptKind::Invite, AttemptKind::Add];
        let kind = if known { kinds[rng.usize(..3)] } else { kinds[rng.usize(3..5)] };
        record.invitation.attempt = Some(Attempt {
            id: "old".into(),
            kind,
            started_at: ago(rng.u64(0..900)),
            claim: String::new(),
            generation: 1,
            deleted_before: Vec::new(),
            asked_at: (kind == AttemptKind::Invite && maybe(rng)).then(|| ago(1)),
            answer: None,
            answered_at: None,
            requested: maybe(rng).then(|| "1".into()),
        });
    }
    record
}

fn some(rng: &mut Rng, of: &[&str]) -> Vec<String> {
    of.iter().filter(|_| rng.u8(..) < 90).map(|name| (*name).to_owned()).collect()
}
