//! Who may invite whom, on a real API server: the decision of `policy` and the policies of `admission/` are held against each
//! other, and the stories are told with the shipped binary. Mails and calls are counted, not only end states.

// A failed expectation is how a test fails; clippy's own exception covers test functions only, not what they share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod approval;
mod approved;
mod ask;
mod cases;
mod each;
mod editors;
mod generated;
mod guests;
mod hostile;
mod last_look;
mod lists;
mod odd;
mod rules;
mod stories;
mod table;
