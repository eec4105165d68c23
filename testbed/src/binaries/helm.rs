//! Finds the Helm that the chart is tested with: version 4, because its answers are a part of what the tests expect.

use std::path::PathBuf;
use std::process::Command;

use super::compile::{Product, compile};
use super::{cache, pins::Pins};
use crate::{Error, Result, workspace};

/// The variable that names the Helm to use.
pub const HELM: &str = "HELM";

const PRODUCT: Product = Product { package: "helm.sh/helm/v4/cmd/helm", built: "helm", name: "helm" };

/// `HELM` if set, else the one in PATH if it is version 4, else what an earlier run built, else a build from tools/helm.
pub fn helm() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(HELM).filter(|named| !named.is_empty()) {
        let path = PathBuf::from(named);
        return match version(&path) {
            Some(4) => Ok(path),
            _ => Err(Error::NoHelm { path }),
        };
    }
    let in_path = PathBuf::from("helm");
    if version(&in_path) == Some(4) {
        return Ok(in_path);
    }
    let pins = Pins::helm(&workspace::path("tools/helm"))?;
    let folder = cache("helm").join(&pins.key);
    let path = folder.join(PRODUCT.name);
    if !path.is_file() {
        compile(&pins, &[PRODUCT], &folder, "some 4 minutes")?;
    }
    Ok(path)
}

fn version(helm: &std::path::Path) -> Option<u32> {
    let output = Command::new(helm).args(["version", "--short"]).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}
