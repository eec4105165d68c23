//! Fuzz targets: what comes from outside, as bytes that a fuzzer or a seed has chosen, and what must be true whatever comes.
//! They are built for tests, which replay `fuzz/corpus` and try inputs of their own, and for the fuzzer in `fuzz/`.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
pub mod breaks;
pub mod choices;
mod csv;
mod errors;
pub mod generate;
mod mail;
mod plan;
#[cfg(test)]
mod replay;
mod retry_after;
pub mod samples;
mod script;
mod sign_in;
mod ticket;

pub use answers::answers;
pub use csv::csv;
pub use errors::errors;
pub use mail::mail;
pub use plan::plan;
pub use retry_after::retry_after;
pub use sign_in::sign_in;
