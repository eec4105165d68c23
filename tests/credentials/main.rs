//! Signing in, end to end: every kind of credentials through the same story, what is told when one is wrong, and how it goes
//! on when it is put right. The sign-in's journal is the witness: no test is content with an end state alone.

// A failed expectation is how a test fails; clippy's own exception covers test functions only, not what they share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod certificates;
mod kinds;
mod metadata;
mod permitted;
mod proxied;
mod schema;
mod stories;
mod two_tenants;
mod wrong;
