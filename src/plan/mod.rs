//! The decision: what is the one next thing to do for a guest? Pure: no async, no clients, no clock but the one it is handed,
//! so that the explorer (the package in explorer/) can run the very function that ships through every interleaving of faults.
//!
//! [`plan`] is asked again after each step, with what the step brought. Its promise, over any crash, pause, lost
//! answer, stale view or second leader: one mail for each wanted send, never two, and no guest lost.

mod begin;
mod bond;
mod claim_key;
mod decision;
mod desired;
mod ended;
mod follow;
mod gone;
mod graph_clock;
mod guest;
mod guest_step;
mod in_flight;
mod leaving;
mod mail_limit;
mod mails;
mod missing;
mod observed;
mod others;
mod outcome;
mod record;
mod refused;
mod relations;
mod reset;
mod rewritten;
mod send;
mod settle;
mod share;
mod shown;
mod standing;
mod step;
mod taken_back;
mod task;
mod timing;
mod unclaimed;
mod upkeep;
mod verdict;
mod whereabouts;
mod withdrawal;
mod writes;

pub use claim_key::ClaimKey;
pub use decision::Decision;
pub use desired::{Desired, Remind};
pub use graph_clock::GraphClock;
pub use guest::state;
pub use guest_step::{GuestStep, Unclaimed};
pub use mail_limit::MailLimit;
pub use observed::{
    Answer, Demanded, DirectoryUser, Look, Observed, SendAt, Standing, Tenant, Ticket, UNKNOWN_PROVIDER, UserView,
};
pub use others::Others;
pub use record::{Bond, Record};
pub use refused::Refused;
pub use rewritten::{Changes, Rewritten};
pub use send::next_at as next_send_at;
pub use standing::{Claims, is_vacant, standing};
pub use step::{Post, Step, Why};
pub use task::{KeptLink, Outcome, Task};
pub use timing::Timing;
pub use unclaimed::unclaimed;
pub use verdict::{DIRECTORY_FULL, Verdict, verdict};

use timing::AGAIN;

use crate::api::{AttemptKind, DeletionPolicy, Explanation, Reason, RelationState};

/// Chooses the next step for one claim.
pub fn plan(decision: Decision<'_>) -> Step {
    let Decision { desired, record, observed, now, .. } = decision;
    let step = match take_back_unsent(decision, choose(decision)) {
        Step::Write { record: next, ticket, why } => {
            Step::Write { record: Box::new(next.stamped(record, desired, observed, now)), ticket, why }
        }
        other => ended::in_time(decision, other),
    };
    if desired.observe { only_said(step) } else { step }
}

/// A pass that rests is over, and its right to act with it. Only the writer of an attempt knows that nothing has left, so it takes the
/// attempt back first: whoever came to it later would have to wait for the directory to tell, and a claim on its way out would count it as
/// sent.
fn take_back_unsent(decision: Decision<'_>, step: Step) -> Step {
    let Decision { desired, record, observed, .. } = decision;
    let attempt = record.invitation.attempt.as_ref();
    let unsent = attempt.zip(observed.ticket.as_ref()).is_some_and(|(attempt, ticket)| ticket.is_for(attempt));
    match step {
        _ if unsent && desired.deleting.is_some() => settle::taken_back(record),
        Step::Rest { .. } if unsent => settle::taken_back(record),
        step => step,
    }
}

/// What would be done to the directory, as a sentence instead of a deed.
fn only_said(step: Step) -> Step {
    let would = match &step {
        Step::Write { record, ticket: Some(_), .. } => match record.invitation.attempt.as_ref().map(|open| open.kind) {
            Some(AttemptKind::Invite) => "be invited".into(),
            Some(AttemptKind::Add) => "be added".into(),
            Some(AttemptKind::Reset) => "redeem anew".into(),
            _ => "be mailed".into(),
        },
        Step::Post(_) => "be asked for, to find out whether an earlier invitation arrived".into(),
        Step::Do(task) => match task.would() {
            Some(would) => would,
            None => return step,
        },
        _ => return step,
    };
    Step::rest(Why::Observing(would))
}

fn choose(decision: Decision<'_>) -> Step {
    let Decision { desired, record, observed, .. } = decision;
    if let Some((post, answer)) = observed.answer.as_ref().filter(|(post, _)| still_asks(record, post)) {
        return outcome::of(decision, post, answer);
    }
    if let Some(since) = desired.deleting {
        if desired.requests.reconcile != record.handled.reconcile && record.refusal.is_some() {
            let mut next = record.clone();
            next.handled.reconcile.clone_from(&desired.requests.reconcile);
            next.refusal = None;
            return Step::write(next, Why::Offboarding);
        }
        return leaving::step(decision, since);
    }
    if desired.suspended {
        return suspended(decision);
    }
    let send_at = match &observed.tenant {
        Tenant::Missing { message } => {
            return Step::not_ready(Explanation::new(Reason::TenantNotFound, message.clone()));
        }
        Tenant::Unready(trouble) => return Step::not_ready(trouble.clone()),
        Tenant::Ready { send_at } => *send_at,
    };
    if let Some(rest) = bond::taken(record, observed) {
        return rest;
    }
    if let Some(attempt) = &record.invitation.attempt {
        return match record.bond {
            // One send at a time is under way for a person, whoever asked for it.
            Bond::Owns if record.others.sending => Step::rest_for(Why::Waiting, AGAIN),
            Bond::Shares if attempt.claim != desired.uid => Step::rest_for(Why::Waiting, AGAIN),
            Bond::Owns | Bond::Shares => settle::open(decision, attempt),
            // Whose attempt it is, or the Guest itself, settles it before the address is free.
            Bond::None | Bond::Follows => bond::take(decision).unwrap_or_else(|| Step::rest_for(Why::Waiting, AGAIN)),
        };
    }
    if let Some(problem) = &desired.problem {
        return Step::rest(Why::Problem(problem.clone()));
    }
    if record.bond != Bond::None && desired.requests.reconcile != record.handled.reconcile {
        return look_at_everything(decision);
    }
    if record.bond == Bond::None && record.guest.is_some() {
        // Whoever is gone stays on record until the address is really taken: the intent writes over them.
        return bond::take(decision).unwrap_or_else(|| {
            let step = choose(Decision { record: &record.emptied(), ..decision });
            unless_still_listed(record, step)
        });
    }
    if let Some(step) = bond::keep(decision) {
        return step;
    }
    // Only what has something to undo carries our finalizer. In mode Observe nothing is begun that would have. A policy that the
    // claim is not entitled to leaves the one that it had.
    let had = record.bond == Bond::Owns && ended::entitled(decision).policy != DeletionPolicy::Retain;
    let undoes = had || desired.policy != DeletionPolicy::Retain || record.bond == Bond::Shares;
    let binds = undoes && (desired.finalizer || !desired.observe);
    if record.guest.is_some() && binds != desired.finalizer {
        return Step::Do(Task::Bind(binds));
    }
    if let Some(step) = ended::step(decision) {
        return step;
    }
    match &record.guest {
        Some(guest) => follow::known(decision, guest, send_at.of_known()),
        None => begin::unknown(decision, send_at),
    }
}

/// `step`, unless it takes up the very user of `record`, who is gone: a listing can show them for a while.
fn unless_still_listed(record: &Record, step: Step) -> Step {
    let gone = record.guest.as_ref().map(|guest| &guest.id);
    match &step {
        Step::Write { record: next, .. } if next.guest.as_ref().map(|guest| &guest.id) == gone => {
            Step::rest_for(Why::StillListed, AGAIN)
        }
        _ => step,
    }
}

/// Nothing is done, but for an end that a rule demands: the team may suspend a guest, and not the rule.
fn suspended(decision: Decision<'_>) -> Step {
    let Decision { record, observed, .. } = decision;
    let ready = matches!(observed.tenant, Tenant::Ready { .. }) && bond::taken(record, observed).is_none();
    let bound = record.bond == Bond::Owns && record.guest.is_some() && record.invitation.attempt.is_none();
    if !observed.demanded.end || !ready || !bound || record.ended.is_some() {
        return Step::rest(Why::Suspended);
    }
    match ended::step(decision) {
        Some(step) => step,
        None => Step::rest_until_next(Why::Suspended, ended::next_at(decision), decision.now),
    }
}

/// A person asks to look now: at the user, and at what Graph refused before.
fn look_at_everything(decision: Decision<'_>) -> Step {
    let Decision { desired, record, observed, .. } = decision;
    if let Some(guest) = &record.guest
        && !observed.user_is_live()
    {
        return Step::Fetch(guest.id.clone());
    }
    let mut next = record.clone();
    next.handled.reconcile.clone_from(&desired.requests.reconcile);
    next.refusal = None;
    next.invitation.refusal = None;
    for relations in next.relations.values_mut() {
        relations.retain(|relation| relation.state != RelationState::Refused);
    }
    Step::write(next, Why::Updating)
}

/// Whether the attempt on record still waits for what `post` brings. Who was paused before reading an answer may find that
/// others have settled the attempt, or are asking for its fate; then the directory's word counts and the answer is old news.
fn still_asks(record: &Record, post: &Post) -> bool {
    let open = record.invitation.attempt.as_ref().filter(|open| open.id == post.attempt());
    open.is_some_and(|open| matches!(post, Post::Ask { .. }) || open.asked_at.is_none())
}
