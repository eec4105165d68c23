//! Writes the files that are generated from the source, other than the definitions: `generated-files FOLDER`, run in the root
//! folder of the project, where FOLDER is `.` or another one to compare with.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use guestlist::api::reason;
use guestlist::policy::{admission, docs};

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{} cannot be read or written", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path} cannot be brought up to date")]
    Page { path: &'static str, source: Box<dyn std::error::Error> },
}

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("generated-files: say which folder to write into, such as .");
        return ExitCode::FAILURE;
    };
    match generate(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            eprintln!("generated-files: {error}: {cause}");
            ExitCode::FAILURE
        }
    }
}

fn generate(folder: &Path) -> Result<(), Error> {
    write(&folder.join("admission/guest-access.yaml"), &admission::guest_access())?;
    page(folder, "docs/who-may-invite.md", docs::with_table)?;
    page(folder, "docs/states.md", reason::docs::with_tables)
}

/// Brings the generated part of the page at `path` up to date.
fn page<E>(folder: &Path, path: &'static str, update: impl Fn(&str) -> Result<String, E>) -> Result<(), Error>
where
    E: std::error::Error + 'static,
{
    let page = std::fs::read_to_string(path).map_err(|source| Error::File { path: path.into(), source })?;
    let page = update(&page).map_err(|source| Error::Page { path, source: Box::new(source) })?;
    write(&folder.join(path), &page)
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    let failed = |source| Error::File { path: path.to_owned(), source };
    std::fs::create_dir_all(path.parent().unwrap_or(path)).map_err(failed)?;
    std::fs::write(path, text).map_err(failed)
}
