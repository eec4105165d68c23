//! Why `guestlist check` ends before it has looked.

use super::cluster::LookError;
use super::probe::ProbeError;
use crate::cli::cluster::ClusterError;

/// Nothing can be looked at, or nothing be tried out.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// There are no threads to work with.
    #[error("no runtime: {0}")]
    Runtime(#[from] std::io::Error),
    /// There is no API server.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The cluster does not tell of the tenant.
    #[error(transparent)]
    Look(#[from] LookError),
    /// The probe did not begin.
    #[error(transparent)]
    Probe(#[from] ProbeError),
}
