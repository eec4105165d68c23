//! `guestlist check`: checks for a person whether something is right. It signs in and asks as the operator does. It
//! writes nothing, except when the person tries the directory out with `--probe`.

mod cluster;
mod error;
mod findings;
pub mod probe;
mod tenant;

use std::process::ExitCode;

use clap::Subcommand;

use error::CheckError;

/// Check whether something is right, and say what to do if it is not.
#[derive(clap::Args, Debug)]
pub struct Check {
    #[command(subcommand)]
    what: CheckCommand,
}

#[derive(Subcommand, Debug)]
enum CheckCommand {
    // Its own words are its help.
    Tenant(tenant::CheckTenant),
}

impl Check {
    /// Checks, and returns the exit code.
    ///
    /// # Errors
    /// When the API server cannot be used, the tenant cannot be read, or the probe does not begin.
    pub fn execute(self) -> Result<ExitCode, CheckError> {
        let runtime = tokio::runtime::Runtime::new()?;
        match self.what {
            CheckCommand::Tenant(tenant) => runtime.block_on(tenant.check()),
        }
    }
}
