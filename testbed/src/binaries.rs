//! Finds the etcd and the kube-apiserver to run, and has them built with Go when there are none.
//! First `KUBEBUILDER_ASSETS`, then what an earlier run built under the user's cache folder, then a build from tools/.
//! What only some tests need, kube-controller-manager and Helm, is found in the same way when they ask for it.

use std::path::{Path, PathBuf};

use crate::{Error, Result, workspace};

mod compile;
mod helm;
mod pins;

use compile::{Product, compile};
pub use helm::helm;

/// The variable that names a folder with both binaries, as envtest's does.
pub const ASSETS: &str = "KUBEBUILDER_ASSETS";

const ETCD: Product = Product { package: "go.etcd.io/etcd/server/v3", built: "server", name: "etcd" };
const KUBE_APISERVER: Product =
    Product { package: "k8s.io/kubernetes/cmd/kube-apiserver", built: "kube-apiserver", name: "kube-apiserver" };
const KUBE_CONTROLLER_MANAGER: Product = Product {
    package: "k8s.io/kubernetes/cmd/kube-controller-manager",
    built: "kube-controller-manager",
    name: "kube-controller-manager",
};

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
        let pins = pins::Pins::kubernetes(&workspace::path("tools"))?;
        let built = Self::of(&cache("control-plane").join(&pins.key));
        if built.missing().is_some() {
            compile(&pins, &[ETCD, KUBE_APISERVER], &built.folder, "5 to 10 minutes")?;
        }
        Ok(built)
    }

    /// The kube-controller-manager beside them, else what an earlier run built, else a build: envtest's folders have none.
    pub fn controller_manager(&self) -> Result<PathBuf> {
        let beside = self.folder.join(KUBE_CONTROLLER_MANAGER.name);
        if beside.is_file() {
            return Ok(beside);
        }
        let pins = pins::Pins::kubernetes(&workspace::path("tools"))?;
        let folder = cache("control-plane").join(&pins.key);
        let built = folder.join(KUBE_CONTROLLER_MANAGER.name);
        if !built.is_file() {
            compile(&pins, &[KUBE_CONTROLLER_MANAGER], &folder, "some 3 minutes")?;
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
fn cache(part: &str) -> PathBuf {
    let of = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    of("XDG_CACHE_HOME")
        .or_else(|| of("HOME").map(|home| home.join(".cache")))
        .unwrap_or_else(|| workspace::path("target"))
        .join("guestlist")
        .join(part)
}
