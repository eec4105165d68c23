//! The chart, with the real Helm and the real API server: what it renders and refuses, how it comes, changes and goes, and that
//! the operator does its work started as the Deployment says, as the ServiceAccount and under the rights of the chart.

// A failed expectation is how a test fails; clippy's own exception covers test functions only, not what they share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod argo;
mod collected;
mod files;
mod hostile;
mod installed;
mod life;
mod older;
mod people;
mod refused;
mod rights;
mod story;
mod switches;
