//! Applies the example guests and waits for what becomes of them.
//! The files are applied as they are, just as a person would apply them.

use std::{path::Path, time::Duration};

use futures::future::join_all;
use serde_json::Value;

use super::cast::INVITED_WITHIN;
use crate::{
    Error, Ref, Result, World,
    control_plane::manifests::{documents, yaml_files},
    workspace,
};

/// A guest that was declared.
pub(super) struct Declared {
    /// Which object it is.
    pub(super) object: Ref,
    /// The address.
    pub(super) email: String,
}

/// Applies examples/guests, with the namespaces that the files name.
pub(super) async fn apply_all(world: &World) -> Result<Vec<Declared>> {
    let mut declared: Vec<Declared> = Vec::new();
    for file in yaml_files(&workspace::path("examples/guests"))? {
        let text = std::fs::read_to_string(&file).map_err(Error::io(format!("reading {}", file.display())))?;
        for object in documents(&file.display().to_string(), &text)? {
            if let Some(namespace) = object["metadata"]["namespace"].as_str() {
                world.plane.namespace(namespace).await?;
            }
            // A second team comes to a person later than the first: of two that come at once either may have them.
            let owns = |guest: &Value| guest["status"]["role"] == "Owner";
            let same = |before: &&Declared| object["spec"]["email"] == before.email;
            if let Some(first) = declared.iter().find(same) {
                world.wait_for(&first.object, "have its person", owns, INVITED_WITHIN).await?;
            }
        }
        for applied in world.apply(&text).await? {
            if let Some(email) = applied.data["spec"]["email"].as_str() {
                let namespace = applied.metadata.namespace.clone().unwrap_or_default();
                let name = applied.metadata.name.clone().unwrap_or_default();
                declared.push(Declared { object: Ref::guest(&namespace, &name), email: email.into() });
            }
        }
    }
    Ok(declared)
}

/// The example that declares `email`.
pub(super) fn read(folder: &Path, email: &str) -> Result<Value> {
    for file in yaml_files(folder)? {
        let text = std::fs::read_to_string(&file).map_err(Error::io(format!("reading {}", file.display())))?;
        let mut all = documents(&file.display().to_string(), &text)?.into_iter();
        if let Some(found) = all.find(|document| document["spec"]["email"] == email) {
            return Ok(found);
        }
    }
    let why = format!("no file declares {email}");
    Err(Error::Other { what: format!("looking through {}", folder.display()), why })
}

/// Applies the guest whose address cannot be one, and returns the sentence by which the API server refuses it.
pub(super) async fn refused(world: &World) -> Result<String> {
    let file = workspace::path("examples/refused/bad-address.yaml");
    let text = std::fs::read_to_string(&file).map_err(Error::io(format!("reading {}", file.display())))?;
    match world.apply(&text).await {
        Err(Error::Api { why, code: 422, .. }) => Ok(why),
        Err(error) => Err(error),
        Ok(_) => {
            Err(Error::Other { what: format!("applying {}", file.display()), why: "the API server took it".into() })
        }
    }
}

/// Waits until each of the guests is as wanted; the errors are of those that never were.
pub(super) async fn wait_all(
    world: &World,
    guests: &[&Declared],
    what: &str,
    wanted: impl Fn(&Value) -> bool + Copy,
    within: Duration,
) -> Vec<Error> {
    let waits = guests.iter().map(|guest| world.wait_for(&guest.object, what, wanted, within));
    join_all(waits).await.into_iter().filter_map(Result::err).collect()
}
