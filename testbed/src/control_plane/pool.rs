//! Control planes that are used again: starting one costs several seconds of processor time, emptying one a tenth of that.
//! A test whose world has ended well leaves its control plane to the next test of the same process, which empties it first.
//! No two worlds ever share one at a time, so a test still has a cluster of its own.

use std::ops::Deref;

use parking_lot::Mutex;

use super::{ControlPlane, Definitions, PlaneConfig, clean};
use crate::{Folder, Result, folder::KEEP};

/// Control planes whose worlds have ended well.
static LEFT: Mutex<Vec<ControlPlane>> = Mutex::new(Vec::new());

/// A control plane in the hands of one world.
pub struct Pooled {
    /// Only none while it is dropped.
    plane: Option<ControlPlane>,
    /// Whether the next world may have it.
    again: bool,
}

impl Pooled {
    /// One with these definitions that an earlier world has left, emptied, else a new one.
    ///
    /// # Errors
    /// What keeps a new one from starting. One that cannot be emptied is ended, and another one is taken.
    pub async fn take(config: &PlaneConfig, definitions: Definitions) -> Result<Self> {
        if *config != PlaneConfig::default() || std::env::var_os(KEEP).is_some() {
            return Self::new(Folder::temporary()?, config, definitions).await;
        }
        while let Some(mut plane) = left(definitions) {
            match clean::empty(&mut plane).await {
                Ok(clean::Emptied::Yes) => return Ok(Self { plane: Some(plane), again: true }),
                Ok(clean::Emptied::No { why }) => eprintln!("testbed: a control plane is not used again: {why}"),
                Err(error) => eprintln!("testbed: a control plane cannot be emptied, and is ended: {error}"),
            }
        }
        let mut plane = ControlPlane::start_with(Folder::temporary()?, config).await?;
        clean::remember(&mut plane, definitions).await?;
        Ok(Self { plane: Some(plane), again: true })
    }

    /// A new one in `folder` for one world alone, as its data stay there, or it has what others do not want.
    ///
    /// # Errors
    /// What keeps it from starting, or from taking the definitions.
    pub(crate) async fn new(folder: Folder, config: &PlaneConfig, definitions: Definitions) -> Result<Self> {
        let plane = ControlPlane::start_with(folder, config).await?;
        plane.define(definitions).await?;
        Ok(Self { plane: Some(plane), again: false })
    }
}

fn left(definitions: Definitions) -> Option<ControlPlane> {
    let mut left = LEFT.lock();
    let at = left.iter().rposition(|plane| plane.origin.begins == definitions)?;
    Some(left.remove(at))
}

impl Deref for Pooled {
    type Target = ControlPlane;

    #[allow(clippy::expect_used, reason = "it is taken out in `drop` only, after which nobody can ask")]
    fn deref(&self) -> &ControlPlane {
        self.plane.as_ref().expect("a control plane until it is dropped")
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        let Some(plane) = self.plane.take() else { return };
        // After a failure somebody may want to look at it, and who knows in what state it is.
        let sound = !std::thread::panicking() && !plane.was_touched() && !plane.folder.is_kept();
        if self.again && sound {
            LEFT.lock().push(plane);
        }
    }
}
