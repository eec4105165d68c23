//! `guestlist check`: a person asks whether something is right. It signs in and asks as the operator does. It writes nothing,
//! except where the person lets `--probe` try the directory out.

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
    /// Looks, and tells by the exit code as well.
    ///
    /// # Errors
    /// When there is no API server, it does not tell of the tenant, or the probe that was asked for does not begin.
    pub fn execute(self) -> Result<ExitCode, CheckError> {
        let runtime = tokio::runtime::Runtime::new()?;
        match self.what {
            CheckCommand::Tenant(tenant) => runtime.block_on(tenant.check()),
        }
    }
}
