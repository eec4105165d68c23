//! Where the demo keeps its data: .demo in the workspace, so that the kubeconfig has a path to remember.
//! A second demo at the same time takes a temporary folder.

use std::{
    cell::Cell,
    fs::File,
    path::{Path, PathBuf},
};

use crate::{Error, Result, children::watchdog, workspace};

/// The demo's own folder. It is cleared when this is dropped, unless its logs are wanted.
pub(super) struct Place {
    world: PathBuf,
    keep: Cell<bool>,
    _lock: File,
}

impl Place {
    /// Takes the folder and clears away what an earlier demo left in it.
    pub(super) fn take() -> Result<Self> {
        let named = workspace::path(".demo");
        std::fs::create_dir_all(&named).map_err(Error::io(format!("making {}", named.display())))?;
        let lock = File::create(named.join("lock")).map_err(Error::io("making the demo's lock file"))?;
        let world = match lock.try_lock() {
            Ok(()) => named.join("world"),
            Err(_) => std::env::temp_dir().join(format!("guestlist-demo-{}", std::process::id())),
        };
        let _ = std::fs::remove_dir_all(&world);
        watchdog::note_folder(&world)?;
        Ok(Self { world, keep: Cell::new(false), _lock: lock })
    }

    /// Where the world goes.
    pub(super) fn world(&self) -> &Path {
        &self.world
    }

    /// Leaves everything where it is, and tells where that is.
    pub(super) fn keep(&self) -> &Path {
        self.keep.set(true);
        watchdog::forget_folder(&self.world);
        &self.world
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.keep.get() {
            let _ = std::fs::remove_dir_all(&self.world);
            watchdog::forget_folder(&self.world);
        }
    }
}
