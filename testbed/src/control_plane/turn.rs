//! Whose turn it is to start a control plane. Starting takes seconds of a processor. Of many that start at once none is ready for
//! minutes, so each waits for its turn: on the whole machine, because several test programs run side by side.

use std::fs::File;
use std::time::Duration;

/// So many start at once.
const AT_ONCE: usize = 2;

/// How often a turn is asked for.
const AGAIN: Duration = Duration::from_millis(100);

/// A turn, until it is dropped. The lock of a process that ended is free.
pub(super) struct Turn {
    _lock: Option<File>,
}

impl Turn {
    /// Waits for a turn. Where no lock can be made, nobody waits.
    pub(super) async fn take() -> Self {
        loop {
            for place in 0..AT_ONCE {
                let path = std::env::temp_dir().join(format!("guestlist-testbed-start-{place}.lock"));
                let Ok(file) = File::options().create(true).truncate(false).write(true).open(path) else {
                    return Self { _lock: None };
                };
                match file.try_lock() {
                    Ok(()) => return Self { _lock: Some(file) },
                    Err(std::fs::TryLockError::WouldBlock) => {}
                    Err(std::fs::TryLockError::Error(_)) => return Self { _lock: None },
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}
