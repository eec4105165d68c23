//! Fuzz targets: what comes from outside, as bytes that a fuzzer or a seed has chosen, and what must be true whatever comes.
//! They are built for tests, which replay `fuzz/corpus` and try inputs of their own, and for the fuzzer in `fuzz/`.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod breaks;
pub mod choices;
pub mod generate;
mod plan;
#[cfg(test)]
mod replay;
pub mod samples;

pub use crate::cli::import::fuzzing::csv;
pub use crate::graph::fuzzing::{answers, errors, retry_after, sign_in};
pub use crate::mail::fuzzing::mail;
pub use plan::plan;
