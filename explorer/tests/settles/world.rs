//! A world of one claim in which Graph answers every call, and the way of the claim to its rest.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use explorer::api::*;
use explorer::plan::*;
use explorer::policy::Permission;

use super::directory::{do_task, post_answer, view};

/// More than any way needs: the longest have several relations of each kind, a reset, a mail and a profile to go through.
pub const MOST_STEPS: usize = 120;

/// The user in the directory.
#[derive(Clone, Debug)]
pub struct SettlingPerson {
    pub user: DirectoryUser,
    pub deleted: bool,
    /// The ids of the objects that the user is related to.
    pub relations: PerRelation<Vec<String>>,
}

#[derive(Debug)]
pub struct SettlingWorld {
    pub desired: Desired,
    pub permission: Permission,
    pub record: Record,
    pub person: Option<SettlingPerson>,
    pub now: Timestamp,
    pub mails: u32,
    pub deletions: u32,
    /// How often somebody who was there at the start was disabled.
    pub disabled: u32,
    /// How often something else of their user was changed: properties, addresses, the redemption.
    pub changed: u32,
    /// Whose the person is. What a claim has of somebody who is another's it keeps, and does nothing with.
    pub standing: Standing,
    /// The user is the person of another Guest.
    pub elsewhere: bool,
    /// Another claim of the namespace wants the person.
    pub successor: bool,
    /// The rules do not allow the own address of the user.
    pub barred: bool,
    pub demanded: Demanded,
    /// How often somebody who was there at the start was given another address to accept with.
    pub handed_on: u32,
}

/// What one pass has seen.
#[derive(Default)]
pub struct SettlingPass {
    pub look: Option<Look>,
    pub user: Option<UserView>,
    pub answer: Option<(Post, Answer)>,
    pub done: Option<(Task, Outcome)>,
    pub ticket: Option<Ticket>,
    pub queued: bool,
    pub no_link_kept: bool,
}

/// Runs to rest: twice the same reason with the same record. Returns the number of steps, or the trace of a way without end.
pub fn settle(world: &mut SettlingWorld, watch: &mut dyn FnMut(&Step)) -> Result<usize, Vec<String>> {
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

fn barred() -> Explanation {
    Explanation::new(Reason::NotAllowed, "no")
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
        graph_clock: GraphClock::default(),
        user_read_at: pass.user.is_some().then_some(world.now),
        user: pass.user.clone().unwrap_or(mirror),
        patched: BTreeMap::new(),
        rewritten: None,
        successor: world.successor,
        shared: PerRelation::default(),
        removing: PerRelation::default(),
        lost: PerRelation::default(),
        ends_stopped: None,
        no_link_kept: pass.no_link_kept,
        mail_trouble: None,
        answer: pass.answer.clone(),
        done: pass.done.clone(),
    }
}
