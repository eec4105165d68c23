//! The real Helm, with folders of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::{ControlPlane, binaries, workspace};
use serde_json::Value;

/// The release that all tests speak of.
pub const RELEASE: &str = "guestlist";
/// Its namespace.
pub const NAMESPACE: &str = "guestlist-system";
/// For operators that are killed and started again: nobody waits for a lease to run out.
pub const ALONE: &str = "leaderElection.enabled=false";

/// The chart as it is in the workspace.
pub fn chart() -> PathBuf {
    workspace::path("charts/guestlist")
}

/// Runs Helm; what it prints, or its errors.
pub fn helm(args: &[&str], kubeconfig: Option<&Path>) -> Result<String, String> {
    static HELM: OnceLock<PathBuf> = OnceLock::new();
    let program = HELM.get_or_init(|| binaries::helm().unwrap());
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command.args(args).env_remove("KUBECONFIG").env("HOME", home.path());
    for folder in ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"] {
        command.env(folder, home.path().join(folder));
    }
    if let Some(kubeconfig) = kubeconfig {
        command.env("KUBECONFIG", kubeconfig);
    }
    let output = command.output().unwrap();
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(said.into_owned()) } else { Err(format!("{said}{errors}")) }
}

/// Runs Helm against a control plane.
pub fn on(plane: &ControlPlane, args: &[&str]) -> Result<String, String> {
    helm(args, Some(plane.kubeconfig_path()))
}

/// Each setting with its `--set`.
pub fn sets<'a>(settings: &[&'a str]) -> Vec<&'a str> {
    settings.iter().flat_map(|setting| ["--set", *setting]).collect()
}

/// Installs the chart in `folder` with these settings.
pub fn install(plane: &ControlPlane, folder: &Path, settings: &[&str]) -> Result<String, String> {
    let folder = folder.display().to_string();
    let args = ["install", RELEASE, &folder, "--namespace", NAMESPACE, "--create-namespace"];
    on(plane, &[&args[..], &sets(settings)].concat())
}

/// Upgrades to the chart in `folder` with these settings.
pub fn upgrade(plane: &ControlPlane, folder: &Path, settings: &[&str]) -> Result<String, String> {
    let folder = folder.display().to_string();
    let args = ["upgrade", RELEASE, &folder, "--namespace", NAMESPACE];
    on(plane, &[&args[..], &sets(settings)].concat())
}

/// Uninstalls it.
pub fn uninstall(plane: &ControlPlane) -> Result<String, String> {
    on(plane, &["uninstall", RELEASE, "--namespace", NAMESPACE])
}

/// What the chart renders with these settings, without a cluster.
pub fn render(settings: &[&str]) -> Result<Vec<Value>, String> {
    template(&[], settings)
}

/// As `render`, for a cluster that has the Prometheus Operator.
pub fn render_with_prometheus(settings: &[&str]) -> Result<Vec<Value>, String> {
    let kinds = ["-a", "monitoring.coreos.com/v1/ServiceMonitor", "-a", "monitoring.coreos.com/v1/PrometheusRule"];
    template(&kinds, settings)
}

fn template(more: &[&str], settings: &[&str]) -> Result<Vec<Value>, String> {
    let folder = chart().display().to_string();
    let args = ["template", RELEASE, &folder, "--namespace", NAMESPACE];
    let text = helm(&[&args[..], more, &sets(settings)].concat(), None)?;
    let documents: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap();
    Ok(documents.into_iter().filter(|document| !document.is_null()).collect())
}

/// All of one kind.
pub fn of_kind<'a>(documents: &'a [Value], kind: &str) -> Vec<&'a Value> {
    documents.iter().filter(|document| document["kind"] == kind).collect()
}

/// The only one of its kind.
pub fn only<'a>(documents: &'a [Value], kind: &str) -> &'a Value {
    let found = of_kind(documents, kind);
    assert_eq!(found.len(), 1, "one {kind}: {found:?}");
    found[0]
}

/// A variable of a container, as a kubelet fills it in.
pub fn environment(variable: &Value) -> (String, String) {
    let value = match variable["valueFrom"]["fieldRef"]["fieldPath"].as_str() {
        Some("metadata.namespace") => NAMESPACE,
        Some("metadata.name") => "guestlist-0",
        Some(other) => panic!("a kubelet would fill in {other}; the test does not know it"),
        None => variable["value"].as_str().unwrap(),
    };
    (variable["name"].as_str().unwrap().to_owned(), value.to_owned())
}
