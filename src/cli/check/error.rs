//! Why `guestlist check` ends before it has checked anything.

use super::cluster::LookError;
use super::probe::ProbeError;
use crate::cli::cluster::ClusterError;

/// Nothing can be checked or probed.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// No threads can be started.
    #[error("no runtime: {0}")]
    Runtime(#[from] std::io::Error),
    /// The API server cannot be used.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The tenant cannot be read from the cluster.
    #[error(transparent)]
    Look(#[from] LookError),
    /// The probe did not begin.
    #[error(transparent)]
    Probe(#[from] ProbeError),
}
