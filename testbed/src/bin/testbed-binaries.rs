//! Prints the folder with etcd and kube-apiserver, and builds them first if need be; with `--all` also kube-controller-manager
//! and Helm, which only some tests need. The Makefile and the build server run it ahead, so that no test waits for Go.

use std::process::ExitCode;

fn main() -> ExitCode {
    let all = std::env::args().any(|argument| argument == "--all");
    match find(all) {
        Ok(found) => {
            println!("{}", found.folder.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("testbed: {error}");
            ExitCode::FAILURE
        }
    }
}

fn find(all: bool) -> testbed::Result<testbed::Binaries> {
    let found = testbed::Binaries::find()?;
    if all {
        found.controller_manager()?;
        testbed::binaries::helm()?;
    }
    Ok(found)
}
