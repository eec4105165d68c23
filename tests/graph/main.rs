//! The Graph port against the simulator: what each call sends, by the simulator's journal, and what it makes of each answer.

// A failed expectation is how a test fails; clippy's own exception covers test functions only, not what they share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bench;
mod deleted;
mod groups;
mod looks;
mod members;
mod members_in_batch;
mod obstacles;
mod principals;
mod quota;
mod resets;
mod silence;
mod sponsors;
mod updates;
mod users;
