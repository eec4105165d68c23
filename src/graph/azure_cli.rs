//! Runs `az` for azure_identity. The library's own executor would leave the process running when the caller stops
//! waiting.

use std::ffi::OsStr;
use std::process::Output;

use async_trait::async_trait;
use azure_identity::Executor;

/// Runs a child process and ends it when the caller stops waiting.
#[derive(Debug)]
pub(super) struct Az;

#[async_trait]
impl Executor for Az {
    async fn run(&self, program: &OsStr, args: &[&OsStr]) -> std::io::Result<Output> {
        tokio::process::Command::new(program).args(args).kill_on_drop(true).output().await
    }
}
