//! What a module under tools/ pins: the version to build, and the key under which the result is kept.
//! The key changes with go.mod, go.sum and the platform, so an old build is never taken for a new one.

use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// The pinned tools.
pub(super) struct Pins {
    /// The folder with go.mod.
    pub(super) folder: PathBuf,
    /// The version of what is pinned, such as `v1.37.2`.
    pub(super) version: String,
    /// What the linker writes the version into; without it kube-apiserver takes itself for v0.0.0.
    pub(super) stamp: String,
    /// The name of the folder for what is built from here.
    pub(super) key: String,
}

impl Pins {
    /// The control plane's.
    pub(super) fn kubernetes(folder: &Path) -> Result<Self> {
        Self::read(folder, "k8s.io/kubernetes", "k8s.io/component-base/version.gitVersion")
    }

    /// Helm's.
    pub(super) fn helm(folder: &Path) -> Result<Self> {
        Self::read(folder, "helm.sh/helm/v4", "helm.sh/helm/v4/internal/version.version")
    }

    /// Reads go.mod and go.sum.
    fn read(folder: &Path, pinned: &str, stamped: &str) -> Result<Self> {
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read_to_string(&path)
                .map_err(|source| Error::NoBinaries { why: format!("{} cannot be read: {source}", path.display()) })
        };
        let (module, sums) = (read("go.mod")?, read("go.sum")?);
        let version = module
            .lines()
            .map(|line| line.trim().trim_start_matches("require ").trim())
            .find_map(|line| line.strip_prefix(pinned)?.strip_prefix(' ')?.split_whitespace().next())
            .ok_or_else(|| Error::NoBinaries {
                why: format!("{} requires no {pinned}", folder.join("go.mod").display()),
            })?;

        let platform = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
        let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        for part in [&module, &sums, &platform] {
            digest.update(part.as_bytes());
            digest.update(&[0]);
        }
        let hash: String = digest.finish().as_ref().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let key = format!("{version}-{platform}-{hash}");
        let stamp = format!("-X {stamped}={version}");
        Ok(Self { folder: folder.to_path_buf(), version: version.to_string(), stamp, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_and_the_key_come_from_go_mod() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("go.mod"),
            "module x\nrequire (\n\tk8s.io/kubernetes v1.2.3 // indirect\n)\n",
        )
        .unwrap();
        std::fs::write(folder.path().join("go.sum"), "a").unwrap();
        let pins = Pins::kubernetes(folder.path()).unwrap();
        assert_eq!(pins.version, "v1.2.3");
        std::fs::write(folder.path().join("go.sum"), "b").unwrap();
        assert_ne!(pins.key, Pins::kubernetes(folder.path()).unwrap().key);
    }
}
