//! Prints the folder with etcd and kube-apiserver, and builds them first if need be.
//! The Makefile and the build server run it ahead, so that no test waits for Go.

use std::process::ExitCode;

fn main() -> ExitCode {
    match testbed::Binaries::find() {
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
