//! The wall around one reconcile: a panic or a hang in it must stop neither the others nor the controller.

use std::any::Any;
use std::error::Error;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use tokio::time::error::Elapsed;

use super::again::Again;

/// The longest that one reconcile may take.
const LONGEST: Duration = Duration::from_secs(180);

/// How a reconcile ended when it did not end by itself.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileStopped {
    /// It panicked.
    #[error("a defect in the operator: {0}")]
    Panicked(String),
    /// It took too long.
    #[error("took longer than {} s", LONGEST.as_secs())]
    TooLong(#[source] Elapsed),
}

/// A reconcile that ended early; it is tried again.
#[derive(Debug, thiserror::Error)]
#[error("{source}")]
pub struct Failed {
    source: Box<dyn Error + Send + Sync>,
    wait: Duration,
}

impl Failed {
    /// Ended because of `source`; to be tried again after `wait`.
    pub fn new(source: Box<dyn Error + Send + Sync>, wait: Duration) -> Self {
        Self { source, wait }
    }

    /// When to try again.
    pub fn again(&self) -> Again {
        Again::After(self.wait)
    }
}

/// Runs `work` to its end, or to the wall.
///
/// # Errors
/// When it panics, or takes longer than three minutes.
pub fn guarded<T>(work: impl Future<Output = T>) -> impl Future<Output = Result<T, ReconcileStopped>> {
    // On the heap: whoever has not begun yet takes no room for it, and what it is handed to does not keep room for it twice.
    let caught = AssertUnwindSafe(Box::pin(work)).catch_unwind();
    async move {
        match tokio::time::timeout(LONGEST, caught).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(panic)) => Err(ReconcileStopped::Panicked(words(panic.as_ref()))),
            Err(late) => Err(ReconcileStopped::TooLong(late)),
        }
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned()))
        .unwrap_or_else(|| "no message".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_value() {
        let broken = guarded(async { panic!("boom {}", 1) }).await.map(|(): ()| ());
        assert_eq!(broken.unwrap_err().to_string(), "a defect in the operator: boom 1");
        assert_eq!(guarded(async { 7 }).await.unwrap(), 7);
    }
}
