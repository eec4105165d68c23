//! The operator's binary: crypto provider, arguments, one call.

use std::process::ExitCode;

use clap::Parser;

/// glibc's allocator keeps gaps between what lives long and what does not: with 10,000 guests an eighth of all memory (docs/decisions/0016).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    // Before anything makes a TLS client: kube and reqwest both use the process-wide provider. It can only be set already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    guestlist::cli::execute(guestlist::cli::Arguments::parse())
}
