//! Finds the etcd and the kube-apiserver to run, and has them built with Go when there are none.
//! First `KUBEBUILDER_ASSETS`, then what an earlier run built under the user's cache folder, then a build from tools/.

use std::path::{Path, PathBuf};

use crate::{Error, Result, workspace};

mod compile;
mod pins;

/// The variable that names a folder with both binaries, as envtest's does.
pub const ASSETS: &str = "KUBEBUILDER_ASSETS";

/// The two binaries of a control plane.
#[derive(Debug, Clone)]
pub struct Binaries {
    /// The folder that holds both.
    pub folder: PathBuf,
    /// etcd.
    pub etcd: PathBuf,
    /// kube-apiserver.
    pub kube_apiserver: PathBuf,
}

impl Binaries {
    /// Finds them, or builds them, which takes minutes and shows its progress on standard error.
    pub fn find() -> Result<Self> {
        if let Some(folder) = std::env::var_os(ASSETS).filter(|folder| !folder.is_empty()) {
            let found = Self::of(Path::new(&folder));
            return match found.missing() {
                None => Ok(found),
                Some(missing) => Err(Error::AssetsIncomplete { folder: found.folder, missing }),
            };
        }
        let pins = pins::Pins::read(&workspace::path("tools"))?;
        let built = Self::of(&cache().join(&pins.key));
        if built.missing().is_some() {
            compile::compile(&pins, &built)?;
        }
        Ok(built)
    }

    fn of(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), etcd: folder.join("etcd"), kube_apiserver: folder.join("kube-apiserver") }
    }

    fn missing(&self) -> Option<String> {
        let missing: Vec<&str> = [("etcd", &self.etcd), ("kube-apiserver", &self.kube_apiserver)]
            .into_iter()
            .filter(|(_, path)| !path.is_file())
            .map(|(name, _)| name)
            .collect();
        (!missing.is_empty()).then(|| missing.join(" and "))
    }
}

/// The user's cache folder; without a home, the workspace's own target folder.
fn cache() -> PathBuf {
    let of = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    of("XDG_CACHE_HOME")
        .or_else(|| of("HOME").map(|home| home.join(".cache")))
        .unwrap_or_else(|| workspace::path("target"))
        .join("guestlist")
        .join("control-plane")
}
