//! Writes what of the chart is generated: `chart-files FOLDER`, where FOLDER is laid out as charts/guestlist.

use std::{path::Path, process::ExitCode};

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("chart-files: say which folder to write into, such as charts/guestlist");
        return ExitCode::FAILURE;
    };
    match testbed::chart::generate(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chart-files: {error}");
            ExitCode::FAILURE
        }
    }
}
