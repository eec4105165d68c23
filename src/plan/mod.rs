//! The decision: what is the one next thing to do for a guest? Pure: no async, no clients, no clock but the one it is handed,
//! so that the explorer beside it can run the very function that ships through every interleaving of faults.
//!
//! [`plan`] is asked again after each step, with what the step brought. Its promise, over any crash, pause, lost
//! answer, stale view or second leader: one mail for each wanted send, never two, and no guest lost.

mod begin;
mod follow;
mod ledger;
mod outcome;
mod record;
mod seen;
mod settle;
mod step;
mod timing;
mod verdict;

#[cfg(test)]
mod tests;

pub use ledger::{Inherited, Ledger};
pub use record::Record;
pub use seen::{
    Answer, DirectoryUser, Look, Refused, Seen, SendAt, Tenant, Ticket, UNKNOWN_PROVIDER, UserView, Wanted,
};
pub use step::{Post, Step, Why};
pub use timing::Timing;
pub use verdict::{Verdict, verdict};

use jiff::Timestamp;

/// Chooses the next step for one guest.
///
/// `record` is what status holds at the resource version that a [`Step::Write`] will name; `seen` is what this process
/// knows beside it; `now` is this process's own wall clock.
pub fn plan(wanted: &Wanted, record: &Record, seen: &Seen, now: Timestamp, timing: &Timing) -> Step {
    match choose(wanted, record, seen, now, timing) {
        Step::Write { record, ticket, why } => Step::Write { record: Box::new(record.attest(seen)), ticket, why },
        other => other,
    }
}

fn choose(wanted: &Wanted, record: &Record, seen: &Seen, now: Timestamp, timing: &Timing) -> Step {
    if let Some((post, answer)) = seen.answer.as_ref().filter(|(post, _)| still_asks(record, post)) {
        return outcome::of(wanted, record, post, answer, now);
    }
    if wanted.deleting {
        return Step::rest(Why::Deleting);
    }
    if wanted.suspended {
        return Step::rest(Why::Suspended);
    }
    let send_at = match &seen.tenant {
        Tenant::Unready { reason, message } => {
            return Step::rest(Why::TenantNotReady { reason: reason.clone(), message: message.clone() });
        }
        Tenant::Ready { send_at } => *send_at,
    };
    if let Some(attempt) = &record.invitation.attempt {
        return settle::open(wanted, record, attempt, seen, now, timing);
    }
    if let Some(holder) = &seen.holder {
        return Step::rest(Why::Duplicate { holder: holder.clone() });
    }
    match &record.guest {
        Some(guest) => follow::known(wanted, record, guest, seen, send_at, now, timing),
        None => begin::unknown(wanted, record, seen, send_at, now, timing),
    }
}

/// Whether the attempt on record still waits for what `post` brings. Who was paused before reading an answer may find that
/// others have settled the attempt, or are asking for its fate; then the directory's word counts and the answer is old news.
fn still_asks(record: &Record, post: &Post) -> bool {
    let open = record.invitation.attempt.as_ref().filter(|open| open.id == post.attempt());
    open.is_some_and(|open| matches!(post, Post::Ask { .. }) || open.asked_at.is_none())
}
