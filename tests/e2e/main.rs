//! End to end: the shipped binary on a real etcd and kube-apiserver, against the simulator. The cluster and the journal are
//! the witnesses: each story counts mails, calls and writes, not only end states.

// A failed expectation is how a test fails; clippy's own exception covers test functions only, not what they share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad_input;
mod facts;
mod fields;
mod followed;
mod identity;
mod import;
mod leaders;
mod life;
mod lists;
mod namespaces;
mod one_directory;
mod outages;
mod patience;
mod people;
mod restored;
mod rivals;
mod selected;
mod settled;
mod shared;
mod streamed;
mod swept;
mod thousand;
mod typed;
mod variants;
