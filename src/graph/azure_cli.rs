//! Runs `az` for azure_identity, whose own way would leave the program behind when nobody waits for it any longer.

use std::ffi::OsStr;
use std::process::Output;

use async_trait::async_trait;
use azure_identity::Executor;

/// A child process that ends with the wait for it.
#[derive(Debug)]
pub(super) struct Az;

#[async_trait]
impl Executor for Az {
    async fn run(&self, program: &OsStr, args: &[&OsStr]) -> std::io::Result<Output> {
        tokio::process::Command::new(program).args(args).kill_on_drop(true).output().await
    }
}
