//! The search: every state that the moves can reach, each held against the promise.
//!
//! Safety: at most one mail. Liveness: from every state, once faults stop, the guest ends recorded as sent, and the mail
//! did leave unless the record says that nothing can tell.

use std::collections::{HashMap, HashSet};

use super::moves::{Move, after, possible};
use super::mutations::Mutation;
use super::process::At;
use super::story::{TOLD, tell, tell_one};
use super::world::{Asks, Budget, CLAIMS, ModelUser, Rival, World};
use crate::api::{GuestRecord, Origin};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    SecondMail,
    /// A mail to somebody whom the look before it would have shown.
    KnownGuestMailed,
    /// A mail to somebody who had accepted, which the look before it would have shown.
    AcceptedGuestMailed,
    /// A send begun, or let go, while Microsoft blocks invitations.
    SentWhileBlocked,
    GuestLost,
    /// A user was deleted whom the resource did not make.
    StrangerDeleted,
    /// The resource is gone, and the user stays whom it was to take along.
    LeftBehind,
    /// The resource was deleted and does not go.
    Stuck,
    /// A mail left for a claim that did not stand any more.
    SentForNobody,
    /// A person was ended while another claim of the namespace wanted them.
    EndedBesideAClaim,
    /// A person was ended whose claim nobody had deleted.
    EndedByNobody,
    /// A person was taken from a claim that stood.
    Taken,
    /// The operator goes on and on.
    Endless,
}

/// More moves than any way can have that leads somewhere.
const ENDLESS: usize = 3_000;

pub struct ExplorerReport {
    pub states: usize,
    pub uncertain: usize,
    pub finding: Option<(Finding, Vec<Move>)>,
}

/// A bound on the faults that may come together. Within it every interleaving is visited.
pub struct Scenario {
    pub name: &'static str,
    budget: Budget,
    /// The guest's user, if the directory had one before anybody invited.
    existing: Option<ModelUser>,
    asks: Asks,
    rival: Rival,
    /// There is one process only.
    alone: bool,
    horizon: u8,
}

impl Scenario {
    fn alone(self) -> Self {
        Self { alone: true, ..self }
    }

    fn until(self, horizon: u8) -> Self {
        Self { horizon, ..self }
    }
}

/// All of them; `tests/promise.rs` has a test for each.
pub fn scenarios() -> Vec<Scenario> {
    let none = Budget::default();
    let hidden = Some(ModelUser { nth: 0, created: 0, shown: false, accepted: None });
    let in_sight = Some(ModelUser { nth: 0, created: 0, shown: true, accepted: None });
    let scenario = |name, budget, existing, horizon| Scenario {
        name,
        budget,
        existing,
        asks: Asks::Invitation,
        rival: Rival::Nobody,
        alone: false,
        horizon,
    };
    let visit = |name, budget: Budget, existing| Scenario {
        asks: Asks::Visit,
        ..scenario(name, Budget { deletes: 1, ..budget }, existing, 5)
    };
    let again = |name, budget, asks| Scenario { asks, ..scenario(name, budget, in_sight.clone(), 5) };
    let rivals = |name, budget, asks, rival| Scenario { rival, asks, ..scenario(name, budget, None, 4) };
    vec![
        scenario("two crashes", Budget { crashes: 2, ..none }, None, 5),
        scenario("a crash and a loss", Budget { crashes: 1, lost: 1, ..none }, None, 5),
        scenario("two losses", Budget { lost: 2, ..none }, None, 5),
        scenario("a throttled request and a crash", Budget { throttled: 1, crashes: 1, ..none }, None, 5),
        scenario("made again, with a crash", Budget { deletes: 1, crashes: 1, ..none }, None, 5),
        scenario("made again, with a loss", Budget { deletes: 1, lost: 1, ..none }, None, 5),
        scenario("a guest from before, out of sight", Budget { crashes: 1, lost: 1, ..none }, hidden.clone(), 5),
        scenario(
            "a guest from before, in plain sight",
            Budget { crashes: 1, lost: 1, edits: 1, ..none },
            in_sight.clone(),
            5,
        ),
        again("a resend, with two crashes", Budget { crashes: 2, ..none }, Asks::Resend),
        again("a resend, with a crash and a loss", Budget { crashes: 1, lost: 1, ..none }, Asks::Resend),
        again("a resend, throttled, with a loss", Budget { throttled: 1, lost: 1, ..none }, Asks::Resend),
        again("a resend, made again, with a loss", Budget { deletes: 1, lost: 1, ..none }, Asks::Resend),
        again("a resend to a guest who accepts, with a crash", Budget { accepts: 1, crashes: 1, ..none }, Asks::Resend),
        again("a reminder to a guest who accepts, with a loss", Budget { accepts: 1, lost: 1, ..none }, Asks::Reminder),
        scenario("an edit, with a crash", Budget { edits: 1, crashes: 1, ..none }, None, 5),
        scenario("an edit, with a loss", Budget { edits: 1, lost: 1, ..none }, None, 5).alone(),
        scenario(
            "a guest who is deleted, with a crash and a loss",
            Budget { leaves: 1, crashes: 1, lost: 1, ..none },
            None,
            5,
        ),
        scenario("a guest who is deleted, with a loss", Budget { leaves: 1, lost: 1, ..none }, None, 5),
        scenario(
            "a guest from before who is deleted, with a loss",
            Budget { leaves: 1, lost: 1, ..none },
            hidden.clone(),
            5,
        ),
        again("a resend to a guest who is deleted, with a loss", Budget { leaves: 1, lost: 1, ..none }, Asks::Resend),
        again(
            "a reminder to a guest who is deleted, with a loss",
            Budget { leaves: 1, lost: 1, ..none },
            Asks::Reminder,
        ),
        again(
            "a resend, made again, to a guest who is deleted",
            Budget { leaves: 1, deletes: 1, ..none },
            Asks::Resend,
        ),
        scenario("made again, of a guest who is deleted", Budget { leaves: 1, deletes: 1, ..none }, None, 5),
        visit("a visit by a guest who is deleted, with a loss", Budget { leaves: 1, lost: 1, ..none }, None).alone(),
        scenario("a guest who is deleted, and an edit", Budget { leaves: 1, edits: 1, ..none }, None, 5),
        visit("a visit, with a crash", Budget { crashes: 1, ..none }, None),
        visit("a visit, with a loss", Budget { lost: 1, ..none }, None),
        visit("a visit by a guest from before, out of sight", Budget { crashes: 1, ..none }, hidden),
        again("a reminder, with a crash and a loss", Budget { crashes: 1, lost: 1, ..none }, Asks::Reminder),
        rivals("two namespaces", none, Asks::Invitation, Rival::Stranger),
        rivals("two namespaces, with a crash", Budget { crashes: 1, ..none }, Asks::Invitation, Rival::Stranger),
        rivals("two namespaces, and one gives up", Budget { deletes: 1, ..none }, Asks::Visit, Rival::Stranger)
            .until(2),
        rivals("two namespaces, and an edit", Budget { edits: 1, ..none }, Asks::Invitation, Rival::Stranger),
        rivals("two namespaces, one suspended", Budget { deletes: 1, ..none }, Asks::Visit, Rival::Suspended),
        rivals("renamed", Budget { deletes: 1, creates: 1, ..none }, Asks::Visit, Rival::Renamed).alone(),
        rivals("renamed, with two leaders", Budget { deletes: 1, creates: 1, ..none }, Asks::Visit, Rival::Renamed)
            .until(1),
        rivals("two names, deleted together", Budget { deletes: 2, ..none }, Asks::Visit, Rival::Twin).alone(),
        rivals(
            "two names, deleted together, with two leaders",
            Budget { deletes: 2, ..none },
            Asks::Visit,
            Rival::Twin,
        )
        .until(1),
        rivals("access ends, with a crash", Budget { ends: 1, crashes: 1, ..none }, Asks::Visit, Rival::Nobody)
            .until(5),
        rivals("access ends, and deleted", Budget { ends: 1, deletes: 1, ..none }, Asks::Visit, Rival::Nobody).alone(),
        rivals("access ends, and an edit", Budget { ends: 1, edits: 1, ..none }, Asks::Visit, Rival::Nobody).alone(),
        rivals("vanished and restored", Budget { vanishes: 1, ..none }, Asks::Invitation, Rival::Nobody),
        rivals(
            "vanished and restored, with a loss",
            Budget { vanishes: 1, lost: 1, ..none },
            Asks::Visit,
            Rival::Nobody,
        ),
        rivals("deleted and applied again", Budget { deletes: 1, creates: 1, ..none }, Asks::Visit, Rival::Nobody),
    ]
}

/// Visits every state of the scenarios (or of the one named `only`), or stops at the first that breaks the promise.
pub fn explore(mutation: Option<Mutation>, only: Option<&str>) -> ExplorerReport {
    let mut report = ExplorerReport { states: 0, uncertain: 0, finding: None };
    for scenario in scenarios().into_iter().filter(|scenario| only.is_none_or(|only| only == scenario.name)) {
        let before = report.states;
        let mut world = World::new(scenario.budget, scenario.existing, scenario.asks, scenario.rival, scenario.alone);
        // A guest from before was made at tick 0 and is older than any attempt.
        world.now = 1;
        report.finding = search(world.clone(), scenario.horizon, mutation, &mut report);
        if let Some((finding, moves)) = &mut report.finding {
            let mut end = tell(&world, moves, mutation);
            println!("{finding:?}; once faults stop:");
            end.told = true;
            settle(end, mutation, &mut Endings::new());
            // Of a way without end the start says nothing.
            moves.drain(..moves.len().saturating_sub(TOLD));
            break;
        }
        println!("{}: {} states", scenario.name, report.states - before);
    }
    report
}

fn search(
    start: World,
    horizon: u8,
    mutation: Option<Mutation>,
    report: &mut ExplorerReport,
) -> Option<(Finding, Vec<Move>)> {
    let mut visited = HashSet::from([start.fingerprint()]);
    let mut endings = HashMap::new();
    let mut path: Vec<Move> = Vec::new();
    let mut stack: Vec<(World, Vec<Move>)> = vec![(start.clone(), possible(&start, horizon))];
    report.states += 1;
    while let Some((world, moves)) = stack.last_mut() {
        let Some(step) = moves.pop() else {
            stack.pop();
            path.pop();
            continue;
        };
        let Some(next) = after(world, step, mutation) else { continue };
        if !visited.insert(next.fingerprint()) {
            continue;
        }
        report.states += 1;
        path.push(step);
        if path.len() > ENDLESS {
            return Some((Finding::Endless, path));
        }
        if let Some(finding) = judge(&next, mutation, report, &mut endings) {
            return Some((finding, path));
        }
        let moves = possible(&next, horizon);
        stack.push((next, moves));
    }
    None
}

fn judge(
    world: &World,
    mutation: Option<Mutation>,
    report: &mut ExplorerReport,
    endings: &mut Endings,
) -> Option<Finding> {
    if world.mails > desired(world) {
        return Some(Finding::SecondMail);
    }
    if world.accepted_mailed {
        return Some(Finding::AcceptedGuestMailed);
    }
    if world.sent_while_blocked {
        return Some(Finding::SentWhileBlocked);
    }
    if world.stranger_deleted {
        return Some(Finding::StrangerDeleted);
    }
    let acts = [
        (world.sent_for_nobody, Finding::SentForNobody),
        (world.ended_beside_a_claim, Finding::EndedBesideAClaim),
        (world.ended_by_nobody, Finding::EndedByNobody),
        (world.taken, Finding::Taken),
    ];
    if let Some((_, finding)) = acts.into_iter().find(|(done, _)| *done) {
        return Some(finding);
    }
    if world.in_sight && world.asks == Asks::Invitation && world.mails > 0 {
        return Some(Finding::KnownGuestMailed);
    }
    if !world.orphans.is_empty()
        || world.processes.iter().any(|process| process.passes.iter().any(|pass| pass.flight.is_some()))
    {
        return None; // judged when it has landed
    }
    let ending = settle(world.clone(), mutation, endings);
    report.uncertain += usize::from(ending == Ending::NothingCanTell);
    match ending {
        Ending::Right | Ending::NothingCanTell => None,
        Ending::Wrong(finding) => Some(finding),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Right,
    NothingCanTell,
    Wrong(Finding),
}

type Endings = HashMap<(u64, u64), Ending>;

/// Faults stop: everybody runs, the directory catches up, and time passes until nothing moves any more.
/// The way is the same for the same world, so where two ways meet the ending is known.
fn settle(mut world: World, mutation: Option<Mutation>, endings: &mut Endings) -> Ending {
    world.budget = Budget::default();
    let mut met = Vec::new();
    let mut ending = None;
    let mut record = None;
    for _ in 0..16 {
        let key = world.fingerprint();
        ending = endings.get(&key).copied();
        if ending.is_some() {
            break;
        }
        met.push(key);
        record = world.record().cloned();
        for p in 0..2 {
            quiet_pass(&mut world, p, mutation);
        }
        world = after(&world, Move::Tick, mutation).unwrap_or(world);
    }
    let restless = || record.as_ref() != world.record();
    let ending = ending.unwrap_or_else(|| if restless() { Ending::Wrong(Finding::Endless) } else { ending_of(&world) });
    endings.extend(met.into_iter().map(|key| (key, ending)));
    ending
}

fn quiet_pass(world: &mut World, p: usize, mutation: Option<Mutation>) {
    let make = |world: &mut World, step: Move| {
        let next = if possible(world, u8::MAX).contains(&step) { after(world, step, mutation) } else { None };
        let moved = next.is_some();
        if let Some(next) = next {
            if world.told {
                tell_one(world, step, &next);
            }
            *world = next;
        }
        moved
    };
    for c in 0..CLAIMS {
        let suspended = world.claims[c].as_ref().is_some_and(|object| object.spec.suspended);
        if suspended && !stays_suspended(world, c) {
            world.budget.edits = 1;
            make(world, Move::Suspend(c));
        }
    }
    let syncs = (0..CLAIMS).map(|c| Move::Sync(At(p, c)));
    for step in [Move::Create(0), Move::Restart(p), Move::SyncGuest(p), Move::Replicate].into_iter().chain(syncs) {
        make(world, step);
    }
    for _ in 0..4 {
        if !make(world, Move::StepGuest(p)) {
            break;
        }
    }
    for c in 0..CLAIMS {
        let here = At(p, c);
        for _ in 0..12 {
            if !(make(world, Move::Deliver(here)) || make(world, Move::Work(here)) || make(world, Move::Step(here))) {
                break;
            }
        }
    }
}

/// Whether the claim is suspended for good.
fn stays_suspended(world: &World, c: usize) -> bool {
    world.rival == Rival::Suspended && c == 1
}

fn is_asked_once_more(world: &World) -> bool {
    world.claims[0].as_ref().is_some_and(|object| object.spec.once_more)
}

/// How many mails somebody has asked for. Whose user was deleted and who is declared anew is invited once more, and so
/// is whom another namespace's claim took along.
fn desired(world: &World) -> u8 {
    let anew = (world.left && is_made_again(world)) || (world.ended && world.rival == Rival::Stranger);
    1 + u8::from(is_asked_once_more(world)) + u8::from(anew)
}

fn is_made_again(world: &World) -> bool {
    world.next_uid > 3
}

fn ending_of(world: &World) -> Ending {
    if world.mails > desired(world) {
        return Ending::Wrong(Finding::SecondMail);
    }
    let mut claims = (0..CLAIMS).filter(|c| !stays_suspended(world, *c)).filter_map(|c| world.claims[c].as_ref());
    let left = claims.all(|object| object.deleting.is_some() || object.spec.ended);
    if world.asks == Asks::Visit && left {
        return ending_of_a_visit(world);
    }
    let Some(record) = world.record() else {
        return Ending::Wrong(Finding::GuestLost);
    };
    if !world.asks.is_first() {
        return ending_of_one_more(world, record);
    }
    if world.left {
        return ending_of_who_was_deleted(world, record);
    }
    let adopted = record.user.as_ref().is_some_and(|user| user.origin == Origin::Adopted);
    let recorded =
        record.user.is_some() && record.invitation.attempt.is_none() && (record.invitation.sent > 0 || adopted);
    // A resource that was made again may find a user whom only a question made, and adopts them as it adopts anybody.
    let found_after_question = adopted && is_made_again(world);
    // A request that stands when the invitation is begun is met by it.
    let ours = record.owner.as_ref().is_some_and(|owner| owner.namespace == "a");
    let recorded = recorded && (!ours || is_asked_once_more(world) == handled(record).is_some());
    match (recorded, world.mails >= 1 || (adopted && world.existed), world.uncertain || found_after_question) {
        (true, true, _) => Ending::Right,
        (true, false, true) => Ending::NothingCanTell,
        _ => Ending::Wrong(Finding::GuestLost),
    }
}

/// The resource is gone, and with it the user, if it made them.
fn ending_of_a_visit(world: &World) -> Ending {
    match (world.claims.iter().flatten().find(|claim| claim.deleting.is_some()), &world.user) {
        (Some(_), _) => Ending::Wrong(Finding::Stuck),
        (None, Some(_)) if !world.existed && !world.unheard => Ending::Wrong(Finding::LeftBehind),
        (None, None) if world.existed => Ending::Wrong(Finding::StrangerDeleted),
        (None, _) => Ending::Right,
    }
}

/// Whom an administrator has deleted is told as gone, and nothing is counted as sent that did not leave, unless nothing can tell.
fn ending_of_who_was_deleted(world: &World, record: &GuestRecord) -> Ending {
    if record.user.is_none() || record.invitation.attempt.is_some() {
        return Ending::Wrong(Finding::GuestLost);
    }
    // Another user, whom a late send made, is found and followed like anybody, and so mailed no more.
    let found = world.users > 1 && record.user.as_ref().is_some_and(|user| user.origin == Origin::Adopted);
    match (record.invitation.sent > 0, world.mails >= 1, world.uncertain) {
        (true, true, _) | (false, false, _) => Ending::Right,
        (false, true, _) if found => Ending::Right,
        (true, false, true) => Ending::NothingCanTell,
        _ => Ending::Wrong(Finding::GuestLost),
    }
}

/// A mail to a guest who is known: it left, or nothing can tell, or the resource that asked for it is gone.
fn ending_of_one_more(world: &World, record: &GuestRecord) -> Ending {
    let made_again = is_made_again(world);
    let acted_on = match world.asks {
        Asks::Reminder => record.invitation.reminders == 1,
        _ => handled(record).is_some(),
    };
    // Whoever has accepted wants no mail, and a reminder is then never due.
    let accepted = world.user.as_ref().is_some_and(|user| user.accepted.is_some());
    if accepted && world.mails <= 1 && record.invitation.attempt.is_none() {
        return Ending::Right;
    }
    if world.left && record.invitation.attempt.is_none() && record.user.is_some() {
        return Ending::Right;
    }
    match (acted_on && record.invitation.attempt.is_none(), world.mails == 1, world.uncertain || made_again) {
        (true, true, _) => Ending::Right,
        (true, false, true) => Ending::NothingCanTell,
        _ => Ending::Wrong(Finding::GuestLost),
    }
}

/// The request of the guest's own claim that was handled last.
fn handled(record: &GuestRecord) -> Option<&String> {
    record.claim("a", "guest").and_then(|claim| claim.last_handled.resend.as_ref())
}
