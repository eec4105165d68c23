//! The promise under faults: one mail, never two, and no guest lost, whatever breaks and whenever.
//! Where a fault can strike is enumerated, and each test prints how many places that were. Only `soak` and `lives` sample.

// A failed expectation is how a test fails; clippy's own exception covers test functions only, not what they share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod acts;
mod crash;
mod graph;
mod lives;
mod replicas;
mod soak;
mod views;
