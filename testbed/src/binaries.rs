//! Finds the etcd and the kube-apiserver to run: in the folder that `KUBEBUILDER_ASSETS` names, else where
//! tools/control_plane.py has put them. That script builds what is nowhere to be found; `make` runs it ahead of all that needs it.

use std::path::{Path, PathBuf};

use crate::{Error, Result, workspace};

/// The variable that names a folder with both binaries, as envtest's does.
pub const ASSETS: &str = "KUBEBUILDER_ASSETS";

/// The two binaries of a control plane.
#[derive(Debug, Clone)]
pub struct Binaries {
    /// etcd.
    pub etcd: PathBuf,
    /// kube-apiserver.
    pub kube_apiserver: PathBuf,
}

impl Binaries {
    /// Finds them.
    ///
    /// # Errors
    /// Where one is missing, with the command that brings it.
    pub fn find() -> Result<Self> {
        let folder = match std::env::var_os(ASSETS).filter(|folder| !folder.is_empty()) {
            Some(folder) => PathBuf::from(folder),
            None => brought(),
        };
        Ok(Self { etcd: found(&folder, "etcd")?, kube_apiserver: found(&folder, "kube-apiserver")? })
    }

    /// The kube-controller-manager, which only some tests need.
    ///
    /// # Errors
    /// Where it is missing, with the command that brings it.
    pub fn controller_manager() -> Result<PathBuf> {
        found(&brought(), "kube-controller-manager")
    }
}

/// The Helm that the chart is tested with: version 4, because its answers are a part of what the tests expect.
///
/// # Errors
/// Where it is missing, with the command that brings it.
pub fn helm() -> Result<PathBuf> {
    found(&brought(), "helm")
}

/// The program that says what Argo CD makes of a health check (tools/argo-health).
///
/// # Errors
/// Where it is missing, with the command that brings it.
pub fn argo_health() -> Result<PathBuf> {
    found(&brought(), "argo-health")
}

/// The folder of links that tools/control_plane.py makes.
fn brought() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty());
    target.map_or_else(|| workspace::path("target"), |folder| workspace::root().join(folder)).join("control-plane")
}

fn found(folder: &Path, name: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    if path.is_file() { Ok(path) } else { Err(Error::NoBinary { path }) }
}
