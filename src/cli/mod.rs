//! The commands. Each flag has an environment variable of the same name, so that chart values, flags and `--help` use
//! the same names.

pub mod check;
mod cluster;
mod crds;
pub(crate) mod import;
mod proxy;
mod run;
mod signals;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Guests of a Microsoft Entra tenant, declared in Kubernetes: one mail, never two, and no guest lost.
#[derive(Parser, Debug)]
#[command(name = "guestlist", version, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run the operator.
    Run(Box<run::Run>),
    /// Print the CustomResourceDefinitions that this version serves, as YAML.
    Crds(crds::Crds),
    /// Check whether something is right, and say what to do if it is not.
    Check(Box<check::Check>),
    // Its own words are its help.
    Import(import::Import),
}

/// Runs the command that was given.
pub fn execute(arguments: Arguments) -> ExitCode {
    let done = |()| ExitCode::SUCCESS;
    let result: Result<ExitCode, Box<dyn Error>> = match arguments.command {
        Command::Run(run) => run.execute().map(done).map_err(Into::into),
        Command::Crds(crds) => crds.execute().map(done).map_err(Into::into),
        Command::Check(check) => check.execute().map_err(Into::into),
        Command::Import(import) => import.execute().map(done).map_err(Into::into),
    };
    match result {
        Ok(code) => code,
        // The sentence of an error already tells its cause.
        Err(error) => {
            // If standard error is closed, only the exit code can tell.
            let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("guestlist: {error}\n"));
            ExitCode::FAILURE
        }
    }
}
