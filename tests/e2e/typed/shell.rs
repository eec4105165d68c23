//! A shell with kubectl, Helm and this workspace's `guestlist`, in a folder like a checkout.

use std::path::Path;
use std::time::Duration;

use testbed::{ControlPlane, binaries, find_operator, workspace};

/// How long a command may take. `kubectl delete` waits for the operator.
const PATIENCE: Duration = Duration::from_secs(90);

pub struct Shell {
    folder: tempfile::TempDir,
    /// What the docs write, and what stands for it here.
    words: Vec<(&'static str, String)>,
}

impl Shell {
    pub fn new(plane: &ControlPlane, words: &[(&'static str, String)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        for name in ["crds", "examples", "charts"] {
            std::os::unix::fs::symlink(workspace::path(name), at.join(name)).unwrap();
        }
        std::fs::create_dir(at.join("bin")).unwrap();
        let helm = std::fs::canonicalize(binaries::helm().unwrap()).unwrap();
        for (name, program) in [("guestlist", find_operator().unwrap()), ("helm", helm)] {
            std::os::unix::fs::symlink(program, at.join("bin").join(name)).unwrap();
        }
        std::fs::copy(plane.kubeconfig_path(), at.join("kubeconfig")).unwrap();
        Self { folder, words: words.to_vec() }
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// Adds the cluster of another kubeconfig under this name.
    pub fn add_cluster(&self, name: &str, kubeconfig: &Path) {
        let read = |path: &Path| -> serde_json::Value {
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
        };
        let (mut ours, mut theirs) = (read(&self.folder.path().join("kubeconfig")), read(kubeconfig));
        for part in ["clusters", "users", "contexts"] {
            theirs[part][0]["name"] = name.into();
        }
        theirs["contexts"][0]["context"]["cluster"] = name.into();
        theirs["contexts"][0]["context"]["user"] = name.into();
        for part in ["clusters", "users", "contexts"] {
            ours[part].as_array_mut().unwrap().push(theirs[part][0].clone());
        }
        self.write("kubeconfig", &ours.to_string());
    }

    /// What stands here for a word of the docs.
    pub fn word(&self, word: &str) -> &str {
        self.words.iter().find(|(written, _)| *written == word).map(|(_, here)| here).unwrap()
    }

    /// Types it; what went wrong, with all that was said.
    pub async fn types(&self, from: &str, text: &str) -> Result<(), String> {
        let mut typed = text.to_owned();
        for (written, here) in &self.words {
            typed = typed.replace(written, here);
        }
        let at = self.folder.path();
        let path = format!("{}:{}", at.join("bin").display(), std::env::var("PATH").unwrap_or_default());
        let ran = tokio::process::Command::new("bash")
            .args(["-euo", "pipefail", "-c", &typed])
            .current_dir(at)
            .env_remove("POD_NAMESPACE")
            .env("PATH", path)
            .env("HOME", at)
            .env("KUBECONFIG", at.join("kubeconfig"))
            .kill_on_drop(true)
            .output();
        let told = |said: &str| format!("{from} says to type\n  {typed}\n{said}");
        let Ok(ran) = tokio::time::timeout(PATIENCE, ran).await else { return Err(told("which does not end")) };
        let ran = ran.unwrap();
        let said = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        match ran.status.success() {
            true => Ok(()),
            false => Err(told(&format!("which fails ({}): {said}", ran.status))),
        }
    }
}
