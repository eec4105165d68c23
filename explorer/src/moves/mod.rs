//! Everything that can happen next in the model's world, and what it does.

mod after;
mod graph;
mod people;
mod possible;

pub use after::after;
pub use possible::possible;

use crate::model::At;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Time passes for everybody: also how a pause is made.
    Tick,
    /// The directory's reads catch up.
    Replicate,
    /// The process takes one step for the claim.
    Step(At),
    /// The process takes one step for the Guest itself.
    StepGuest(usize),
    /// The process takes one step; the API server does the write and its answer is lost.
    StepWriteAnswerLost(At),
    /// The watch brings the process up to date with the claim.
    Sync(At),
    /// The watch brings the process up to date with the Guest.
    SyncGuest(usize),
    /// The watch brings the process up to date with the EntraTenant.
    SyncRules(usize),
    /// Graph does the request.
    Work(At),
    /// Graph answers 429.
    Throttle(At),
    /// The answer arrives.
    Deliver(At),
    /// The request or its answer is lost, or the client's time is up.
    Lose(At),
    /// Graph does a dead process's request.
    WorkOrphan,
    /// The process asks Graph to end somebody or to bring them back, and never hears of it.
    StepLate(At),
    /// Graph does that.
    WorkLate,
    Crash(usize),
    Restart(usize),
    Delete(usize),
    /// The claim disappears without being deleted.
    Vanish(usize),
    Create(usize),
    /// The guest accepts.
    Accept,
    /// An administrator deletes the guest's user.
    Leave,
    /// An administrator disables the account, or enables it.
    Switch,
    /// Somebody sets `spec.suspend`, or takes it back.
    Suspend(usize),
    /// Somebody lets the access end (`accessUntil` has passed), or sets a later time.
    End(usize),
    /// Somebody sets `deletionPolicy` to what the scenario is about.
    Harden(usize),
    /// Somebody asks for one more mail.
    AskOnceMore,
    /// The EntraTenant's rules come to refuse the claim, or to allow it.
    Rule(usize),
    /// An approval is withdrawn, or given.
    Approve(usize),
}
