//! `guestlist check tenant`, with and without `--probe`: the real binary with a person played at its standard input, against
//! a real API server and the simulator, whose journal is the witness of what was written and who was mailed.

// A failed expectation is how a test fails; clippy's own exception covers test functions only, not what they share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bench;
mod check;
mod cleaned;
mod known;
mod person;
mod switches;
