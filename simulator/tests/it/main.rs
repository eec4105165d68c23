//! The simulator from outside: real HTTPS, one file for each thing it stands in for.

// clippy.toml allows these in tests; the helpers beside the tests are meant too.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod batch;
mod conversion;
mod delta;
mod faults;
mod groups;
mod imds;
mod invitations;
mod lag;
mod leave;
mod listing;
mod mailbox;
mod profile;
mod redemption;
mod relations;
mod reset;
mod scripted;
mod smtp;
mod support;
mod throttling;
mod token;
mod users;
mod variants;
