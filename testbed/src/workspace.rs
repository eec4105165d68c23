//! Where the folders of this workspace are.
//! The testbed is used from a checkout only, so they are found from its own source folder.

use std::path::{Path, PathBuf};

/// The root folder of the workspace.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// A file or folder in the workspace, such as `crds` or `examples/guests`.
pub fn path(inside: &str) -> PathBuf {
    root().join(inside)
}

/// The text of a file in the workspace.
///
/// # Errors
/// When it cannot be read.
pub fn text(inside: &str) -> std::io::Result<String> {
    std::fs::read_to_string(path(inside))
}
