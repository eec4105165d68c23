//! Bad input, on a real API server: thousands of resources made from the definitions' own schemas are refused with a sentence
//! or taken, and what is taken the operator handles; and what the operator writes the API server keeps.

// A failed expectation is how a test fails; clippy's own exception covers test functions only, not what they share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod applied;
#[path = "../../src/fuzzing/breaks.rs"]
mod breaks;
#[path = "../../src/fuzzing/choices.rs"]
#[allow(dead_code, reason = "the fuzz targets use all of it")]
mod choices;
mod compared;
mod created;
mod definitions;
#[path = "../../src/fuzzing/generate.rs"]
mod generate;
mod handled;
mod kept;
mod requests;
#[path = "../../src/fuzzing/samples.rs"]
mod samples;
mod spy;
mod thousands;
mod told;
