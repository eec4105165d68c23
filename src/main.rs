//! The operator's binary: crypto provider, arguments, one call.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // Before anything makes a TLS client: kube and reqwest both use the process-wide provider. It can only be set already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    guestlist::cli::execute(guestlist::cli::Arguments::parse())
}
