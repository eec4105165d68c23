//! The proofs of the decision: the search enumerates every interleaving of faults, the mutations show that it would notice.
//!
//! `world` is what there is, `seen` what a process sees of it, and `model` asks the decision. `act` carries a decision out as the
//! controller does, with its live reads. `moves` is all that can happen. `search` visits every state and holds it against the promise.
//! `binding` and `sharing` are small worlds of their own.
//!
//! `api`, `policy` and `plan` are the operator's own source files, which this package compiles once more with optimisation: the search
//! makes some hundred million moves, and the operator itself is built without, so that a change is tried soon.

// The unit tests of these files run with the operator's own; here they would be compiled once more.
#![cfg(not(test))]
// All of this is a test, also what its tests share.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../src/api/mod.rs"]
pub mod api;
#[path = "../../src/plan/mod.rs"]
pub mod plan;
#[path = "../../src/policy/mod.rs"]
pub mod policy;

mod act;
pub mod binding;
mod few;
mod finding;
mod model;
mod moves;
pub mod mutations;
mod print;
pub mod search;
mod seen;
pub mod sharing;
mod world;

pub use finding::Finding;
