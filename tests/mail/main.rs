//! The operator's own mail against a real postfix, which each test starts for itself in a folder of its own, and against
//! scripted servers for what no real one does on demand. The guest's mailbox is the witness: it says how often a letter came.

// A failed expectation is how a test fails; clippy's own exception covers test functions only, not what they share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod letters;
mod postfix;
mod proxy;
mod script;
mod stages;
mod starttls;
