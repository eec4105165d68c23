//! Says what is being done while it is being done, and how long it took.
//! It goes to standard error, so that what the demo has to tell stays apart.

use std::{future::Future, time::Instant};

use crate::Result;

/// Does one step and tells about it.
pub(super) async fn step<T>(what: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
    eprintln!("- {what} ...");
    let begun = Instant::now();
    let done = work.await;
    let seconds = begun.elapsed().as_secs_f32();
    match &done {
        Ok(_) => eprintln!("  done in {seconds:.1} s"),
        Err(_) => eprintln!("  FAILED after {seconds:.1} s"),
    }
    done
}
