//! The folder in which one world keeps its data and logs.
//! It is removed when it is dropped, and by the watchdog when this process is killed, unless it shall be kept.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use crate::{Error, Result, children::watchdog};

/// Set to anything, it keeps the folders of all worlds for a look at the logs.
pub const KEEP: &str = "TESTBED_KEEP";

/// A folder for data and logs.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    keep: AtomicBool,
}

impl Folder {
    /// A new folder among the temporary ones, removed at the end.
    pub fn temporary() -> Result<Self> {
        let path = tempfile::Builder::new()
            .prefix("guestlist-")
            .tempdir()
            .map_err(Error::io("making a temporary folder"))?
            .keep();
        let keep = std::env::var_os(KEEP).is_some();
        if !keep {
            watchdog::note_folder(&path)?;
        }
        Ok(Self { path, keep: AtomicBool::new(keep) })
    }

    /// A folder that the caller names, made if missing and kept at the end.
    pub fn at(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path).map_err(Error::io(format!("making {}", path.display())))?;
        let path = path.canonicalize().map_err(Error::io(format!("finding {}", path.display())))?;
        Ok(Self { path, keep: AtomicBool::new(true) })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves the folder where it is when this value is dropped, and tells where that is.
    pub fn keep(&self) -> &Path {
        if !self.keep.swap(true, Ordering::SeqCst) {
            watchdog::forget_folder(&self.path);
        }
        &self.path
    }

    /// Whether it stays at the end.
    pub(crate) fn is_kept(&self) -> bool {
        self.keep.load(Ordering::SeqCst)
    }

    /// Writes a file into it, readable by its owner only, since most of these files hold a key.
    pub fn write(&self, name: &str, content: &str) -> Result<PathBuf> {
        use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
        let path = self.path.join(name);
        std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(content.as_bytes()))
            .map_err(Error::io(format!("writing {}", path.display())))?;
        Ok(path)
    }

    /// Makes a folder inside it.
    pub fn folder(&self, name: &str) -> Result<PathBuf> {
        let path = self.path.join(name);
        std::fs::create_dir_all(&path).map_err(Error::io(format!("making {}", path.display())))?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep.load(Ordering::SeqCst) {
            let _ = std::fs::remove_dir_all(&self.path);
            watchdog::forget_folder(&self.path);
        }
    }
}
