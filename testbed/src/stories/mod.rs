//! What the suites in `tests/` share: a world with the operator at work, manifests, changes, waiting, and what the journal counts.
//! What only one suite needs stands in that suite.

// A failed expectation is how a test fails, and nobody but tests calls these.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod change;
mod directory;
pub mod helm;
pub mod installed;
mod journal;
mod manifests;
mod start;
mod status;
mod wait;

pub use change::{changed, guests, hours_pass, patched};
pub use directory::{ALL, APP, ROLES, TENANT, allowed, variants};
pub use journal::{calls, mails, one_mail, posts, repeated, simulator};
pub use manifests::{client_secret, every_right, guest, guest_list, guest_with, named, named_list, numbered, smtp};
pub use start::{connected, only_plane, patient, quick, settling_in, world};
pub use status::{condition, is_blank, is_current, kstatus, state};
pub use wait::{
    SOON, a_while, until, until_current_reason, until_gone, until_reason, until_reason_of_tenant, until_set,
    until_state, until_tenant, within,
};
