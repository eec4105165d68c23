//! `make demo`: the whole of Guestlist on one machine, with no cloud and no account.
//! `--once` plays the story through by itself and tells by its exit code whether every guest came out right.

use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    testbed::demo::run(testbed::demo::Args::parse()).await
}
