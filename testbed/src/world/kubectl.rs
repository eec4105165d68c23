//! The real kubectl against this world, because its words are what a person sees.
//! It is taken from PATH; a machine without it can run all but the tests of its output.

use std::io::ErrorKind;

use tokio::process::Command;

use super::World;
use crate::{Error, Result};

impl World {
    /// Runs kubectl as the administrator and returns what it prints; its errors become the error.
    pub async fn kubectl(&self, args: &[&str]) -> Result<String> {
        let what = format!("kubectl {}", args.join(" "));
        let output = Command::new("kubectl")
            .args(args)
            .env("KUBECONFIG", self.plane.kubeconfig_path())
            // Its discovery cache goes away with the world.
            .env("HOME", self.plane.folder().path())
            .kill_on_drop(true)
            .output()
            .await
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound => Error::Other { what: what.clone(), why: "there is no kubectl in PATH".into() },
                _ => Error::Other { what: what.clone(), why: error.to_string() },
            })?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(Error::Other { what, why: String::from_utf8_lossy(&output.stderr).trim().to_string() })
    }
}
