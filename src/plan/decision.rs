//! What one decision for a claim rests on.

use jiff::Timestamp;

use super::{Desired, Observed, Record, Timing};

/// Everything that [`plan`](super::plan) may look at. It borrows: one is made for each step of a pass.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    /// What the spec asks for.
    pub desired: &'a Desired,
    /// What the Guest holds, at the resource version that a [`Step::Write`](super::Step::Write) will name.
    pub record: &'a Record,
    /// What this process knows beside it.
    pub observed: &'a Observed,
    /// This process's own wall clock.
    pub now: Timestamp,
    /// How long the parts of a send may take.
    pub timing: &'a Timing,
}
